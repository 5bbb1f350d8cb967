//! `qapi-gen diff` as a gate: `--fail-on` and `--accept`.

use super::{Folder, NEW, OLD};

const REMOVED: &str =
    r#"{ "kind": "optional-member-removed", "path": "a.arguments.y", "reason": "no client sent it" }"#;

/// A folder in which the new schema lacks a member of the old one.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("old.json", NEW);
    folder.write("new.json", OLD);
    folder
}

#[test]
fn the_user_says_what_fails() {
    let folder = folder();
    let status = |arguments: &[&str]| folder.run(&[&["diff", "old.json", "new.json"], arguments].concat()).0;
    assert_eq!(status(&[]), 1);
    assert_eq!(status(&["--fail-on", "incompatible"]), 1);
    assert_eq!(status(&["--fail-on", "none"]), 0);
    assert_eq!(status(&["--fail-on", "all"]), 2);
    folder.write(
        "old.json",
        "{ 'event': 'E', 'data': { 'k': 'Kind' } }\n{ 'enum': 'Kind', 'data': [ 'a' ] }\n",
    );
    folder.write(
        "new.json",
        "{ 'event': 'E', 'data': { 'k': 'Kind' } }\n{ 'enum': 'Kind', 'data': [ 'a', 'b' ] }\n",
    );
    assert_eq!(status(&[]), 0, "a received value is worth a look");
    assert_eq!(status(&["--fail-on", "look"]), 1);
}

#[test]
fn what_is_accepted_passes_until_it_is_stale() {
    let folder = folder();
    folder.write("accepted.json", REMOVED);
    let accept = ["diff", "old.json", "new.json", "--accept", "accepted.json"];
    let (status, out, err) = folder.run(&accept);
    assert_eq!((status, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("= accepted: no client sent it\n"), "{out}");
    let (status, out, _) = folder.run(&["diff", "old.json", "old.json", "--accept", "accepted.json"]);
    assert_eq!(status, 1);
    assert!(
        out.contains("stale: the entry for optional-member-removed at 'a.arguments.y' accepts nothing"),
        "{out}"
    );
    assert!(out.contains("--> accepted.json:1:1\n"), "{out}");
    // The path that the report names is that of the entry.
    let (_, report, _) = folder.run(&["diff", "old.json", "new.json", "--format", "json"]);
    let change: serde_json::Value = serde_json::from_str(&report).expect("a line of JSON");
    let entry = serde_json::json!({ "kind": change["kind"], "path": change["path"], "reason": "r" });
    folder.write("accepted.json", &entry.to_string());
    assert_eq!(folder.run(&accept).0, 0);
}

#[test]
fn until_depends_on_the_version_of_the_new_schema() {
    let folder = folder();
    folder.write("accepted.json", &REMOVED.replace(" }", ", \"until\": \"2.0\" }"));
    let accept = ["diff", "old.json", "new.json", "--accept", "accepted.json"];
    let (status, out, err) = folder.run(&accept);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(err.contains("accepted.json:1:1: the entry depends on the version of the new schema"), "{err}");
    assert!(err.contains("--release <VERSION>"), "{err}");
    let status = |release: &str| folder.run(&[&accept[..], &["--release", release]].concat()).0;
    assert_eq!([status("1.9"), status("2.0"), status("next")], [0, 1, 2]);
    let dated = |since: &str| format!("##\n# @b:\n#\n# Since: {since}\n##\n{{ 'command': 'b' }}\n{OLD}");
    folder.write("new.json", &dated("1.9"));
    assert_eq!(folder.run(&accept).0, 0);
    folder.write("new.json", &dated("2.0"));
    let (status, out, _) = folder.run(&accept);
    assert_eq!(status, 1);
    assert!(out.contains("version 2.0 is reached"), "{out}");
}

#[test]
fn a_wrong_accept_file_is_told_with_its_place() {
    let folder = folder();
    folder.write("accepted.json", &format!("{REMOVED}\n{{ \"kind\": \"nonsense\" }}\n"));
    for (file, reason) in [
        ("accepted.json", "qapi-gen: accepted.json:2:1: the entry has no 'path'\n"),
        ("nosuch.json", "qapi-gen: cannot read nosuch.json: "),
    ] {
        let (status, out, err) = folder.run(&["diff", "old.json", "new.json", "--accept", file]);
        assert_eq!((status, out.as_str()), (2, ""));
        assert!(err.starts_with(reason), "{err}");
    }
}
