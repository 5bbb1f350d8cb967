//! Schemas of any size: QEMU's mixture of definitions, repeated.

use std::fmt::Write;

/// The approximate number of definitions in QEMU's own schema.
const DEFINITIONS: usize = 1000;

/// A schema of `times` QEMU's size. In the changed one each block has one value less and one member more.
pub(super) fn schema(times: usize, changed: bool) -> String {
    let mut out = String::from("{ 'pragma': { 'doc-required': true } }\n");
    for index in 0..times * DEFINITIONS / BLOCK {
        block(&mut out, index, changed);
    }
    out
}

/// Definitions in a block: as in QEMU's schema, about half structs, and a fifth commands.
const BLOCK: usize = 10;

fn block(out: &mut String, n: usize, changed: bool) {
    let text =
        "Some words that tell what this is for, as long as such words mostly are,\n#     so that lines go on";
    let values: &[&str] = if changed { &["one", "two", "three"] } else { &["one", "two", "three", "four"] };
    let body = format!(
        "'data': [ {} ]",
        values.iter().map(|value| format!("'{value}'")).collect::<Vec<_>>().join(", ")
    );
    define(out, "enum", &format!("Kind{n}"), values, text, &body);
    let (members, more): (&[&str], _) = if changed {
        (&["name", "size", "more", "list"], "'*more': 'int', ")
    } else {
        (&["name", "size", "list"], "")
    };
    let body = format!("'data': {{ 'name': 'str', '*size': 'size', {more}'list': [ 'int' ] }}");
    define(out, "struct", &format!("Base{n}"), members, text, &body);
    for part in ["One", "Two", "Three", "Four"] {
        let body = format!("'data': {{ 'value': 'int', '*base': 'Base{n}', '*text': 'str' }}");
        define(out, "struct", &format!("{part}{n}"), &["value", "base", "text"], text, &body);
    }
    let union = format!(
        "'base': {{ 'kind': 'Kind{n}', '*note': 'str' }}, 'discriminator': 'kind',\n  \
         'data': {{ 'one': 'One{n}', 'two': 'Two{n}', 'three': 'Three{n}' }}"
    );
    define(out, "union", &format!("Union{n}"), &["kind", "note"], text, &union);
    let command = format!("'data': {{ 'which': 'Union{n}', '*force': 'bool' }}, 'returns': [ 'Four{n}' ]");
    define(out, "command", &format!("query-{n}"), &["which", "force"], text, &command);
    let command = format!("'data': 'Base{n}'");
    define(out, "command", &format!("set-{n}"), &[], text, &command);
    let event = format!("'data': {{ 'what': 'Four{n}', 'how': 'Kind{n}' }}");
    define(out, "event", &format!("EVENT_{n}"), &["what", "how"], text, &event);
}

fn define(out: &mut String, kind: &str, name: &str, members: &[&str], text: &str, body: &str) {
    // Writing to a string cannot fail.
    let _ = write!(out, "\n##\n# @{name}:\n#\n# {}\n#\n", text.replace("#     ", "# "));
    for member in members {
        let _ = write!(out, "# @{member}: {text}\n#\n");
    }
    let _ = write!(out, "# Since: 9.0\n##\n{{ '{kind}': '{name}', {body} }}\n");
}
