//! Changes the text of a schema in a few places.

use super::super::random::Random;

/// Lines that have a meaning, or had one in older versions.
const LINES: &[&str] = &[
    "##",
    "#",
    "# text",
    "# @a: text",
    "# @a:",
    "# @bbb: text",
    "# Features:",
    "# Returns: text",
    "# Errors: text",
    "# Since: 1.0",
    "# Since:",
    "# TODO: text",
    "# Note: text",
    "# Example:",
    "# = Heading",
    "#     indented",
    "#   less",
    "#text",
    "# text. Text",
    "# @Foo:",
    "# @foo:",
    "{ 'pragma': { 'doc-required': true } }",
    "{ 'pragma': { 'command-returns-exceptions': [ 'foo' ] } }",
    "{ 'pragma': { 'member-name-exceptions': [ 'Foo' ] } }",
];

/// Replacement texts.
const PIECES: &[&str] = &[
    "'Foo'",
    "'Bar'",
    "'foo'",
    "'int'",
    "'str'",
    "'any'",
    "'null'",
    "'a'",
    "'*a'",
    "'a_b'",
    "'A'",
    "'data'",
    "'base'",
    "'if'",
    "'features'",
    "'type'",
    "'name'",
    "'boxed'",
    "'returns'",
    "'discriminator'",
    "'gen'",
    "'deprecated'",
    "'CONFIG_X'",
    "'q_empty'",
    "'x-a'",
    "'__com.foo_a'",
    "true",
    "false",
    "[ ]",
    "{ }",
    "[ 'a' ]",
    "{ 'a': 'int' }",
    "{ 'all': [ 'X', 'Y' ] }",
    "{ 'not': 'X' }",
    "{ 'name': 'a', 'if': 'X' }",
    "{ 'type': 'int', 'if': 'X' }",
    "''",
    "'u'",
    "'has_a'",
    ",",
    ":",
    "{",
    "}",
    "[",
    "]",
    "null",
    "1",
    "\"a\"",
    "'\\\\'",
    "\u{a0}",
    "\t",
    "#",
];

/// One to three changes.
pub(super) fn mutate(text: &str, random: &mut Random) -> String {
    let mut text = text.to_owned();
    for _ in 0..=random.below(3) {
        text = if random.flip() { change_line(&text, random) } else { change_piece(&text, random) };
    }
    text
}

fn change_line(text: &str, random: &mut Random) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let at = random.below(lines.len() + 1);
    let deeper;
    match random.below(6) {
        0 if at < lines.len() => drop(lines.remove(at)),
        1 if at < lines.len() => lines.insert(at, lines[at]),
        2 if at + 1 < lines.len() => lines.swap(at, at + 1),
        3 if at < lines.len() && lines[at].starts_with("# ") => {
            deeper = format!("#  {}", &lines[at][1..]);
            lines[at] = &deeper;
        }
        4 if at < lines.len() && lines[at].starts_with("#  ") => {
            deeper = format!("#{}", &lines[at][2..]);
            lines[at] = &deeper;
        }
        _ => lines.insert(at, random.one(LINES)),
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn change_piece(text: &str, random: &mut Random) -> String {
    let pieces = pieces(text);
    let solid: Vec<usize> = (0..pieces.len()).filter(|&at| !pieces[at].trim().is_empty()).collect();
    if solid.is_empty() {
        return random.one(PIECES).to_owned();
    }
    let (at, other) = (random.one(&solid), random.one(&solid));
    let mut changed = pieces.clone();
    match random.below(5) {
        0 => drop(changed.remove(at)),
        1 => changed.insert(at, pieces[at]),
        2 => changed.swap(at, other),
        3 => changed[at] = pieces[other],
        _ => changed[at] = random.one(PIECES),
    }
    changed.concat()
}

/// Strings, words, blanks, comments, and all other characters one by one.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '\'' => rest[1..].find(['\'', '\n']).map_or(rest.len(), |end| end + 2),
            _ if first.is_alphanumeric() => rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len()),
            _ if first.is_whitespace() => rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (piece, behind) = rest.split_at(length.min(rest.len()));
        pieces.push(piece);
        rest = behind;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_the_whole_text() {
        let text = "# ä\n{ 'a': [true, 'b], 1 }\n'";
        assert_eq!(pieces(text).concat(), text);
        assert_eq!(pieces("{'a':true}"), ["{", "'a'", ":", "true", "}"]);
    }

    #[test]
    fn the_same_seed_changes_alike() {
        let text = "##\n# @a:\n##\n{ 'command': 'a' }\n";
        for seed in 0..50 {
            assert_eq!(mutate(text, &mut Random(seed)), mutate(text, &mut Random(seed)));
        }
    }
}
