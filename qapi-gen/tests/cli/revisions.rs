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

fn git(folder: &Path, arguments: &[&str]) {
    let (status, text) = run(folder, "git", arguments);
    assert_eq!(status, Some(0), "{text}");
}

/// Commits all files as they are.
fn commit(folder: &Path) {
    git(folder, &["add", "."]);
    git(folder, &["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "all"]);
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
    git(folder.path(), &["init", "-q", "."]);
    commit(folder.path());
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

#[test]
fn the_index_is_what_the_next_commit_has() {
    let Some(folder) = repository() else { return };
    let folder = folder.path();
    let (status, text) = diff(folder, "HEAD:root.json", ":root.json");
    assert_eq!((status, text.as_str()), (Some(0), "no change\n"), "nothing is staged");
    git(folder, &["add", "sub/types.json"]);
    let (status, text) = diff(folder, "HEAD:root.json", ":root.json");
    assert_eq!(status, Some(1));
    assert!(text.contains("--> :sub/types.json:2:31\n"), "{text}");
    assert_eq!(diff(&folder.join("sub"), ":./types.json", "types.json").0, Some(0));
    let (status, text) = diff(folder, ":nosuch.json", "root.json");
    assert_eq!(status, Some(2));
    assert!(text.contains("there is no file 'nosuch.json' in the index; paths start at the top"), "{text}");
}

#[test]
fn advice_since_a_revision() {
    let Some(folder) = repository() else { return };
    let folder = folder.path();
    let lint = |folder: &Path, since: &str, schema: &str| {
        run(folder, env!("CARGO_BIN_EXE_qapi-gen"), &["lint", "--since", since, schema])
    };
    assert_eq!(lint(folder, "HEAD", "root.json"), (Some(0), String::new()), "moved lines are not new");
    assert_eq!(lint(&folder.join("sub"), "HEAD", "../root.json").0, Some(0));
    std::fs::write(folder.join("root.json"), "{ 'include': 'sub/types.json' }\n{ 'event': 'E' }\n").unwrap();
    let (status, text) = lint(folder, "HEAD", "root.json");
    assert_eq!(status, Some(1));
    assert!(text.starts_with("root.json:2:12: advice[undocumented-definition]: event 'E'"), "{text}");
    assert_eq!(text.matches("advice[").count(), 1, "{text}");
    std::fs::write(folder.join("new.json"), "{ 'event': 'E' }\n").unwrap();
    let (status, text) = lint(folder, "HEAD", "new.json");
    assert_eq!(status, Some(1));
    assert!(text.contains("HEAD does not have new.json, so all of it is new"), "{text}");
    let (status, text) = lint(folder, "nosuch", "root.json");
    assert_eq!(status, Some(2));
    assert!(text.contains("there is no revision 'nosuch'"), "{text}");
}

#[test]
fn the_last_tag_is_the_last_release() {
    let Some(folder) = repository() else { return };
    let folder = folder.path();
    let against = |folder: &Path, new: &str| {
        run(folder, env!("CARGO_BIN_EXE_qapi-gen"), &["diff", "--against-tag", new])
    };
    let (status, text) = against(folder, "root.json");
    assert_eq!(status, Some(2));
    assert!(text.starts_with("qapi-gen: cannot compare root.json: there is no last tag ("), "{text}");
    assert!(text.contains("--against-tag looks for the last tag before the current commit"), "{text}");
    git(folder, &["tag", "v1.0"]);
    commit(folder);
    std::fs::write(folder.join("new.json"), "{ 'command': 'a' }\n").unwrap();
    let (status, text) = against(folder, "root.json");
    assert_eq!(status, Some(1));
    assert!(text.contains("::: v1.0:./sub/types.json:1:31\n"), "{text}");
    assert_eq!(against(&folder.join("sub"), "../root.json").0, Some(1));
    assert_eq!(against(folder, &folder.join("root.json").to_string_lossy()).0, Some(1));
    assert_eq!(against(folder, ":root.json").0, Some(1));
    assert_eq!(against(folder, "HEAD:root.json").0, Some(1));
    assert_eq!(against(folder, "v1.0:root.json"), (Some(0), "no change\n".to_owned()));
    let (status, text) = against(folder, "new.json");
    assert_eq!(status, Some(2));
    assert!(
        text.contains("cannot read v1.0:new.json: there is no file 'new.json' in revision 'v1.0'"),
        "{text}"
    );
    git(folder, &["tag", "v1.1"]);
    assert_eq!(against(folder, "root.json"), (Some(0), "no change\n".to_owned()));
}
