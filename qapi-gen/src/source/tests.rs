use super::*;

fn sources(text: &str) -> (Sources, FileId) {
    let mut sources = Sources::new();
    let id = sources.add(PathBuf::from("dir/a.json"), text.to_owned(), None);
    (sources, id)
}

#[test]
fn lines_and_columns_count_from_one_in_characters() {
    let (sources, id) = sources("ab\nä!\n");
    let file = sources.file(id);
    assert_eq!(file.locate(0), Location { line: 1, column: 1 });
    assert_eq!(file.locate(2), Location { line: 1, column: 3 });
    assert_eq!(file.locate(3), Location { line: 2, column: 1 });
    assert_eq!(file.locate(5), Location { line: 2, column: 2 });
    assert_eq!(file.locate(999), Location { line: 3, column: 1 });
    assert_eq!(file.line_count(), 2);
}

#[test]
fn modules_are_named_from_the_root_directory() {
    let mut sources = Sources::new();
    let root = sources.add(PathBuf::from("dir/root.json"), String::new(), None);
    let below = sources.add(PathBuf::from("dir/x/../sub/./b.json"), String::new(), None);
    let beside = sources.add(PathBuf::from("dir/../other/c.json"), String::new(), None);
    assert_eq!(sources.module_name(root), "root.json");
    assert_eq!(sources.module_name(below), "sub/b.json");
    assert_eq!(sources.module_name(beside), "../other/c.json");
}

#[test]
fn an_empty_file_has_one_place() {
    let (sources, id) = sources("");
    assert_eq!(sources.file(id).locate(0), Location { line: 1, column: 1 });
    assert_eq!(sources.text(Span::new(id, 0, 0)), "");
}
