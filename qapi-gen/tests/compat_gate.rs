//! Which comparisons pass: verdicts, the file of what was accepted, and how reports tell of it.
#![cfg(feature = "cli")] // it has what the comparison needs

use qapi_gen::stages::compat::report::{Side, Sides, Style, github, human, json, junit, markdown, sarif};
use qapi_gen::stages::compat::{AcceptFile, Change, Comparison, FailOn, Staleness, compare};
use qapi_gen::stages::loader::MemoryLoader;
use qapi_gen::stages::schema::{self, Schema};
use qapi_gen::stages::wire::Wire;

const OLD: &str = "{ 'command': 'stop', 'data': { '*how': 'str' } }\n{ 'command': 'go', 'returns': 'Gone' }
{ 'struct': 'Gone', 'data': { 'where': 'Where' } }\n{ 'enum': 'Where', 'data': [ 'up' ] }\n";
/// `stop` is gone, which is incompatible; `up` has a companion, which is worth a look.
const NEW: &str = "{ 'command': 'go', 'returns': 'Gone' }
{ 'struct': 'Gone', 'data': { 'where': 'Where' } }\n{ 'enum': 'Where', 'data': [ 'up', 'down' ] }\n";

const STOP: &str =
    r#"{ "kind": "command-removed", "path": "stop", "reason": "no client used it", "until": "2.1" }"#;
const DOWN: &str =
    r#"{ "kind": "enum-value-added", "path": "go.return.where=down", "reason": "clients were told" }"#;
const NOTHING: &str = r#"{ "kind": "event-removed", "path": "NONE", "reason": "left over" }"#;

fn load(name: &str, text: &str) -> Schema {
    let loader = MemoryLoader::new().file(name, text);
    match schema::load(&loader, name, &schema::Options::default()) {
        Ok(loaded) => loaded.schema,
        Err(failure) => panic!("{}", failure.diagnostics.to_human(&failure.sources)),
    }
}

fn changes() -> Vec<Change> {
    compare(&Wire::from_schema(&load("old.json", OLD)), &Wire::from_schema(&load("new.json", NEW)))
}

fn accept(entries: &str, release: Option<&str>) -> Comparison {
    let file = AcceptFile::parse("accepted.json", entries).expect("a good file");
    let release = release.map(|release| release.parse().expect("a version"));
    file.accept(changes(), release.as_ref()).expect("it is known")
}

#[test]
fn the_worst_verdict_that_passes_is_chosen() {
    let all = Comparison::from(changes());
    assert_eq!(
        [FailOn::Incompatible, FailOn::Look, FailOn::None].map(|on| all.passes(on)),
        [false, false, true]
    );
    let stop = accept(STOP, Some("2.0"));
    assert_eq!([FailOn::Incompatible, FailOn::Look].map(|on| stop.passes(on)), [true, false]);
    let both = accept(&format!("{STOP}\n{DOWN}"), Some("2.0"));
    assert!(both.passes(FailOn::Look));
}

