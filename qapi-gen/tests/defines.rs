//! The defines of a server, found by its answer: what is decided is true, whatever the server was built with.
#![cfg(feature = "import")]

use proptest::prelude::*;
use qapi_gen::stages::defines::{State, decide};
use qapi_gen::stages::introspect::{Introspection, Names};
use qapi_gen::stages::loader::{DiskLoader, Loader, MemoryLoader};
use qapi_gen::stages::schema::{self, Options, Schema};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn load(loader: &dyn Loader, root: &Path) -> Schema {
    let loaded = schema::load(loader, root, &Options::default());
    loaded.unwrap_or_else(|failure| panic!("{}", failure.diagnostics.to_human(&failure.sources))).schema
}

/// Checks the states against the defines of the build, and returns how many are decided.
fn assert_true(schema: &Schema, defines: &BTreeSet<String>) -> usize {
    let answer = Introspection::new(schema, Names::Masked).decide(defines).to_json();
    let states = decide(schema, &answer).expect("it is an answer").0;
    let decided = states.iter().filter(|(name, state)| match state {
        State::Set(why) => {
            assert!(defines.contains(*name), "{name} is set in {defines:?}: {why}");
            true
        }
        State::Unset(why) => {
            assert!(!defines.contains(*name), "{name} is not set in {defines:?}: {why}");
            true
        }
        State::Undecided(_) => false,
        State::Contradicted(why) => panic!("{name} is contradicted in {defines:?}: {why}"),
    });
    decided.count()
}

/// A set that is chosen by bits.
fn chosen(schema: &Schema, bits: u64) -> BTreeSet<String> {
    let names = schema.defines().into_iter().zip(0..);
    names.filter(|(_, nth)| bits >> (nth % 64) & 1 == 1).map(|(name, _)| name.to_owned()).collect()
}

/// Conditions of all forms at parts of all kinds. A command reaches each type whose condition holds: an answer may have
/// other entries, but without a name they say nothing.
const SCHEMA: &str = "{ 'enum': 'Kind', 'data': [ 'a', { 'name': 'b', 'if': 'A' } ] }
    { 'struct': 'Aa', 'if': { 'any': [ 'A', 'B' ] }, 'data': { '*x': { 'type': 'int', 'if': { 'not': 'C' } } } }
    { 'union': 'Un', 'base': { 'kind': 'Kind' }, 'discriminator': 'kind',
      'data': { 'a': { 'type': 'Aa', 'if': { 'all': [ 'B', { 'not': 'D' } ] } } } }
    { 'alternate': 'Al', 'data': { 's': 'str', 'o': { 'type': 'Aa', 'if': { 'all': [ 'B', 'E' ] } } } }
    { 'command': 'one', 'data': { '*al': 'Al', '*a': { 'type': 'Aa', 'if': { 'any': [ 'A', 'B' ] } } }, 'returns': 'Un' }
    { 'command': 'two', 'if': { 'not': { 'all': [ 'D', 'F' ] } } }
    { 'event': 'THREE', 'if': { 'any': [ 'F', { 'all': [ 'G', { 'not': 'A' } ] } ] }, 'data': { 'k': 'Kind' } }";

/// How many defines of all sets have the same value in each set that gives the same answer, so that no method can find
/// out more.
fn decidable(schema: &Schema, sets: &[BTreeSet<String>]) -> usize {
    let mut groups: BTreeMap<String, Vec<&BTreeSet<String>>> = BTreeMap::new();
    for defines in sets {
        let answer = Introspection::new(schema, Names::Masked).decide(defines).to_json();
        groups.entry(answer).or_default().push(defines);
    }
    let same = |group: &Vec<&BTreeSet<String>>| {
        let names = schema.defines();
        let same = |name: &&str| group.iter().all(|set| set.contains(*name) == group[0].contains(*name));
        names.iter().filter(|name| same(name)).count() * group.len()
    };
    groups.values().map(same).sum()
}

#[test]
fn what_is_decided_is_true_under_all_sets() {
    let schema = load(&MemoryLoader::new().file("own.json", SCHEMA), Path::new("own.json"));
    let sets: Vec<_> = (0..1 << schema.defines().len()).map(|bits| chosen(&schema, bits)).collect();
    let decided: usize = sets.iter().map(|set| assert_true(&schema, set)).sum();
    assert_eq!((sets.len(), decided), (128, decidable(&schema, &sets)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_decided_about_qemu_is_true(bits in any::<u64>()) {
        let Some(data) = qapi_test_support::conformance_data("qemu-10.0.2") else { return Ok(()) };
        let schema = load(&DiskLoader, &data.join("qapi/qapi-schema.json"));
        let decided = assert_true(&schema, &chosen(&schema, bits));
        prop_assert!(decided * 10 > schema.defines().len() * 8, "only {decided} are decided");
    }
}
