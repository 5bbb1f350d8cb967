//! Formatting: what it does, that it comes to rest, and that it keeps what a schema says.

use qapi_gen::stages::fmt::format;
use qapi_gen::stages::loader::{DiskLoader, Loader};
use qapi_gen::stages::schema;
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

/// Formats what it reads.
struct Formatting;

impl Loader for Formatting {
    fn identity(&self, path: &Path) -> io::Result<PathBuf> {
        DiskLoader.identity(path)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let text = String::from_utf8(DiskLoader.read(path)?).map_err(io::Error::other)?;
        Ok(format(&text).unwrap_or(text).into_bytes())
    }
}

fn shared() -> Option<PathBuf> {
    qapi_test_support::conformance_data("qemu-10.0.2")
}

fn schema_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder can be read") {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            schema_files(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "json")
            && !path.ends_with("x86_64.json")
        {
            into.push(path);
        }
    }
    into.sort();
}

/// What a schema says, without places, and with the words of its documentation instead of the lines.
fn meaning(loader: &dyn Loader, root: &Path) -> Option<String> {
    let loaded = schema::load(loader, root, &schema::Options::default()).ok()?;
    let debug = format!("{:?}", (&loaded.schema.modules, &loaded.schema.definitions));
    let mut out = String::with_capacity(debug.len());
    let mut rest = debug.as_str();
    while let Some(at) = rest.find("Span {") {
        out.push_str(&rest[..at]);
        let end = rest[at..].find('}').expect("a span ends");
        rest = &rest[at + end + 1..];
    }
    out.push_str(rest);
    Some(out.replace("\\n", " ").split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn formatting_twice_changes_nothing() {
    let mut files = Vec::new();
    schema_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas"), &mut files);
    schema_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/schemas"), &mut files);
    assert!(files.len() > 10, "{files:?}");
    if let Some(qemu) = shared() {
        schema_files(&qemu, &mut files);
        assert!(files.len() > 150, "{}", files.len());
    }
    let mut formatted = 0;
    for path in files {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let Ok(once) = format(&text) else { continue };
        formatted += 1;
        let twice =
            format(&once).unwrap_or_else(|error| panic!("{}:{}: {error}", path.display(), error.line));
        assert_eq!(once, twice, "{}", path.display());
        for line in once.lines() {
            assert_eq!(line, line.trim_end(), "{}", path.display());
        }
    }
    assert!(formatted > 10, "{formatted}");
}

#[test]
fn a_formatted_schema_says_the_same() {
    let Some(qemu) = shared() else { return };
    let mut files = vec![
        qemu.join("qapi/qapi-schema.json"),
        qemu.join("qga/qapi-schema.json"),
        qemu.join("storage-daemon/qapi/qapi-schema.json"),
    ];
    schema_files(&qemu.join("tests/qapi-schema"), &mut files);
    let mut compared = 0;
    for root in files {
        let Some(before) = meaning(&DiskLoader, &root) else { continue };
        let after = meaning(&Formatting, &root).unwrap_or_else(|| panic!("{} is refused", root.display()));
        compared += 1;
        if before != after {
            let at = before.bytes().zip(after.bytes()).take_while(|(a, b)| a == b).count();
            let show = |text: &str| text.chars().skip(at.saturating_sub(200)).take(400).collect::<String>();
            panic!("{} says something else:\n{}\n--\n{}", root.display(), show(&before), show(&after));
        }
    }
    assert!(compared > 10, "{compared}");
}

/// The lines of its own style are left alone, and what is formatted is right by the rules of its own version.
#[test]
fn qemus_own_style_is_left_alone() {
    let Some(qemu) = qapi_test_support::conformance_data("qemu-10.2.2") else { return };
    let (mut changed, mut lines) = (0, 0);
    let mut files = Vec::new();
    schema_files(&qemu.join("qapi"), &mut files);
    files.extend(["qga", "storage-daemon/qapi"].map(|folder| qemu.join(folder).join("qapi-schema.json")));
    for path in files {
        let text = std::fs::read_to_string(&path).expect("QEMU's schemas can be read");
        let formatted = format(&text).expect("QEMU's schemas can be formatted");
        lines += text.lines().count();
        let mut left: HashMap<&str, usize> = HashMap::new();
        formatted.lines().for_each(|line| *left.entry(line).or_default() += 1);
        for line in text.lines() {
            match left.get_mut(line) {
                Some(count @ 1..) => *count -= 1,
                _ => changed += 1,
            }
        }
    }
    assert!(lines > 20_000, "only {lines} lines");
    assert!(changed <= 250, "{changed} of {lines} lines change");
    for root in ["qapi", "qga", "storage-daemon/qapi"] {
        let root = qemu.join(root).join("qapi-schema.json");
        assert!(meaning(&Formatting, &root).is_some(), "{} is refused once it is formatted", root.display());
    }
}

fn check(text: &str, expected: &str) {
    let formatted = format(text).unwrap_or_else(|error| panic!("line {}: {error}", error.line));
    assert_eq!(formatted, expected);
    assert_eq!(format(&formatted).expect("formatted text can be formatted"), expected, "again");
}

#[test]
fn definitions() {
    check("{'command':'a','returns':['B']}", "{ 'command': 'a', 'returns': ['B'] }\n");
    check(
        "{ 'struct': 'S',\n   'data': {'a':'str',\n  '*b':{'type':['int'],'if':'X'} } }",
        "{ 'struct': 'S',\n  'data': { 'a': 'str',\n            '*b': { 'type': ['int'], 'if': 'X' } } }\n",
    );
    check(
        "{ 'struct': 'S', 'data': {\n'a':      'str',\n'*long':  'int' } }",
        "{ 'struct': 'S',\n  'data': { 'a':     'str',\n            '*long': 'int' } }\n",
    );
    check(
        "{ 'enum': 'E',\n  'features':['x'], 'data': ['one',\n'two',\n'three']}",
        "{ 'enum': 'E',\n  'features': [ 'x' ],\n  'data': [ 'one',\n            'two',\n            'three' ] }\n",
    );
    let values = (0..12).map(|n| format!("'value-{n}'")).collect::<Vec<_>>().join(", ");
    check(
        &format!("{{ 'enum': 'E', 'data': [ {values} ] }}"),
        "{ 'enum': 'E',
  'data': [ 'value-0', 'value-1', 'value-2', 'value-3', 'value-4', 'value-5',
            'value-6', 'value-7', 'value-8', 'value-9', 'value-10',
            'value-11' ] }\n",
    );
}

/// What is within the rules stays as it is, however its lines are broken.
#[test]
fn lines_are_kept() {
    for text in [
        "{ 'struct': 'S', 'data': {\n  'a':      'str',\n  '*long':  ['int']\n} }\n",
        "{ 'struct': 'S',\n  'data': {'a': 'str', 'b': 'str',\n           'c': 'str'} }\n",
        "{ 'command': 'a', 'data': {} } # why\n",
    ] {
        check(text, text);
    }
    let long = "'a-member': 'str', ".repeat(6);
    check(
        &format!("{{ 'struct': 'S',\n  'data': {{{}, 'b' : 'int'}} }}", long.trim_end_matches(", ")),
        "{ 'struct': 'S',
  'data': {'a-member': 'str', 'a-member': 'str', 'a-member': 'str',
           'a-member': 'str', 'a-member': 'str', 'a-member': 'str',
           'b': 'int'} }\n",
    );
}

