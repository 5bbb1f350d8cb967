//! Alternates.

use super::checker::Checker;
use super::draft::{self, Body, Draft, TypeRef, value};
use super::reader::Reader;
use super::{Builtin, JsonType, TypeName, names};
use crate::diagnostic::Code;
use crate::syntax::ast::{self, Object, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Reads the keys of an alternate.
pub(super) fn read<'a>(reader: &mut Reader<'a, '_>, object: &'a Object) -> Body<'a> {
    reader.check_own_keys(object, &["alternate", "data"], &["if", "features"]);
    let alternatives = match value(object, "data") {
        Some(Value::Object(data)) => {
            if data.members.is_empty() {
                let message = format!("alternate '{}' has no alternatives", reader.site.name.text);
                reader.error(Code::AlternateEmpty, data.span, message, "expected at least one alternative");
            }
            data.members.iter().map(|member| read_alternative(reader, member)).collect()
        }
        Some(other) => {
            reader.wrong_value(other, "'data'", "an object");
            Vec::new()
        }
        None => Vec::new(),
    };
    Body::Alternate { alternatives }
}

fn read_alternative<'a>(reader: &mut Reader<'a, '_>, member: &'a ast::Member) -> draft::Alternative<'a> {
    let name = &member.key;
    let what = format!("alternative '{}'", name.text);
    if let Some(stem) = reader.check_name(name.span, names::stem(&name.text), "alternative", &name.text) {
        reader.check_lower(name.span, stem, false, "alternative", &name.text);
    }
    let (ty, object) = reader.choice(member, &what);
    let ty = ty.and_then(|value| reader.type_or_array(value, &what));
    let condition = object.and_then(|object| reader.condition(object, &what));
    draft::Alternative { name, ty, condition }
}

/// Checks that the alternatives have different JSON types.
pub(super) fn check(checker: &mut Checker<'_, '_>, draft: &Draft<'_>) {
    let Body::Alternate { alternatives } = &draft.body else { return };
    let mut names_seen = HashMap::new();
    let mut types_seen: BTreeMap<JsonType, &draft::Alternative<'_>> = BTreeMap::new();
    for alternative in alternatives {
        if let Some(first) = names_seen.insert(names::c_name(&alternative.name.text), alternative.name) {
            let message =
                format!("alternative '{}' collides with alternative '{}'", alternative.name.text, first.text);
            let diagnostic =
                checker.fault(draft, Code::NameClash, alternative.name.span, message, "this alternative");
            checker.report(diagnostic.label(first.span, "first stated here"));
        }
        let Some(ty) = alternative.ty else { continue };
        let Some(target) =
            checker.resolve(draft, ty.name, &format!("alternative '{}'", alternative.name.text))
        else {
            continue;
        };
        let Some(taken) = json_types(checker, ty, target) else {
            let message =
                format!("alternative '{}' cannot be of {}", alternative.name.text, checker.describe(target));
            let label = "its values cannot be told from others by their JSON type";
            let diagnostic = checker.fault(draft, Code::AlternativeType, ty.span, message, label);
            checker.report(checker.label(target, diagnostic));
            continue;
        };
        let conflict = taken.iter().find_map(|json| Some((*json, *types_seen.get(json)?)));
        if let Some((json, first)) = conflict {
            let message = format!(
                "alternative '{}' can't be distinguished from '{}': both may be {json}",
                alternative.name.text, first.name.text
            );
            let diagnostic =
                checker.fault(draft, Code::AlternativesAmbiguous, ty.span, message, "this alternative");
            checker.report(diagnostic.label(first.name.span, "the other one"));
        }
        for json in taken {
            types_seen.entry(json).or_insert(alternative);
        }
    }
}

/// The JSON types that an alternative of this type claims; `None` if it cannot be an alternative.
fn json_types(checker: &Checker<'_, '_>, ty: TypeRef<'_>, target: TypeName) -> Option<BTreeSet<JsonType>> {
    if ty.array {
        return Some(BTreeSet::from([JsonType::Array]));
    }
    Some(match target {
        TypeName::Builtin(Builtin::Str) => JsonType::of_strings(),
        TypeName::Builtin(builtin) => BTreeSet::from([builtin.json_type()?]),
        TypeName::Defined(id) => match &checker.drafts[id].body {
            Body::Struct { .. } | Body::Union { .. } => BTreeSet::from([JsonType::Object]),
            Body::Enum { values, .. } => JsonType::of_values(values.iter().map(|value| value.name.as_str())),
            Body::Alternate { .. } => return None,
            Body::Command { .. } | Body::Event { .. } => unreachable!("resolve finds types only"),
        },
    })
}
