//! `qapi-gen diff` on files.

use super::{Folder, NEW, OLD};

#[test]
fn diff_tells_by_its_exit_status() {
    let folder = Folder::new();
    folder.write("old.json", OLD);
    folder.write("new.json", NEW);
    let (status, out, err) = folder.run(&["diff", "old.json", "new.json", "--all"]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(out.contains("compatible[optional-member-added]: a: optional member 'y' was added"), "{out}");
    let (_, folded, _) = folder.run(&["diff", "old.json", "new.json"]);
    assert!(folded.starts_with("1 change in 1 definition: 0 incompatible, "), "{folded}");
    assert!(!out.contains('\u{1b}'), "no colour in a pipe");
    let (status, out, _) =
        folder.run(&["--color", "always", "diff", "new.json", "old.json", "--format", "human"]);
    assert_eq!(status, 1);
    assert!(out.contains("\u{1b}["), "{out}");
    let (status, out, _) = folder.run(&["diff", "-q", "new.json", "old.json"]);
    assert_eq!((status, out.as_str()), (1, ""));
    let (status, out, _) = folder.run(&["diff", "old.json", "old.json", "--format", "json"]);
    assert_eq!((status, out.as_str()), (0, ""));
    let (status, out, _) = folder.run(&["diff", "new.json", "old.json", "--format=json"]);
    assert_eq!(status, 1);
    let line: serde_json::Value = serde_json::from_str(&out).expect("one line of JSON");
    assert_eq!(line["kind"], "optional-member-removed");
    assert_eq!(line["verdict"], "incompatible");
    assert_eq!(line["direction"], "sent");
    assert_eq!(line["path"], "a.arguments.y");
    let (status, out, _) = folder.run(&["diff", "new.json", "old.json", "--format=markdown"]);
    assert_eq!(status, 1);
    assert!(out.contains("| `a.arguments.y`<br>sent: a |"), "{out}");
}

#[test]
fn diff_speaks_to_ci_services() {
    let folder = Folder::new();
    folder.write("old.json", OLD);
    folder.write("new.json", NEW);
    let run = |format: &str| {
        let (status, out, err) = folder.run(&["diff", "new.json", "old.json", "--format", format]);
        assert_eq!((status, err.as_str()), (1, ""));
        out
    };
    let github = run("github");
    assert!(github.starts_with("::error file=old.json,line=1,"), "{github}");
    let sarif: serde_json::Value = serde_json::from_str(&run("sarif")).expect("JSON");
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(
        (result["ruleId"].as_str(), result["level"].as_str()),
        (Some("optional-member-removed"), Some("error"))
    );
    let junit = run("junit");
    assert!(junit.contains("tests=\"1\" failures=\"1\""), "{junit}");
    let (_, empty, _) = folder.run(&["diff", "old.json", "old.json", "--format", "junit"]);
    assert!(empty.contains("tests=\"1\" failures=\"0\""), "{empty}");
}

#[test]
fn diff_says_what_it_cannot_read() {
    let folder = Folder::new();
    folder.write("old.json", OLD);
    folder.write("bad.json", "{ 'command': }");
    folder.write("answer.json", "[{}]");
    folder.write("refused.json", r#"{"error": {"class": "CommandNotFound", "desc": "no such command"}}"#);
    folder.write("other.json", r#"{"a": 1}"#);
    folder.write("deep.json", &"[".repeat(100_000));
    std::fs::write(folder.0.path().join("bytes.json"), b"[\xff]").expect("writable");
    for (other, reason) in [
        ("nosuch.json", "name a schema file, a saved answer to query-qmp-schema, or REVISION:PATH"),
        ("bad.json", "bad.json:1"),
        ("answer.json", "no answer to query-qmp-schema"),
        ("refused.json", "it is an error: no such command"),
        ("other.json", "it is no array"),
        ("bytes.json", "bytes.json"),
        ("deep.json", "deep.json"),
        (".", "name the schema's root file"),
        ("nosuch:old.json", "looked for in the git repository around this folder"),
    ] {
        let (status, out, err) = folder.run(&["diff", "old.json", other]);
        assert_eq!((status, out.as_str()), (2, ""), "{other}");
        assert!(err.contains(reason), "{err}");
    }
    let (status, _, err) = folder.run(&["diff", "old.json"]);
    assert_eq!(status, 2);
    assert_eq!(err, "qapi-gen: name a second schema, <NEW>, or a server with --live <SOCKET>\n");
    assert_eq!(folder.run(&["diff"]).0, 2);
    let (status, _, err) = folder.run(&["diff", "old.json", "--live", "nosuch.sock"]);
    assert_eq!(status, 2);
    assert!(err.contains("cannot ask nosuch.sock"), "{err}");
}

#[test]
fn a_define_that_nothing_asks_for_is_told() {
    let folder = Folder::new();
    folder.write("old.json", OLD);
    folder.write("new.json", "{ 'command': 'a', 'data': { 'x': 'int' }, 'if': 'X' }\n");
    let (status, out, err) = folder.run(&["diff", "old.json", "new.json", "--define", "X", "--define", "Y"]);
    assert_eq!((status, out.as_str()), (0, "no change\n"));
    assert_eq!(err, "qapi-gen: note: no condition of either schema asks for 'Y'\n");
    let (_, _, err) = folder.run(&["diff", "-q", "old.json", "new.json", "--define", "Y"]);
    assert_eq!(err, "");
}

#[test]
fn the_version_of_the_language_does_not_matter() {
    let folder = Folder::new();
    folder.write("old.json", &format!("# qapi-gen: language(10.2)\n##\n# @a:\n#\n# Note: of old\n##\n{OLD}"));
    let (status, out, _) = folder.run(&["diff", "old.json", "old.json"]);
    assert_eq!((status, out.as_str()), (0, "no change\n"));
}

#[test]
fn schemas_between_the_two_count() {
    let folder = Folder::new();
    folder.write("1.json", "{ 'command': 'c' }\n{ 'command': 'd' }\n");
    folder.write("2.json", "{ 'command': 'c', 'features': [ 'deprecated' ] }\n{ 'command': 'd' }\n");
    folder.write("3.json", "{ 'command': 'd' }\n");
    assert_eq!(folder.run(&["diff", "1.json", "3.json"]).0, 1);
    let (status, out, _) = folder.run(&["diff", "1.json", "2.json", "3.json"]);
    assert_eq!(status, 0, "{out}");
    assert!(out.contains("it was deprecated before it was removed"), "{out}");
    let (status, out, _) = folder.run(&["diff", "1.json", "2.json", "3.json", "--policy", "2"]);
    assert_eq!(status, 1, "{out}");
    assert!(out.contains("for fewer releases than the policy demands"), "{out}");
    assert_eq!(folder.run(&["diff", "1.json", "2.json", "2.json", "3.json", "--policy", "2"]).0, 0);
}
