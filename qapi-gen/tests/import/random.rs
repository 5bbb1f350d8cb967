//! Random schemas that the language accepts.

use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use std::fmt::Write;

/// How many definitions there are of each kind.
const COUNT: usize = 4;

const BUILTINS: [&str; 8] = ["str", "int", "uint8", "size", "number", "bool", "any", "null"];
const MEMBERS: [&str; 6] = ["a", "b-c", "x-d", "Upper", "under_score", "list"];
const VALUES: [&str; 5] = ["on", "v-1", "4k", "Upper", "under_score"];

/// The text of a schema.
pub(crate) fn schema() -> impl Strategy<Value = String> {
    let values = subsequence(VALUES.to_vec(), 1..=VALUES.len());
    let enums = prop::collection::vec((values, type_features()), COUNT);
    let structs = prop::collection::vec((members(), type_features()), COUNT);
    let unions = prop::collection::vec((any::<Index>(), any::<[Index; 5]>(), type_features()), COUNT);
    let alternates = prop::collection::vec((any::<Index>(), any::<bool>(), any::<bool>()), COUNT);
    let commands = prop::collection::vec((data(), prop::option::of(ty()), features(), any::<bool>()), COUNT);
    let events = prop::collection::vec((data(), features()), COUNT);
    (enums, structs, unions, alternates, commands, events).prop_map(
        |(enums, structs, unions, alternates, commands, events)| {
            let mut out = String::from(PRAGMA);
            for (index, (values, features)) in enums.iter().enumerate() {
                let values: Vec<String> = values.iter().map(|value| format!("'{value}'")).collect();
                let values = values.join(", ");
                line(&mut out, &format!("{{ 'enum': 'Enum{index}', 'data': [ {values} ]{features} }}"));
            }
            for (index, (members, features)) in structs.iter().enumerate() {
                line(&mut out, &format!("{{ 'struct': 'Struct{index}', 'data': {members}{features} }}"));
            }
            for (index, (tag, branches, features)) in unions.iter().enumerate() {
                let tag = tag.index(COUNT);
                let values = &enums[tag].0;
                let branches: Vec<String> = (values.iter().zip(branches))
                    .filter(|(value, branch)| branch.index(3) > 0 || *value == &values[0])
                    .map(|(value, branch)| format!("'{value}': 'Branch{}'", branch.index(2)))
                    .collect();
                let base = format!("{{ 'tag': 'Enum{tag}', '*common': 'str' }}");
                let branches = branches.join(", ");
                line(
                    &mut out,
                    &format!(
                        "{{ 'union': 'Union{index}', 'base': {base}, 'discriminator': 'tag', 'data': {{ {branches} }}{features} }}"
                    ),
                );
            }
            for (index, (object, null, array)) in alternates.iter().enumerate() {
                let mut choices = vec![format!("'o': 'Struct{}'", object.index(COUNT))];
                choices.extend(null.then(|| "'n': 'null'".to_owned()));
                choices.extend(array.then(|| "'l': [ 'Struct0' ]".to_owned()));
                let choices = choices.join(", ");
                line(&mut out, &format!("{{ 'alternate': 'Alternate{index}', 'data': {{ {choices} }} }}"));
            }
            for (index, (data, returns, features, oob)) in commands.iter().enumerate() {
                let returns = returns.as_ref().map(|ty| format!(", 'returns': {ty}")).unwrap_or_default();
                let oob = if *oob { ", 'allow-oob': true" } else { "" };
                line(&mut out, &format!("{{ 'command': 'command-{index}'{data}{returns}{features}{oob} }}"));
            }
            for (index, (data, features)) in events.iter().enumerate() {
                line(&mut out, &format!("{{ 'event': 'EVENT_{index}'{data}{features} }}"));
            }
            out
        },
    )
}

const PRAGMA: &str = "{ 'pragma': {
  'member-name-exceptions': [ 'Enum0', 'Enum1', 'Enum2', 'Enum3', 'Struct0', 'Struct1', 'Struct2', 'Struct3' ],
  'command-returns-exceptions': [ 'command-0', 'command-1', 'command-2', 'command-3' ] } }
{ 'struct': 'Branch0', 'data': { 'branch': 'int' } }
{ 'struct': 'Branch1', 'data': {} }
";

fn line(out: &mut String, line: &str) {
    writeln!(out, "{line}").expect("memory");
}

fn features() -> impl Strategy<Value = String> {
    features_of(&["deprecated", "unstable", "own"])
}

/// Those of types.
fn type_features() -> impl Strategy<Value = String> {
    features_of(&["own", "other"])
}

fn features_of(names: &[&'static str]) -> impl Strategy<Value = String> {
    subsequence(names.to_vec(), 0..=2).prop_map(|features| {
        let names: Vec<String> = features.iter().map(|feature| format!("'{feature}'")).collect();
        if names.is_empty() { String::new() } else { format!(", 'features': [ {} ]", names.join(", ")) }
    })
}

/// A reference to a type, an array or not.
fn ty() -> impl Strategy<Value = String> {
    let defined = (select(vec!["Enum", "Struct", "Union", "Alternate"]), 0..COUNT);
    let name = prop_oneof![
        select(BUILTINS.to_vec()).prop_map(str::to_owned),
        defined.prop_map(|(kind, index)| format!("{kind}{index}")),
    ];
    (name, any::<bool>())
        .prop_map(|(name, array)| if array { format!("[ '{name}' ]") } else { format!("'{name}'") })
}

/// Members. All are optional but those of built-in types, so that no type contains itself.
fn members() -> impl Strategy<Value = String> {
    let member = (ty(), any::<bool>(), features());
    (subsequence(MEMBERS.to_vec(), 0..=4), prop::collection::vec(member, 4)).prop_map(|(names, members)| {
        let members: Vec<String> = (names.iter().zip(members))
            .map(|(name, (ty, optional, features))| {
                let star = if optional || ty.contains(char::is_uppercase) { "*" } else { "" };
                format!("'{star}{name}': {{ 'type': {ty}{features} }}")
            })
            .collect();
        if members.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", members.join(", ")) }
    })
}

/// The data of a command or event.
fn data() -> impl Strategy<Value = String> {
    let member = ty().prop_map(|ty| format!(", 'data': {{ 'one': 'str', '*two': {ty} }}"));
    prop_oneof![
        Just(String::new()),
        member,
        (0..COUNT).prop_map(|index| format!(", 'data': 'Struct{index}'")),
        (0..COUNT).prop_map(|index| format!(", 'boxed': true, 'data': 'Union{index}'")),
    ]
}