#[test]
fn comments_are_kept() {
    check(
        "# top\n\n\n\n# second\n{ 'enum': 'E', # kind\n  # before\n 'data': [ 'a', # the a\n 'b' # the b\n # end\n ] } # behind\n",
        "# top

# second
{ 'enum': 'E', # kind
  # before
  'data': [ 'a', # the a
            'b' # the b
            # end
          ] } # behind
",
    );
    check("{ # first\n 'include': 'x' }", "{ # first\n  'include': 'x' }\n");
}

#[test]
fn ends_of_lines_and_blanks_are_made_alike() {
    check("{ 'enum': 'E',\r\n  'data': [ 'a' ] }\r\n", "{ 'enum': 'E',\n  'data': [ 'a' ] }\n");
    check(
        "##\r\n# @E:\r\n#\r\n# text\r\n##\r\n{ 'enum': 'E', 'data': [] }\r\n",
        "##\n# @E:\n#\n# text\n##\n{ 'enum': 'E', 'data': [] }\n",
    );
    check("\t{ 'enum': 'E',\t'data': [\t'a' ] }  ", "{ 'enum': 'E', 'data': [ 'a' ] }\n");
    check("# no newline at the end", "# no newline at the end\n");
    check("\n\n", "");
    // Comments behind a value and before its comma keep their value.
    check(
        "{ 'enum': 'E', 'data': [ 'a' # one\n, 'b', # two\n'c' ] }",
        "{ 'enum': 'E',\n  'data': [ 'a', # one\n            'b', # two\n            'c' ] }\n",
    );
    assert!(
        format("\u{feff}{ 'enum': 'E', 'data': [] }").is_err(),
        "a byte order mark is not in the language"
    );
}

#[test]
fn documentation_is_wrapped() {
    check(
        "##
# @E:
#
# A sentence that is rather long.  It goes on behind two spaces, and then even further.
#
# @a: another one that has to be wrapped because it is too long for the line, and
#     it keeps the version together with its word, for (since 10.0)
#
# .. code::
#
#     a very long line that is no plain text and therefore stays as it is, however long it is
#
# Since: 1.0
##

{ 'enum': 'E', 'data': ['a'] }
{ 'enum': 'F', 'data': [] }
",
        "##
# @E:
#
# A sentence that is rather long.  It goes on behind two spaces, and
# then even further.
#
# @a: another one that has to be wrapped because it is too long for
#     the line, and it keeps the version together with its word, for
#     (since 10.0)
#
# .. code::
#
#     a very long line that is no plain text and therefore stays as it is, however long it is
#
# Since: 1.0
##
{ 'enum': 'E', 'data': ['a'] }

{ 'enum': 'F', 'data': [] }
",
    );
}

#[test]
fn what_has_no_form_is_refused_with_its_line() {
    for (text, line) in [
        ("{ 'a': 'b' ", 1),
        ("\n[ 'a' ]", 2),
        ("{ 'a' 'b' }", 1),
        ("{ 'a': 'b', }", 1),
        ("{ 'a': 'b' 'c': 'd' }", 1),
        ("{ 'a': 1 }", 1),
        ("\n\n{ 'a': 'b }", 3),
        ("##\n# @a:\n", 1),
        ("{ 'a':\n##\n# b\n##\n'c' }", 2),
        ("]", 1),
    ] {
        assert_eq!(format(text).expect_err(text).line, line, "{text}");
    }
    let deep = format!("{{ 'a': {}", "[".repeat(100_000));
    assert!(format(&deep).expect_err("too deep").message.contains("too deep"));
}

proptest::proptest! {
    /// Whatever the text is, there is an answer, and what is formatted stays as it is.
    #[test]
    fn any_text_comes_to_rest(text in "([{}\\[\\]:,#\n ]|'[a-z@:]{0,9}'|# [a-z@:. ]{0,90}\n|##\n|true){0,60}") {
        if let Ok(once) = format(&text) {
            proptest::prop_assert_eq!(format(&once).expect("formatted text can be formatted"), once);
        }
    }
}
