//! `qapi-gen diff` with revisions of a git repository, as a shell sees it.

use std::path::Path;
use std::process::Command;

/// What a command in a folder exits with and prints, on both streams.
fn run(folder: &Path, program: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(program).args(arguments).current_dir(folder).output().expect("it runs");
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).expect("text"))
}

fn diff(folder: &Path, old: &str, new: &str) -> (Option<i32>, String) {
    run(folder, env!("CARGO_BIN_EXE_qapi-gen"), &["diff", old, new])
}

/// A repository with a schema of two files, the included one changed since the only commit.
fn repository() -> Option<tempfile::TempDir> {
    if Command::new("git").arg("--version").output().is_err() {
        qapi_test_support::skipped("diff with revisions", "git is not there");
        return None;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("writable");
    std::fs::create_dir(folder.path().join("sub")).expect("writable");
    write("root.json", "{ 'include': 'sub/types.json' }\n{ 'command': 'a', 'data': 'Some' }\n");
    write("sub/types.json", "{ 'struct': 'Some', 'data': { 'm': 'int' } }\n");
    for arguments in [
        ["init", "-q", "."].as_slice(),
        &["add", "."],
        &["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "first"],
    ] {
        let (status, text) = run(folder.path(), "git", arguments);
        assert_eq!(status, Some(0), "{text}");
    }
    write("sub/types.json", "\n{ 'struct': 'Some', 'data': { 'm': 'str' } }\n");
    Some(folder)
}

#[test]
fn what_a_revision_includes_is_of_that_revision() {
    let Some(folder) = repository() else { return };
    let (status, text) = diff(folder.path(), "HEAD:root.json", "root.json");
    assert_eq!(status, Some(1));
    for part in [
        "Some: the type was int, and is str\n",
        "= where: a.arguments.m\n",
        "--> sub/types.json:2:31\n",
        "2 | { 'struct': 'Some', 'data': { 'm': 'str' } }\n",
        "::: HEAD:sub/types.json:1:31\n",
        "1 | { 'struct': 'Some', 'data': { 'm': 'int' } }\n",
    ] {
        assert!(text.contains(part), "{text}");
    }
    let (status, text) = diff(folder.path(), "HEAD:root.json", "HEAD:root.json");
    assert_eq!((status, text.as_str()), (Some(0), "no change\n"));
    let inner = folder.path().join("sub");
    assert_eq!(diff(&inner, "HEAD:root.json", "../root.json").0, Some(1));
    assert_eq!(diff(&inner, "HEAD:./types.json", "HEAD:sub/types.json").0, Some(0));
}

#[test]
fn what_a_revision_lacks_is_told() {
    let Some(folder) = repository() else { return };
    for (old, reason) in [
        ("nosuch:root.json", "there is no revision 'nosuch'"),
        ("HEAD:nosuch.json", "there is no file 'nosuch.json' in revision 'HEAD'; paths start at the top"),
        // A folder is no file.
        ("HEAD:sub", "there is no file 'sub' in revision 'HEAD'"),
        ("HEAD", "or REVISION:PATH"),
    ] {
        let (status, text) = diff(folder.path(), old, "root.json");
        assert_eq!(status, Some(2), "{text}");
        assert!(text.contains(reason), "{text}");
    }
}