#[test]
fn a_stale_entry_fails() {
    let staleness =
        |comparison: &Comparison| comparison.stale.iter().map(|stale| stale.staleness).collect::<Vec<_>>();
    let more = accept(&format!("{STOP}{DOWN}\n\n  {NOTHING}\n"), Some("2.0"));
    assert_eq!(staleness(&more), [Staleness::Unmatched]);
    assert_eq!((more.stale[0].at.line, more.stale[0].at.column), (3, 3));
    assert!(!more.passes(FailOn::Incompatible));
    assert!(more.passes(FailOn::None));
    for release in ["2.1", "2.1.0", "2.10"] {
        let late = accept(STOP, Some(release));
        assert_eq!(staleness(&late), [Staleness::Reached], "{release}");
        assert_eq!(
            late.stale[0].message,
            "the entry for command-removed at 'stop' accepts nothing: version 2.1 is reached"
        );
        assert!(late.changes.iter().all(|change| change.accepted.is_none()));
    }
    // The entry is for a kind of change, and for none that is compatible anyway.
    let other = accept(r#"{ "kind": "event-removed", "path": "stop", "reason": "r" }"#, None);
    assert_eq!(staleness(&other), [Staleness::Unmatched]);
}

#[test]
fn compatible_changes_need_no_entry() {
    let old = Wire::from_schema(&load("old.json", "{ 'command': 'a' }\n"));
    let new = Wire::from_schema(&load("new.json", "{ 'command': 'a' }\n{ 'command': 'b' }\n"));
    let entry = r#"{ "kind": "command-added", "path": "b", "reason": "r" }"#;
    let file = AcceptFile::parse("accepted.json", entry).expect("a good file");
    let found = file.accept(compare(&old, &new), None).expect("no version is needed");
    assert_eq!((found.changes.len(), found.stale.len()), (1, 1));
}

#[test]
fn faults_of_the_file_have_a_place() {
    for (text, expected) in [
        ("\n {", "2:2: this is no JSON: EOF while parsing an object"),
        ("[]", "1:1: an entry is an object, and the file a sequence of them without brackets"),
        ("{}", "1:1: the entry has no 'kind'"),
        (r#"{"kind": "x", "path": "p", "reason": "r"}"#, "1:1: 'x' is no kind of change"),
        (
            r#"{"kind": "deprecated", "path": 1, "reason": "r"}"#,
            "1:1: the entry's 'path' has to be text, and not empty",
        ),
        (
            r#"{"kind": "deprecated", "path": "p", "reason": " "}"#,
            "1:1: the entry's 'reason' has to be text, and not empty",
        ),
        (r#"{"kind": "deprecated", "path": "p"}"#, "1:1: the entry has no 'reason'"),
        (
            "\n{\"kind\": \"deprecated\", \"path\": \"p\", \"reason\": \"r\", \"util\": \"2.0\"}",
            "2:1: 'util' is no member of an entry: they are kind, path, reason and until",
        ),
        (
            r#"{"kind": "deprecated", "path": "p", "reason": "r", "until": "soon"}"#,
            "1:1: 'soon' is no version: a version is numbers with dots between them, as in 10.2",
        ),
        (&format!("{STOP}\n{STOP}"), "2:1: the entry repeats that in line 1"),
    ] {
        let error = AcceptFile::parse("accepted.json", text).expect_err(text).to_string();
        assert_eq!(error, format!("accepted.json:{expected}"));
    }
    let file = AcceptFile::parse("accepted.json", STOP).expect("a good file");
    let error = file.accept(changes(), None).expect_err("the version is not known").to_string();
    assert!(error.starts_with("accepted.json:1:1: the entry depends on the version"), "{error}");
}

/// The schemas that are compared, for the reports.
fn with_sides<T>(report: impl FnOnce(&Sides<'_>) -> T) -> T {
    let (old, new) = (load("old.json", OLD), load("new.json", NEW));
    report(&Sides {
        old: Side { name: "old.json", sources: Some(&old.sources) },
        new: Side { name: "new.json", sources: Some(&new.sources) },
    })
}

#[test]
fn reports_tell_what_was_accepted() {
    let found = accept(&format!("{STOP}\n{NOTHING}\n"), Some("2.0"));
    let text = with_sides(|sides| {
        let style = Style::default();
        let texts = [
            human(&found, sides, style),
            markdown(&found, sides, style),
            github(&found, sides, style),
            json(&found, sides),
            junit(&found, sides),
        ];
        texts.join("\n----\n")
    });
    insta::assert_snapshot!("accepted", text);
    let sarif: serde_json::Value =
        serde_json::from_str(&with_sides(|sides| sarif(&found, sides))).expect("it is JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("an array");
    assert_eq!(results[0]["suppressions"][0]["justification"], "no client used it (until 2.1)");
    assert_eq!(results[1]["suppressions"], serde_json::json!([]));
    assert_eq!(results[2]["ruleId"], "stale-entry");
    assert_eq!(results[2]["locations"][0]["physicalLocation"]["region"]["startLine"], 2);
}
