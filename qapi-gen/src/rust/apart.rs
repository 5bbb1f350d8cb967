//! Keeps names distinct that would have the same spelling in Rust.
//!
//! Each name has several spellings, the nicest first. If names of a namespace have the same spelling, all of them take
//! their next one, until all are distinct. So the result does not depend on the order of names, and a name without a
//! clash keeps its nicest spelling. The last spelling is unique for each name.

use super::names;
use std::collections::BTreeMap;

/// A way to spell a name.
pub(super) type Form<'a> = &'a dyn Fn(&str) -> String;

/// The names that cannot have their first spelling, by index, with the one that they get.
pub(super) fn apart(names: &[&str], forms: &[Form]) -> Vec<(usize, String)> {
    let mut spelled: Vec<(usize, String)> = names.iter().map(|name| (0, forms[0](name))).collect();
    loop {
        let mut alike: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, (_, text)) in spelled.iter().enumerate() {
            alike.entry(names::escaped(text)).or_default().push(at);
        }
        let clashing = alike.into_values().filter(|group| group.len() > 1).flatten();
        let mut raised = false;
        for at in clashing {
            let level = spelled[at].0 + 1;
            if let Some(form) = forms.get(level) {
                spelled[at] = (level, form(names[at]));
                raised = true;
            }
        }
        if !raised {
            let others = spelled.into_iter().enumerate().filter(|(_, (level, _))| *level > 0);
            return others.map(|(at, (_, text))| (at, text)).collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variants(names: &[&str]) -> Vec<String> {
        let nicest = |name: &str| names::variant(name, true);
        let apart_at_separators = |name: &str| names::unreserved_variant(names::camel_apart(name), true);
        let others = apart(names, &[&nicest, &apart_at_separators, &names::distinct]);
        let mut all: Vec<String> = names.iter().map(|name| nicest(name)).collect();
        others.into_iter().for_each(|(at, text)| all[at] = text);
        all
    }

    #[test]
    fn separators_are_kept_where_they_tell_names_apart() {
        assert_eq!(variants(&["foo-1", "foo1", "bar-1"]), ["Foo_1", "Foo1", "Bar1"]);
        assert_eq!(variants(&["foo1", "bar-1", "foo-1"]), ["Foo1", "Bar1", "Foo_1"]);
        assert_eq!(variants(&["unknown", "unknown-"]), ["_unknown", "_unknown_d"]);
    }

    #[test]
    fn what_a_spelling_runs_into_is_respelled_too() {
        // The first spelling of `x-86-64` is `X86_64`, as that of `x86-64`.
        assert_eq!(variants(&["x86-64", "x-86-64"]), ["X86_64", "X_86_64"]);
        assert_eq!(variants(&["a", "A"]), ["_a", "_A"]);
    }

    #[test]
    fn names_that_differ_are_spelled_differently_at_last() {
        let names = ["a-b", "a_b", "a.b", "ab", "AB", "self", "self_", "144", "_144", "a--b", "a_db", "a-db"];
        let none = |_: &str| "same".to_owned();
        let spelled = apart(&names, &[&none, &names::distinct]);
        let different: std::collections::BTreeSet<&String> = spelled.iter().map(|(_, text)| text).collect();
        assert_eq!(different.len(), names.len());
    }
}
