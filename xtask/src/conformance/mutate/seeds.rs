//! The seeds of mutations: the cases of the tree, and random schemas.

use super::super::random::Random;
use super::super::tree::Tree;
use crate::{Failure, workspace};
use std::fmt::Write;

/// The cases of the tree that consist of one file.
pub(super) fn cases(tree: &Tree) -> Result<Vec<String>, Failure> {
    let mut paths = Vec::new();
    for entry in tree.path("tests/qapi-schema").read_dir()? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    let mut cases = Vec::new();
    for path in paths {
        // A case may not be UTF-8 text.
        let Ok(text) = workspace::read(&path) else { continue };
        if !text.contains("include") && text.len() < 6000 {
            cases.push(text);
        }
    }
    Ok(cases)
}

const TYPES: &[&str] = &["Foo", "Bar", "Baz", "Enu", "Uni", "Alt"];
const BUILTINS: &[&str] = &["int", "str", "bool", "number", "uint8", "size", "any", "null", "QType"];
const MEMBERS: &[&str] = &["a", "b", "*c", "d-e", "x-f", "type", "kind"];

/// Some definitions that refer to each other, most of them documented.
pub(super) fn random(random: &mut Random) -> String {
    let mut text = String::from("{ 'enum': 'Enu', 'data': [ 'a', 'b', 'c' ] }\n");
    let mut defined = vec!["Enu".to_owned()];
    for _ in 0..=random.below(4) {
        let (name, body, members) = definition(random);
        // Most errors should come from mutations.
        if defined.contains(&name) {
            continue;
        }
        if random.below(3) > 0 {
            document(&mut text, &name, &members, random);
        }
        text.push_str(&body);
        text.push('\n');
        defined.push(name);
    }
    for name in TYPES.iter().filter(|name| !defined.iter().any(|it| it == *name)) {
        if text.contains(&format!("'{name}'")) {
            let _ = writeln!(text, "{{ 'struct': '{name}', 'data': {{ }} }}");
        }
    }
    text
}

/// A name, the definition, and the names that its documentation may describe.
fn definition(random: &mut Random) -> (String, String, Vec<String>) {
    let kind = random.below(7);
    let name = match kind {
        4 => random.one(&["foo", "bar-baz", "x-foo"]).to_owned(),
        5 => random.one(&["FOO", "BAR_BAZ"]).to_owned(),
        _ => random.one(TYPES).to_owned(),
    };
    let (data, members) = members(random);
    let more = extras(random);
    let body = match kind {
        0 => {
            let values: Vec<String> = members.iter().map(|name| format!("'{name}'")).collect();
            format!("{{ 'enum': '{name}', 'data': [ {} ]{more} }}", values.join(", "))
        }
        1 => format!("{{ 'struct': '{name}', 'data': {data}{more} }}"),
        2 => format!("{{ 'struct': '{name}', 'base': '{}', 'data': {data}{more} }}", random.one(TYPES)),
        3 => format!(
            "{{ 'union': '{name}', 'base': {{ 'tag': 'Enu' }}, 'discriminator': 'tag',\n  'data': {{ 'a': '{}', 'b': '{}' }}{more} }}",
            random.one(TYPES),
            random.one(TYPES)
        ),
        4 => match random.below(3) {
            0 => format!("{{ 'command': '{name}', 'data': {data}{more} }}"),
            1 => format!("{{ 'command': '{name}', 'data': '{}', 'boxed': true{more} }}", random.one(TYPES)),
            _ => format!("{{ 'command': '{name}', 'returns': {}{more} }}", reference(random)),
        },
        5 => format!("{{ 'event': '{name}', 'data': {data}{more} }}"),
        _ => format!("{{ 'alternate': '{name}', 'data': {data}{more} }}"),
    };
    (name, body, members)
}

fn members(random: &mut Random) -> (String, Vec<String>) {
    let mut names = Vec::new();
    let mut list = Vec::new();
    for &name in MEMBERS {
        if random.below(3) > 0 {
            continue;
        }
        names.push(name.trim_start_matches('*').to_owned());
        let ty = reference(random);
        list.push(match random.below(6) {
            0 => format!("'{name}': {{ 'type': {ty}, 'if': 'CONFIG_X' }}"),
            1 => format!("'{name}': {{ 'type': {ty}, 'features': [ 'deprecated' ] }}"),
            _ => format!("'{name}': {ty}"),
        });
    }
    (format!("{{ {} }}", list.join(",\n            ")), names)
}

fn reference(random: &mut Random) -> String {
    let from = if random.below(3) == 0 { TYPES } else { BUILTINS };
    let name = random.one(from);
    if random.below(5) == 0 { format!("[ '{name}' ]") } else { format!("'{name}'") }
}

fn extras(random: &mut Random) -> &'static str {
    random.one(&[
        "",
        "",
        "",
        "",
        ",\n  'if': 'CONFIG_Y'",
        ", 'features': [ 'fea' ]",
        ", 'features': [ 'deprecated' ]",
    ])
}

fn document(text: &mut String, name: &str, members: &[String], random: &mut Random) {
    let blank = |random: &mut Random| if random.below(5) > 0 { "#\n" } else { "" };
    let _ = write!(text, "##\n# @{name}:\n{}", blank(random));
    if random.flip() {
        let _ = write!(text, "# Some text.\n{}", blank(random));
    }
    for member in members {
        if random.below(6) == 0 {
            continue;
        }
        let more = random.one(&[
            "",
            "",
            "#     more text\n",
            "#     more\n#\n#     and more\n",
            "#   less\n#   less\n",
        ]);
        let _ = write!(text, "# @{member}: text\n{more}{}", blank(random));
    }
    let section = random.one(&[
        "",
        "",
        "# Since: 1.0\n",
        "# Returns: text\n",
        "# Features:\n#\n# @fea: text\n",
        "# Note: text\n",
        "# Errors: text\n",
    ]);
    let _ = writeln!(text, "{section}##");
}
