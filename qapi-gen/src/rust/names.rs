//! From names of the schema to names in Rust.
//!
//! Every function maps one name. [`super::spelling`] keeps names distinct.

use proc_macro2::{Ident, Span};

/// Words that cannot be raw identifiers.
const NEVER_RAW: &[&str] = &["self", "Self", "super", "crate", "_"];

/// Words that are identifiers only as `r#word` in some edition; sorted.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Whether the word is an identifier only as `r#word`.
pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.binary_search(&word).is_ok()
}

/// An identifier: raw if it is a keyword, with `_` before a leading digit and after a word that cannot be raw.
pub(super) fn ident(name: &str) -> Ident {
    let span = Span::call_site();
    if is_keyword(name) { Ident::new_raw(name, span) } else { Ident::new(&escaped(name), span) }
}

/// The result of [`ident`] without the mark of raw identifiers.
pub(super) fn escaped(name: &str) -> String {
    if NEVER_RAW.contains(&name) || name.is_empty() {
        format!("{name}_")
    } else if name.starts_with(|first: char| first.is_ascii_digit()) {
        format!("_{name}")
    } else {
        name.to_owned()
    }
}

/// A type keeps its name, since the schema's rules for type names are Rust's. Only downstream names need mapping.
pub(super) fn type_name(name: &str) -> String {
    // A module's trait is called `Commands`.
    if name == "Commands" { "Commands_".to_owned() } else { words(name) }
}

/// A member, as a field: `wchar-t` is `wchar_t`.
pub(super) fn field(name: &str) -> String {
    words(name).to_ascii_lowercase()
}

/// A command, as a method: `blockdev-add` is `blockdev_add`.
pub(super) fn method(name: &str) -> String {
    field(name)
}

/// A command, as a type: `blockdev-add` is `BlockdevAdd`.
pub(super) fn command(name: &str) -> String {
    camel(name)
}

/// An event, as a type: `GUEST_PANICKED` is `GuestPanicked`.
pub(super) fn event(name: &str) -> String {
    camel(&name.to_ascii_lowercase())
}

/// The variant for values that are not in the schema.
pub(super) const UNKNOWN: &str = "Unknown";

/// A value of an enumeration, a branch or an alternative, as a variant: `inject-nmi` is `InjectNmi`.
pub(super) fn variant(name: &str, open: bool) -> String {
    unreserved_variant(camel(name), open)
}

/// Adds a `_` to names that are taken: `Unknown` in an open enumeration, and those of two constants.
pub(super) fn unreserved_variant(variant: String, open: bool) -> String {
    if open && variant == UNKNOWN || variant == "ALL" || variant == "NAMES" { variant + "_" } else { variant }
}

/// Functions that every type has. A setter or constructor of the same name gets a `_`.
const TAKEN: &[&str] = &["new", "default", "from", "send"];

/// The setter for a field.
pub(super) fn setter(field: &str) -> String {
    if TAKEN.contains(&field) { format!("{field}_") } else { field.to_owned() }
}

/// The constructor for a union's branch: `null-co` is `null_co`.
pub(super) fn constructor(branch: &str) -> String {
    setter(&field(branch))
}

/// A constructor's name that differs from that of every other branch and every setter.
pub(super) fn distinct_constructor(branch: &str) -> String {
    "_of".to_owned() + &distinct(branch)
}

/// A schema file, as a module: the file's stem.
pub(super) fn module(name: &str) -> String {
    let file = name.rsplit('/').next().unwrap_or(name);
    field(stem(file))
}

/// A schema file, as a module, if another one has the same stem: with its folders.
pub(super) fn module_with_folders(name: &str) -> String {
    let parts: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "." | "..")).collect();
    field(stem(&parts.join("_")))
}

fn stem(file: &str) -> &str {
    file.strip_suffix(".json").unwrap_or(file)
}

