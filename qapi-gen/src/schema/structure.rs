//! Structs.

use super::checker::Checker;
use super::draft::{Body, Draft, value};
use super::reader::Reader;
use crate::diagnostic::Code;
use crate::syntax::ast::{Object, Str, Value};

/// Reads the keys of a struct.
pub(super) fn read<'a>(reader: &mut Reader<'a, '_>, object: &'a Object) -> Body<'a> {
    reader.check_own_keys(object, &["struct", "data"], &["base", "if", "features"]);
    let base = value(object, "base").and_then(|value| reader.type_name(value, "'base'"));
    let members = match value(object, "data") {
        Some(Value::Object(data)) => reader.members(data, "data"),
        Some(other) => {
            reader.wrong_value(other, "'data'", "an object");
            Vec::new()
        }
        None => Vec::new(),
    };
    Body::Struct { base, members }
}

/// Checks that the base of a struct or a union is a struct.
pub(super) fn check_base(checker: &mut Checker<'_, '_>, draft: &Draft<'_>, base: &Str) {
    let Some(target) = checker.resolve(draft, base, &format!("'base' of {}", draft.site.describe())) else {
        return;
    };
    if checker.draft(target).is_some_and(|draft| matches!(draft.body, Body::Struct { .. })) {
        return;
    }
    let what = checker.describe(target);
    let message = format!("'base' requires a struct, {what} is none");
    let diagnostic =
        checker.fault(draft, Code::BaseNotStruct, base.span, message, "expected the name of a struct");
    checker.report(checker.label(target, diagnostic));
}
