//! Names for types that no schema names, and for choices of alternates.

use crate::schema::Builtin;
use crate::schema::names::is_camel;
use crate::wire::Class;
use std::collections::HashSet;

/// A name of the schema as a part of a type's name: `query-status`, `query_status` and `QUERY_STATUS` all give
/// `QueryStatus`.
pub(crate) fn camel(name: &str) -> String {
    let mut camel = String::new();
    for word in name.split(|c: char| !c.is_ascii_alphanumeric()) {
        let shouts = word.len() > 1 && !word.contains(|c: char| c.is_ascii_lowercase());
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.extend(letters.map(|letter| if shouts { letter.to_ascii_lowercase() } else { letter }));
    }
    camel
}

/// The wanted name, made valid, with a number if it is taken.
pub(crate) fn free(wanted: &str, taken: &mut HashSet<String>) -> String {
    let mut name = if is_name(wanted) { wanted.to_owned() } else { format!("T{wanted}Type") };
    let stem = name.clone();
    let mut number = 2;
    while !taken.insert(name.clone()) {
        name = format!("{stem}{number}");
        number += 1;
    }
    name
}

/// Whether a type may have the name. Names that end with `List` are reserved for lists.
pub(crate) fn is_name(name: &str) -> bool {
    is_camel(name) && !name.ends_with("List") && Builtin::from_name(name).is_none()
}

/// The name of an alternate's choice: the kind of its values, which no two choices share. `None` is any value.
pub(crate) fn choice_name(class: Option<Class>, is_enum: bool) -> &'static str {
    match class {
        Some(Class::Null) => "null",
        Some(Class::Bool) => "bool",
        Some(Class::Number) => "number",
        Some(Class::String) if is_enum => "enum",
        Some(Class::String) => "str",
        Some(Class::Array) => "list",
        Some(Class::Object) => "object",
        None => "any",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_joined() {
        for (name, expected) in [
            ("query-status", "QueryStatus"),
            ("BLOCK_JOB_READY", "BlockJobReady"),
            ("x-blockdev-amend", "XBlockdevAmend"),
            ("UefiVariable", "UefiVariable"),
            ("__com.redhat_drive-mirror", "ComRedhatDriveMirror"),
            ("4k", "4k"),
        ] {
            assert_eq!(camel(name), expected);
        }
    }
}
