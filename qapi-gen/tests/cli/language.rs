//! `--language`, the version of a tree, and the lines that QEMU names.

use crate::Folder;

const OLDER: &str = "##\n# @foo:\n#\n# Note: text\n##\n{ 'command': 'foo' }\n";

#[test]
fn a_language_is_named() {
    let folder = Folder::new();
    folder.write("a.json", OLDER);
    assert_eq!(folder.run(&["check", "a.json"]).0, 0);
    assert_eq!(folder.run(&["check", "--language", "7.2", "a.json"]).0, 0);
    let (status, _, err) = folder.run(&["check", "--language", "10.2", "a.json"]);
    assert_eq!(status, 1);
    assert!(err.contains("refused since QEMU 10.0"), "{err}");
    assert_eq!(folder.run(&["lint", "--language", "10.2", "a.json"]).0, 1);
    assert_eq!(folder.run(&["check", "--language", "9.9", "a.json"]).0, 2);
}

#[test]
fn a_tree_has_a_version() {
    let folder = Folder::new();
    folder.write("qga/qapi-schema.json", OLDER);
    assert_eq!(folder.run(&["check", "qga/qapi-schema.json"]).0, 0);
    folder.write("VERSION", "10.1.50\n");
    assert_eq!(folder.run(&["check", "qga/qapi-schema.json"]).0, 1);
}

#[test]
fn json_has_the_place_and_the_line_of_qemu() {
    let folder = Folder::new();
    folder.write("a.json", "{ 'struct': 'Aaa',\n  'data': { 'b': 'Bbb' } }\n");
    let (_, out, err) = folder.run(&["check", "--message-format", "json", "a.json"]);
    let place = "\"line\":2,\"column\":18,\"end_line\":2,\"end_column\":23,\"qemu_line\":1";
    assert!(out.contains(place) || err.contains(place), "{out}{err}");
}
