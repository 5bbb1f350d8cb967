//! Comparing schemas: reports as people see them, and what counts as a change.
#![cfg(feature = "cli")] // answers need it

use qapi_gen::stages::compat::report::{Side, Sides, Style, github, human, json, junit, markdown, sarif};
use qapi_gen::stages::compat::{Change, Comparison, FailOn, compare};
use qapi_gen::stages::loader::{GitLoader, Loader, MemoryLoader};
use qapi_gen::stages::schema::{self, Schema};
use qapi_gen::stages::wire::Wire;
use std::collections::BTreeSet;
use std::process::Command;

fn load(name: &str, text: &str) -> Schema {
    let loader = MemoryLoader::new().file(name, text);
    match schema::load(&loader, name, &schema::Options::default()) {
        Ok(loaded) => loaded.schema,
        Err(failure) => panic!("{}", failure.diagnostics.to_human(&failure.sources)),
    }
}

fn changes(old: &str, new: &str) -> Vec<Change> {
    compare(&Wire::from_schema(&load("old.json", old)), &Wire::from_schema(&load("new.json", new)))
}

/// `verdict kind direction path` of each change.
fn lines(old: &str, new: &str) -> Vec<String> {
    (changes(old, new).iter())
        .map(|change| format!("{} {} {} {}", change.verdict, change.kind, change.direction, change.path))
        .collect()
}

#[test]
fn reports() {
    let old = load("old.json", include_str!("compat/old.json"));
    let new = load("new.json", include_str!("compat/new.json"));
    let changes = compare(&Wire::from_schema(&old), &Wire::from_schema(&new));
    let sides = Sides {
        old: Side { name: "old.json", sources: Some(&old.sources) },
        new: Side { name: "new.json", sources: Some(&new.sources) },
    };
    let changes = Comparison::from(changes);
    assert!(!changes.passes(FailOn::Incompatible));
    let (all, some) = (Style { all: true, colour: false }, Style::default());
    insta::assert_snapshot!("compat_human", human(&changes, &sides, all));
    insta::assert_snapshot!("compat_json", json(&changes, &sides));
    insta::assert_snapshot!("compat_markdown", markdown(&changes, &sides, some));
    insta::assert_snapshot!("compat_github", github(&changes, &sides, some));
    insta::assert_snapshot!("compat_sarif", sarif(&changes, &sides));
    insta::assert_snapshot!("compat_junit", junit(&changes, &sides));
    let folded = human(&changes, &sides, some);
    assert!(!folded.contains("\ncompatible"), "{folded}");
    assert!(folded.ends_with("(not shown; --all shows them)\n"), "{folded}");
    assert!(!human(&changes, &sides, all).contains("not shown"));
    assert!(markdown(&changes, &sides, some).contains("<details><summary>6 changes</summary>"));
    assert!(github(&changes, &sides, all).contains("\n::notice file=new.json,"));
    for line in json(&changes, &sides).lines() {
        let object: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
        for key in ["kind", "verdict", "direction", "definition", "path", "message", "rule"] {
            assert!(object[key].is_string(), "{key}: {line}");
        }
    }
}

#[test]
fn the_order_of_definitions_is_no_matter() {
    let old = include_str!("compat/old.json");
    let new = include_str!("compat/new.json");
    let (first, rest) = new.split_once('\n').expect("several lines");
    assert_eq!(lines(old, new), lines(old, &format!("{rest}{first}\n")));
}

#[test]
fn refactoring_is_no_change() {
    let old = "
{ 'enum': 'Kind', 'data': [ 'a', 'b' ] }
{ 'struct': 'Alpha', 'data': { 'common': 'str', 'x': 'int' } }
{ 'struct': 'Beta', 'data': { 'common': 'str' } }
{ 'union': 'Uni', 'base': { 'kind': 'Kind' }, 'discriminator': 'kind', 'data': { 'a': 'Alpha', 'b': 'Beta' } }
{ 'struct': 'Unused', 'data': { 'a': 'str' } }
{ 'command': 'c', 'data': { 'uni': 'Uni', 'n': 'int' }, 'returns': 'Alpha' }
{ 'command': 'd', 'data': { 'x': 'str' } }";
    // Renamed, with a base, branches' members moved to all, arguments named, reordered, int64 and size for int and uint64.
    let new = "
{ 'command': 'd', 'data': 'Args' }
{ 'struct': 'Args', 'data': { 'x': 'str' } }
{ 'enum': 'Sort', 'data': [ 'b', 'a' ] }
{ 'struct': 'Common', 'data': { 'common': 'str' } }
{ 'struct': 'Result', 'base': 'Common', 'data': { 'x': 'int64' } }
{ 'struct': 'Xray', 'data': { 'x': 'int' } }
{ 'struct': 'Base', 'base': 'Common', 'data': { 'kind': 'Sort' } }
{ 'union': 'Vari', 'base': 'Base', 'discriminator': 'kind', 'data': { 'a': 'Xray' } }
{ 'command': 'c', 'data': { 'n': 'int', 'uni': 'Vari' }, 'returns': 'Result' }";
    assert_eq!(lines(old, new), [""; 0]);
    assert_eq!(lines(new, old), [""; 0]);
}