/// Replaces everything except letters and digits by `_`.
pub(super) fn words(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// Joins capitalised words. A `_` stays between two digits, so that `x86-64` does not become `X8664`.
fn camel(name: &str) -> String {
    let (prefix, name) = split_downstream(name);
    let mut out = words(prefix);
    for word in name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        let (first, tail) = word.split_at(1);
        if out.ends_with(|c: char| c.is_ascii_digit()) && first.starts_with(|c: char| c.is_ascii_digit()) {
            out.push('_');
        }
        out.push_str(&first.to_ascii_uppercase());
        out.push_str(tail);
    }
    out
}

/// As [`camel`], with `_` between the words: `foo-1` is `Foo_1`.
pub(super) fn camel_apart(name: &str) -> String {
    let (prefix, name) = split_downstream(name);
    let mut out = words(prefix);
    for (index, word) in name.split(|c: char| !c.is_ascii_alphanumeric()).enumerate() {
        if index > 0 {
            out.push('_');
        }
        let (first, tail) = word.split_at(word.len().min(1));
        out.push_str(&first.to_ascii_uppercase());
        out.push_str(tail);
    }
    out
}

/// A spelling that differs from that of every other name and every generated item.
pub(super) fn distinct(name: &str) -> String {
    let mut out = "_".to_owned();
    for c in name.chars() {
        match c {
            '_' => out.push_str("_u"),
            '-' => out.push_str("_d"),
            '.' => out.push_str("_p"),
            c if c.is_ascii_alphanumeric() => out.push(c),
            c => out.push_str(&format!("_x{:x}_", u32::from(c))),
        }
    }
    out
}

/// `__com.redhat_drive-add` is `__com.redhat_` and `drive-add`.
fn split_downstream(name: &str) -> (&str, &str) {
    let Some(inner) = name.strip_prefix("__") else { return ("", name) };
    match inner.find('_') {
        Some(end) => name.split_at(end + 3),
        None => ("", name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_events_and_values() {
        assert_eq!(command("blockdev-add"), "BlockdevAdd");
        assert_eq!(command("qmp_capabilities"), "QmpCapabilities");
        assert_eq!(command("__org.qemu_x-command"), "__org_qemu_XCommand");
        assert_eq!(event("GUEST_PANICKED"), "GuestPanicked");
        assert_eq!(event("__ORG.QEMU_X-EVENT"), "__org_qemu_XEvent");
        assert_eq!(variant("inject-nmi", true), "InjectNmi");
        assert_eq!(variant("x86_64", true), "X86_64");
        assert_eq!(variant("EAX", true), "EAX");
        assert_eq!(variant("unknown", true), "Unknown_");
        assert_eq!(variant("unknown", false), "Unknown");
        assert_eq!(camel_apart("__org.qemu_foo-1"), "__org_qemu_Foo_1");
        assert_eq!(variant("__org.qemu_x-value", true), "__org_qemu_XValue");
    }

    #[test]
    fn types_members_and_modules() {
        assert_eq!(type_name("__org.qemu_x-Enum"), "__org_qemu_x_Enum");
        assert_eq!(type_name("String"), "String");
        assert_eq!(field("wchar-t"), "wchar_t");
        assert_eq!(field("UUID"), "uuid");
        assert_eq!(method("set-action"), "set_action");
        assert_eq!(module("run-state.json"), "run_state");
        assert_eq!(module("../../qapi/common.json"), "common");
        assert_eq!(module_with_folders("../qapi/common.json"), "qapi_common");
    }

    #[test]
    fn identifiers_are_escaped() {
        assert_eq!(ident("type").to_string(), "r#type");
        assert_eq!(ident("gen").to_string(), "r#gen");
        assert!(KEYWORDS.iter().all(|word| ident(word) == format!("r#{word}")));
        assert_eq!(ident("self").to_string(), "self_");
        assert_eq!(ident("Self").to_string(), "Self_");
        assert_eq!(ident("144").to_string(), "_144");
        assert_eq!(ident("String").to_string(), "String");
    }
}
