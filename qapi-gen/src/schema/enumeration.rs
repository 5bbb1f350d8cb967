//! Enumerations.

use super::context::Context;
use super::draft::{Body, Site, value};
use super::reader::Reader;
use super::{EnumValue, names};
use crate::diagnostic::Code;
use crate::syntax::ast::{Object, Value};
use std::collections::HashMap;

/// Reads the keys of an enum.
pub(super) fn read<'a>(reader: &mut Reader<'a, '_>, object: &'a Object) -> Body<'a> {
    reader.check_own_keys(object, &["enum", "data"], &["if", "features", "prefix"]);
    let prefix = value(object, "prefix").and_then(|value| reader.string(value, "'prefix'", "a string"));
    let values = match value(object, "data") {
        Some(Value::List(list)) => {
            let permissive = reader.permissive();
            list.values.iter().filter_map(|value| read_value(reader, value, permissive)).collect()
        }
        Some(other) => {
            reader.wrong_value(other, "'data'", "an array");
            Vec::new()
        }
        None => Vec::new(),
    };
    Body::Enum { prefix, values }
}

fn read_value(reader: &mut Reader<'_, '_>, form: &Value, permissive: bool) -> Option<EnumValue> {
    let object = form.as_object();
    let name = match object {
        None => form,
        Some(object) => {
            reader.check_keys(object, "enum value", &["name"], &["if", "features"]);
            value(object, "name")?
        }
    };
    let Value::Str(name) = name else {
        let message = format!("the name of an enum value must be a string, not {}", name.kind());
        reader.error(Code::NameNotAString, name.span(), message, "expected a name, as in 'name'");
        return None;
    };
    let what = "enum value";
    if let Some(stem) = reader.check_name(name.span, names::value_stem(&name.text), what, &name.text) {
        reader.check_lower(name.span, stem, permissive, what, &name.text);
    }
    let (condition, features) = match object {
        Some(object) => {
            (reader.condition(object, &format!("enum value '{}'", name.text)), reader.features(object))
        }
        None => (None, Vec::new()),
    };
    Some(EnumValue { name: name.text.clone(), span: name.span, condition, features })
}

/// Checks that values are distinct, in C too.
pub(super) fn check_distinct_values(cx: &mut Context<'_>, site: &Site<'_>, values: &[EnumValue]) {
    let mut seen = HashMap::new();
    for value in values {
        if let Some(first) = seen.insert(names::c_name(&value.name), value) {
            let message = format!("enum value '{}' collides with value '{}'", value.name, first.name);
            let diagnostic = cx.fault(site, Code::NameClash, value.span, message, "this value");
            cx.found.push(diagnostic.label(first.span, "first stated here"));
        }
    }
}
