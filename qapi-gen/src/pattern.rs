//! Patterns for names, as the option `only` has them: names, in which `*` stands for any text and `?` for one character.

/// Whether the text is a pattern, not one name. No name of the schema language has these characters.
pub(crate) fn is_glob(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Whether the pattern, or plain name, matches the whole name.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    // Names are ASCII, so a byte is a character.
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut at, mut read) = (0, 0);
    // The last `*`, and where the text that it stands for ends. Earlier ones need no second try: if the rest can match
    // at all, it does so with the shortest text for them.
    let mut star = None;
    while read < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(&expected) if expected == b'?' || expected == name[read] => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((last, end)) = star else { return false };
                star = Some((last, end + 1));
                (at, read) = (last + 1, end + 1);
            }
        }
    }
    pattern[at..].iter().all(|&rest| rest == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn patterns_match_whole_names() {
        for (pattern, name) in [
            ("query-*", "query-"),
            ("query-*", "query-status"),
            ("block?*", "blockdev-add"),
            ("*", ""),
            ("a*b*c", "abbabcc"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("query-*", "x-query-a"),
            ("block?*", "block"),
            ("stop", "stop2"),
            ("?", ""),
            ("a*b*c", "abcb"),
            ("", "a"),
        ] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }

    /// The definition, which takes exponential time.
    fn by_definition(pattern: &[u8], name: &[u8]) -> bool {
        match (pattern, name) {
            ([], name) => name.is_empty(),
            ([b'*', rest @ ..], name) => (0..=name.len()).any(|end| by_definition(rest, &name[end..])),
            ([b'?', rest @ ..], [_, name @ ..]) => by_definition(rest, name),
            ([first, rest @ ..], [letter, name @ ..]) => first == letter && by_definition(rest, name),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn patterns_match_by_their_definition(pattern in "[ab*?]{0,8}", name in "[ab]{0,8}") {
            prop_assert_eq!(matches(&pattern, &name), by_definition(pattern.as_bytes(), name.as_bytes()));
        }
    }
}
