use super::load_text;

#[test]
fn what_follows_a_fault_is_read() {
    let loaded = load_text(concat!(
        "{ 'struct': 'A', 'data': { 'a' 'int' } }\n",
        "{ 'struct': 'B', 'data': {} }\n",
        "{ 'struct': 'C', 'data': [ }\n",
        "  { 'not': 'top level' }\n",
        "{ 'struct': 'D', 'data': {} }\n",
    ));
    assert_eq!(loaded.definitions(), ["B", "D"]);
    assert_eq!(loaded.found(), ["unexpected-token at root.json:1:32", "unexpected-token at root.json:3:28"]);
}

/// The comment belongs to the invalid expression, not to the one after it.
#[test]
fn documentation_before_a_fault_is_not_misplaced() {
    let loaded = load_text("##\n# @A:\n##\n{ 'struct' }\n{ 'struct': 'B', 'data': {} }\n");
    assert_eq!(loaded.found(), ["unexpected-token at root.json:4:12"]);
    assert_eq!(loaded.definitions(), ["B"]);
}

#[test]
fn a_comment_that_opens_within_an_expression_ends_it() {
    let loaded = load_text("{ 'struct': 'A',\n##\n# @B:\n##\n{ 'struct': 'B', 'data': {} }\n");
    assert_eq!(loaded.found(), ["unexpected-token at root.json:2:1"]);
    assert_eq!(loaded.definitions(), ["B"]);
}

#[test]
fn words_are_read_whole() {
    let loaded = load_text("{ 'a': trueish, 'b': true, 'c': false, 'd': falsely }");
    assert_eq!(loaded.found(), ["stray-text at root.json:1:8", "stray-text at root.json:1:45"]);
}

#[test]
fn the_end_of_the_file_is_on_its_last_line() {
    assert_eq!(load_text("{ 'a': 'b'").found(), ["unexpected-token at root.json:1:11"]);
    assert_eq!(load_text("{ 'a': 'b'\n").found(), ["unexpected-token at root.json:1:11"]);
    assert_eq!(load_text("{ 'a': 'b'\n\n").found(), ["unexpected-token at root.json:2:1"]);
}

#[test]
fn carriage_returns_are_part_of_line_ends() {
    let loaded =
        load_text("##\r\n# @A:\r\n#\r\n# Text\r\n##\r\n{ 'struct': 'A',\r\n  'data': {} } # end\r\n");
    assert_eq!(loaded.found(), [""; 0]);
    assert_eq!(loaded.definitions(), ["A"]);
}

#[test]
fn an_empty_file_is_a_schema_without_definitions() {
    let loaded = load_text("");
    assert_eq!(loaded.found(), [""; 0]);
    assert_eq!(loaded.definitions(), [""; 0]);
}