#[test]
fn recursive_types_end() {
    let schema = |ty: &str| {
        format!(
            "{{ 'struct': 'Tree', 'data': {{ 'leaves': ['Tree'], '*other': 'Forest', 'value': '{ty}' }} }}
             {{ 'struct': 'Forest', 'data': {{ 'trees': ['Tree'] }} }}
             {{ 'command': 'grow', 'data': 'Tree', 'returns': 'Forest' }}"
        )
    };
    assert_eq!(
        lines(&schema("int"), &schema("str")),
        ["incompatible type-changed both grow.arguments.value"]
    );
}

#[test]
fn a_member_that_moves_to_some_branches() {
    let schema = |common: &str, a: &str| {
        format!(
            "{{ 'enum': 'Kind', 'data': [ 'a', 'b' ] }}
             {{ 'struct': 'Alpha', 'data': {{ 'x': 'int' {a} }} }}
             {{ 'union': 'Uni', 'base': {{ 'k': 'Kind' {common} }}, 'discriminator': 'k', 'data': {{ 'a': 'Alpha' }} }}
             {{ 'command': 'c', 'data': {{ 'uni': 'Uni' }} }}
             {{ 'event': 'E', 'data': {{ 'uni': 'Uni' }} }}"
        )
    };
    let (optional, required) = (", '*m': 'int'", ", 'm': 'int'");
    let path = "c.arguments.uni.m";
    assert_eq!(
        lines(&schema(optional, ""), &schema("", optional)),
        [format!("worth a look optional-member-to-branches both {path}")]
    );
    assert_eq!(
        lines(&schema(required, ""), &schema("", required)),
        [format!("incompatible required-member-to-branches both {path}")]
    );
    assert_eq!(
        lines(&schema("", required), &schema(required, "")),
        [format!("incompatible required-member-from-branches both {path}")]
    );
}

#[test]
fn a_struct_that_becomes_a_union() {
    let old = "{ 'enum': 'Kind', 'data': [ 'a', 'b' ] }
        { 'command': 'c', 'data': { 'k': 'Kind' } }";
    let new = "{ 'enum': 'Kind', 'data': [ 'a', 'b' ] }
        { 'struct': 'Alpha', 'data': { '*x': 'int' } }
        { 'struct': 'Beta', 'data': { 'y': 'int' } }
        { 'union': 'Uni', 'base': { 'k': 'Kind' }, 'discriminator': 'k', 'data': { 'a': 'Alpha', 'b': 'Beta' } }
        { 'command': 'c', 'data': 'Uni', 'boxed': true }";
    assert_eq!(
        lines(old, new),
        [
            "incompatible required-branch-added sent c.arguments[k=b]",
            "compatible branch-added sent c.arguments[k=a]"
        ]
    );
}

/// With a tag that is new: what all branches have was there before.
#[test]
fn a_struct_that_becomes_a_union_by_a_new_member() {
    let old = "{ 'struct': 'Some', 'data': { 'all': 'int', 'one': 'int' } }
        { 'command': 'q', 'returns': 'Some' }";
    let new = "{ 'enum': 'Kind', 'data': [ 'a', 'b' ] }
        { 'struct': 'Alpha', 'data': { 'all': 'int', 'one': 'int' } }
        { 'struct': 'Beta', 'data': { 'all': 'int', 'more': 'int' } }
        { 'union': 'Uni', 'base': { 'k': 'Kind' }, 'discriminator': 'k', 'data': { 'a': 'Alpha', 'b': 'Beta' } }
        { 'command': 'q', 'returns': 'Uni' }";
    assert_eq!(
        lines(old, new),
        [
            "incompatible required-member-to-branches received q.return.one",
            "compatible required-member-added received q.return.k",
            "compatible required-branch-added received q.return[k=b]",
        ]
    );
    assert_eq!(
        lines(new, old),
        [
            "incompatible required-member-removed received q.return.k",
            "incompatible branch-removed received q.return[k=b]",
            "compatible required-member-from-branches received q.return.one",
        ]
    );
}

