//! `qapi-gen lint`.

use super::Folder;

#[test]
fn lint_gives_advice() {
    let folder = Folder::new();
    folder.write("s.json", "{ 'enum': 'Kind', 'data': ['a'] }");
    let (status, out, _) = folder.run(&["lint", "s.json"]);
    assert_eq!(status, 1);
    assert!(out.starts_with("s.json:1:11: advice[undocumented-definition]: enum 'Kind'"), "{out}");
    let (status, out, _) = folder.run(&["lint", "s.json", "--message-format", "json"]);
    assert_eq!(status, 1);
    let line: serde_json::Value = serde_json::from_str(&out).expect("one line of JSON");
    assert_eq!(line["code"], "undocumented-definition");
    assert_eq!(line["line"], 1);
    folder.write("s.json", "# qapi-gen: allow(undocumented-definition)\n{ 'enum': 'Kind', 'data': ['a'] }");
    let (status, out, _) = folder.run(&["lint", "s.json"]);
    assert_eq!((status, out.as_str()), (0, ""));
    let (status, out, _) = folder.run(&["lint", "--rules"]);
    assert_eq!(status, 0);
    assert!(out.contains("missing-since: "), "{out}");
    assert_eq!(folder.run(&["lint", "nosuch.json"]).0, 2);
}
