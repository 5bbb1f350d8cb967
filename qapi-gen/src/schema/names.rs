//! The rules for names. Other modules apply them.

use std::borrow::Cow;

/// The reason why a name is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A character, or the first one, is not allowed.
    Invalid,
    /// It begins with `q_` or `q-`.
    Reserved,
}

/// The part of a name to which the rules for upper and lower case apply: without the prefix of a downstream
/// extension (`__RFQDN_`) and without `x-`.
pub(crate) fn stem(name: &str) -> Result<&str, Fault> {
    let own = match name.strip_prefix("__") {
        None => name,
        Some(rest) => {
            let (rfqdn, own) = rest.split_once('_').ok_or(Fault::Invalid)?;
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
            if rfqdn.is_empty() || !rfqdn.bytes().all(allowed) {
                return Err(Fault::Invalid);
            }
            own
        }
    };
    if !is_word(own) {
        return Err(Fault::Invalid);
    }
    // In `x-1` the rest is no name, so the prefix is part of the name.
    let stem =
        own.strip_prefix("x-").or_else(|| own.strip_prefix("X-")).filter(|rest| is_word(rest)).unwrap_or(own);
    if name.starts_with("q_") || name.starts_with("q-") { Err(Fault::Reserved) } else { Ok(stem) }
}

/// As [`stem`], for the value of an enum, which may start with a digit.
pub(crate) fn value_stem(name: &str) -> Result<&str, Fault> {
    if !name.starts_with(|first: char| first.is_ascii_digit()) {
        stem(name)
    } else if name.bytes().all(is_word_byte) {
        Ok(name)
    } else {
        Err(Fault::Invalid)
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.bytes().all(is_word_byte)
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Whether the stem of a command, member, value or feature is lower case, words joined by `-`.
pub(crate) fn is_lower(stem: &str, allow_upper: bool, allow_underscore: bool) -> bool {
    (allow_upper || !stem.contains(|c: char| c.is_ascii_uppercase()))
        && (allow_underscore || !stem.contains('_'))
}

/// The stem in lower case, with words joined by `-`.
pub(super) fn lower(stem: &str) -> String {
    let mut lower = String::with_capacity(stem.len());
    let mut after_small = false;
    for character in stem.chars() {
        if character.is_ascii_uppercase() && after_small {
            lower.push('-');
        }
        after_small = character.is_ascii_lowercase();
        lower.push(if character == '_' { '-' } else { character.to_ascii_lowercase() });
    }
    lower
}

/// Whether the stem of an event is upper case, words joined by `_`.
pub(super) fn is_upper(stem: &str) -> bool {
    !stem.contains(|c: char| c.is_ascii_lowercase() || c == '-')
}

/// Whether the stem of a type is in camel case: it starts with a capital, has a small letter, nothing but letters and
/// digits.
pub(crate) fn is_camel(stem: &str) -> bool {
    stem.starts_with(|c: char| c.is_ascii_uppercase())
        && stem.contains(|c: char| c.is_ascii_lowercase())
        && stem.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The name in C. Two names in one scope must not have the same.
pub(crate) fn c_name(name: &str) -> Cow<'_, str> {
    if name.contains('-') || name.contains('.') {
        Cow::Owned(name.replace(['-', '.'], "_"))
    } else {
        Cow::Borrowed(name)
    }
}

/// Whether the member name is reserved for generated code.
pub(super) fn is_reserved_member(name: &str) -> bool {
    let c_name = c_name(name);
    c_name == "u" || c_name.starts_with("has_")
}

/// Whether a condition's define is well-formed.
pub(super) fn is_define(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_leave_prefixes_out() {
        for (name, expected) in [
            ("name", "name"),
            ("x-name", "name"),
            ("X-name", "name"),
            ("x-1", "x-1"),
            ("__com.redhat_drive-mirror", "drive-mirror"),
            ("__org.qemu_x-Enum", "Enum"),
            ("__com.red-hat_a_b", "a_b"),
        ] {
            assert_eq!(stem(name), Ok(expected), "{name}");
        }
    }

    #[test]
    fn names_that_are_none() {
        for name in
            ["", "1a", "_a", "-a", "a.b", "a b", "ä", "*oops", "__", "__a", "__com.redhat_", "___a", "__c!_a"]
        {
            assert_eq!(stem(name), Err(Fault::Invalid), "{name}");
        }
        for name in ["q_a", "q-a", "q-"] {
            assert_eq!(stem(name), Err(Fault::Reserved), "{name}");
        }
        assert_eq!(stem("q"), Ok("q"));
    }

    #[test]
    fn values_may_start_with_a_digit() {
        assert_eq!(value_stem("4k-page"), Ok("4k-page"));
        assert_eq!(value_stem("4 k"), Err(Fault::Invalid));
        assert_eq!(value_stem(""), Err(Fault::Invalid));
        assert_eq!(value_stem("q-x"), Err(Fault::Reserved));
    }

    #[test]
    fn case_rules() {
        assert!(is_lower("a-b", false, false));
        assert!(!is_lower("a_b", false, false));
        assert!(!is_lower("aB", false, true));
        assert!(is_lower("aB_c", true, true));
        assert_eq!(["disk_size", "diskSize", "ABC_d"].map(lower), ["disk-size", "disk-size", "abc-d"]);
        assert!(is_upper("EVENT_A1"));
        assert!(!is_upper("EVENT-A"));
        assert!(!is_upper("eVENT"));
        for camel in ["Abc", "ABc", "Qcow2"] {
            assert!(is_camel(camel), "{camel}");
        }
        for other in ["abc", "ABC", "A-b", "A_b", "A1"] {
            assert!(!is_camel(other), "{other}");
        }
    }

    #[test]
    fn reserved_members() {
        assert!(is_reserved_member("u"));
        assert!(is_reserved_member("has-a"));
        assert!(is_reserved_member("has_a"));
        assert!(!is_reserved_member("hasa"));
    }

    #[test]
    fn defines_are_upper_case() {
        assert!(is_define("CONFIG_A1"));
        for name in ["", "_A", "1A", "a", "A-B", "defined(A)"] {
            assert!(!is_define(name), "{name}");
        }
    }
}
