//! From the syntax tree to drafts: reads the keys of a definition and checks the form of their values.

use super::context::Context;
use super::draft::{Body, Draft, Kind, Site};
use super::reader::Reader;
use super::{alternate, command, enumeration, event, structure, union};
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::ast::{self, Value};

/// Finds the kind and the name of the definition in an expression.
pub(super) fn read_site<'a>(cx: &mut Context<'a>, definition: &'a ast::Definition) -> Option<Site<'a>> {
    let found: Vec<(Kind, &ast::Member)> = definition
        .object
        .members
        .iter()
        .filter_map(|member| {
            Some((Kind::ALL.into_iter().find(|kind| kind.key() == member.key.text)?, member))
        })
        .collect();
    let head = definition.head;
    let &[(kind, member)] = found.as_slice() else {
        let diagnostic = wrong_kind(cx, definition, &found);
        cx.found.push(diagnostic);
        return None;
    };
    let Value::Str(name) = &member.value else {
        let message =
            format!("the name of {} must be a string, not {}", kind.with_article(), member.value.kind());
        let diagnostic = Diagnostic::error(Code::NameNotAString, head, message);
        cx.found.push(diagnostic.label(member.value.span(), "expected a name, as in 'name'"));
        return None;
    };
    Some(Site { kind, name, head })
}

fn wrong_kind(
    cx: &mut Context<'_>,
    definition: &ast::Definition,
    found: &[(Kind, &ast::Member)],
) -> Diagnostic {
    let message = if found.is_empty() {
        "this expression defines nothing"
    } else {
        "this expression defines several things at a time"
    };
    let mut diagnostic = Diagnostic::error(Code::DefinitionKind, definition.head, message)
        .note("a definition has exactly one of the keys 'enum', 'struct', 'union', 'alternate', 'command' and 'event'");
    for (_, member) in found {
        diagnostic = diagnostic.label(member.key.span, "one definition");
    }
    if found.is_empty() {
        let kinds = Kind::ALL.map(Kind::key);
        for member in &definition.object.members {
            if let Some(kind) = cx.nearest(&member.key.text, kinds) {
                diagnostic = diagnostic.label(member.key.span, "").help(format!("did you mean '{kind}'?"));
                break;
            }
        }
    }
    diagnostic
}

/// Reads the rest of a definition; `site` comes from [`read_site`].
pub(super) fn read<'a>(cx: &mut Context<'a>, site: Site<'a>, definition: &'a ast::Definition) -> Draft<'a> {
    let mut reader = Reader { cx, site };
    let object = &definition.object;
    reader.check_definition_name();
    let body: Body<'a> = match site.kind {
        Kind::Enum => enumeration::read(&mut reader, object),
        Kind::Struct => structure::read(&mut reader, object),
        Kind::Union => union::read(&mut reader, object),
        Kind::Alternate => alternate::read(&mut reader, object),
        Kind::Command => command::read(&mut reader, object),
        Kind::Event => event::read(&mut reader, object),
    };
    let condition = reader.condition(object, &site.describe());
    let features = reader.features(object);
    Draft { site, doc: definition.doc.as_ref(), condition, features, body }
}