#[test]
fn what_was_unstable_or_deprecated_is_excused() {
    let old = "{ 'struct': 'Some', 'data': { 'a': 'int' } }
        { 'command': 'x', 'data': { 's': 'Some' }, 'features': [ 'unstable' ] }
        { 'command': 'c', 'data': { 'm': { 'type': 'int', 'features': [ 'deprecated' ] },
                                    '*x': { 'type': 'Some', 'features': [ 'unstable' ] } } }";
    let new = "{ 'struct': 'Some', 'data': { 'a': 'str' } }
        { 'command': 'x', 'data': { 's': 'Some' }, 'features': [ 'unstable' ] }
        { 'command': 'c', 'data': { '*x': { 'type': 'Some', 'features': [ 'unstable' ] } } }";
    let found = changes(old, new);
    assert_eq!(found.len(), 2);
    assert!(found[0].rule.contains("deprecated before"), "{found:#?}");
    assert!(found[1].rule.contains("unstable"), "{found:#?}");
    assert!(Comparison::from(found).passes(FailOn::Incompatible));
    // One stable way to the type is enough.
    let stable = "{ 'command': 'd', 'data': 'Some' }";
    assert_eq!(
        lines(&format!("{old}{stable}"), &format!("{new}{stable}"))[0],
        "incompatible type-changed sent d.arguments.a"
    );
}

#[test]
fn conditions_are_decided_or_compared() {
    let old = "{ 'command': 'a', 'if': { 'all': [ 'X', 'Y' ] } }
        { 'command': 'b', 'boxed': true, 'data': 'Some' }
        { 'struct': 'Some', 'data': { '*m': { 'type': 'int', 'if': { 'not': 'X' } } } }";
    let new = "{ 'command': 'a', 'if': 'X' }
        { 'command': 'b', 'boxed': true, 'data': 'Some' }
        { 'struct': 'Some', 'data': { '*m': { 'type': 'int', 'if': 'Y' } } }";
    assert_eq!(
        lines(old, new),
        [
            "incompatible optional-member-removed sent b.arguments.m",
            "compatible command-added sent a",
            "compatible optional-member-added sent b.arguments.m",
        ]
    );
    let decide = |text: &str, names: &[&str]| {
        let defines: BTreeSet<String> = names.iter().map(|name| (*name).to_owned()).collect();
        Wire::from_schema(&load("s.json", text)).decide(&defines)
    };
    let found = compare(&decide(old, &["X"]), &decide(new, &["X"]));
    let kinds: Vec<&str> = found.iter().map(|change| change.kind.name()).collect();
    assert_eq!(kinds, ["command-added"]);
}

