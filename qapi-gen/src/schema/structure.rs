//! Structs.

use super::context::Context;
use super::draft::{Body, Draft, value};
use super::read::Reader;
use super::symbols::{Symbols, Target};
use crate::diagnostic::Code;
use crate::syntax::ast::{Object, Str, Value};

/// Reads what makes an expression a struct.
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

/// A base, of a struct or a union, is a struct.
pub(super) fn check_base(
    cx: &mut Context<'_>,
    symbols: &Symbols<'_>,
    drafts: &[Draft<'_>],
    draft: &Draft<'_>,
    base: &Str,
) {
    let Some(target) = symbols.resolve(cx, &draft.site, base, "'base'") else { return };
    if let Target::Defined(id) = target
        && matches!(drafts[id].body, Body::Struct { .. })
    {
        return;
    }
    let what = target.describe(drafts);
    let message = format!("'base' requires a struct, {what} is none");
    let diagnostic =
        cx.fault(&draft.site, Code::BaseNotStruct, base.span, message, "expected the name of a struct");
    cx.found.push(target.label(drafts, diagnostic));
}