#[test]
fn an_answer_is_compared_by_what_it_tells() {
    let text = r#"{"return": [
        {"name": "c", "meta-type": "command", "arg-type": "0", "ret-type": "1", "allow-oob": true},
        {"name": "E", "meta-type": "event", "arg-type": "0", "features": ["f"]},
        {"name": "0", "meta-type": "object", "members": [
            {"name": "n", "type": "int"}, {"name": "e", "type": "2", "default": null}]},
        {"name": "1", "meta-type": "object", "members": []},
        {"name": "2", "meta-type": "enum", "members": [{"name": "a"}], "values": ["a"]},
        {"name": "int", "meta-type": "builtin", "json-type": "int"}]}"#;
    let answer = Wire::from_answer(text).expect("an answer");
    let schema = Wire::from_schema(&load(
        "s.json",
        "{ 'enum': 'Num', 'data': [ 'a' ] }
         { 'struct': 'Some', 'data': { 'n': 'uint8', '*e': 'Num' } }
         { 'command': 'c', 'data': 'Some', 'allow-oob': true, 'allow-preconfig': true }
         { 'event': 'E', 'data': 'Some', 'features': [ 'f' ] }",
    ));
    assert_eq!(compare(&answer, &schema), []);
    assert_eq!(compare(&schema, &answer), []);
    for (text, reason) in [
        ("{}", "no array"),
        ("[{}]", "no string 'meta-type'"),
        (r#"[{"name": "c", "meta-type": "command", "arg-type": "0", "ret-type": "0"}]"#, "does not describe"),
        (r#"[{"name": "a", "meta-type": "array", "element-type": "a"}]"#, ""),
        (r#"[{"name": "a", "meta-type": "thing"}]"#, "no meta-type 'thing'"),
        ("[", "EOF"),
    ] {
        match Wire::from_answer(text) {
            Ok(wire) => assert_eq!((reason, compare(&wire, &wire)), ("", Vec::new())),
            Err(error) => assert!(!reason.is_empty() && error.to_string().contains(reason), "{error}"),
        }
    }
}

#[test]
fn qemus_own_answer_is_its_schema() {
    let Some(qemu) = qapi_test_support::conformance_data("qemu-10.0.2") else { return };
    let read = |name: &str| std::fs::read_to_string(qemu.join(name)).expect("the file is there");
    let defines: BTreeSet<String> = read("introspect/x86_64.config").lines().map(str::to_owned).collect();
    let answer = Wire::from_answer(&read("introspect/x86_64.json")).expect("an answer");
    let root = qemu.join("qapi/qapi-schema.json");
    let loaded = schema::load(&qapi_gen::stages::loader::DiskLoader, root, &schema::Options::default());
    let wire = Wire::from_schema(&loaded.expect("QEMU's schema is right").schema);
    assert_eq!(compare(&wire.clone().decide(&defines), &answer), []);
    // The comparison is not blind: one define less shows.
    let fewer = defines.into_iter().filter(|name| name != "CONFIG_TPM").collect();
    let found = Comparison::from(compare(&answer, &wire.decide(&fewer)));
    assert!(!found.passes(FailOn::Incompatible));
}

#[test]
fn revisions_are_read_through_git() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.arg("-C").arg(folder.path()).args(["-c", "user.name=t", "-c", "user.email=t@example.org"]);
        command.args(arguments).output().is_ok_and(|output| output.status.success())
    };
    if !git(&["init", "-q"]) {
        qapi_test_support::skipped("schemas in a git revision", "git is not there");
        return;
    }
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("writable");
    std::fs::create_dir_all(folder.path().join("sub/deep")).expect("writable");
    write("top.json", "{ 'include': 'sub/a.json' }");
    write("sub/a.json", "{ 'include': 'deep/../../b.json' }\n{ 'command': 'a' }");
    write("b.json", "{ 'command': 'b' }");
    assert!(git(&["add", "."]) && git(&["commit", "-q", "-m", "first"]));
    write("b.json", "{ 'command': 'other' }");

    let names = |loader: &GitLoader, file: &str| -> Vec<String> {
        let loaded = schema::load(loader, loader.path(file), &schema::Options::default());
        let loaded =
            loaded.unwrap_or_else(|failure| panic!("{}", failure.diagnostics.to_human(&failure.sources)));
        Wire::from_schema(&loaded.schema).commands.into_keys().collect()
    };
    let loader = GitLoader::open(folder.path(), "HEAD").expect("a repository");
    assert_eq!(names(&loader, "top.json"), ["a", "b"]);
    assert_eq!(names(&loader, "sub/a.json"), ["a", "b"]);
    let inner = GitLoader::open(&folder.path().join("sub"), "HEAD").expect("a repository");
    assert_eq!(names(&inner, "./a.json"), ["a", "b"]);
    assert_eq!(names(&inner, "../b.json"), ["b"]);
    assert_eq!(names(&inner, "top.json"), ["a", "b"]);
    assert!(loader.read(&loader.path("nosuch.json")).is_err());
    assert!(loader.read(&loader.path("../outside.json")).is_err());
    assert!(GitLoader::open(folder.path(), "nosuch").is_err());
    assert!(GitLoader::open(folder.path(), "--help").is_err());
}

/// Long chains, many branches, many values: the answer comes, and the stack holds.
#[test]
fn large_schemas() {
    const COUNT: usize = 5_000;
    let schema = |last: &str| {
        let mut text = String::new();
        for n in 0..COUNT {
            text += &format!(
                "{{ 'struct': 'Link{n}', 'data': {{ 'next': ['Link{}'], 'm{n}': 'int' }} }}\n",
                n + 1
            );
        }
        text += &format!("{{ 'struct': 'Link{COUNT}', 'data': {{ 'end': '{last}' }} }}\n");
        let names = (0..COUNT).map(|n| format!("'v{n}'")).collect::<Vec<_>>();
        text += &format!("{{ 'enum': 'Many', 'data': [ {} ] }}\n", names.join(", "));
        let branches = names.iter().map(|name| format!("{name}: 'Link{COUNT}'")).collect::<Vec<_>>();
        text += &format!(
            "{{ 'union': 'Wide', 'base': {{ 'tag': 'Many' }}, 'discriminator': 'tag', 'data': {{ {} }} }}\n",
            branches.join(", ")
        );
        text + "{ 'command': 'c', 'data': 'Link0' }\n{ 'command': 'd', 'returns': 'Wide' }\n"
    };
    let found = lines(&schema("int"), &schema("str"));
    assert_eq!(found, ["incompatible type-changed both d.return[tag=v0].end"]);
}
