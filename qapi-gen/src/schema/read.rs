//! From the syntax tree to drafts: which keys a definition has, and of what form their values are.

use super::context::Context;
use super::draft::{Body, Draft, Kind, Site};
use super::{alternate, command, enumeration, event, names, structure, union};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{self, Object, Str, Value};

mod condition;
mod features;
mod members;

/// Reads one definition; `site` is its kind and name, which [`read_site`] found.
pub(super) struct Reader<'a, 'c> {
    pub(super) cx: &'c mut Context<'a>,
    pub(super) site: Site<'a>,
}

/// Finds out what an expression defines.
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

/// Reads the rest of a definition.
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

impl<'a> Reader<'a, '_> {
    pub(super) fn error(&mut self, code: Code, at: Span, message: String, label: &str) {
        self.cx.error(&self.site, code, at, message, label);
    }

    fn check_definition_name(&mut self) {
        let Site { kind, name, .. } = self.site;
        let Some(stem) = self.check_name(name.span, names::stem(&name.text), kind.key(), &name.text) else {
            return;
        };
        let (fits, rule) = match kind {
            Kind::Event => (names::is_upper(stem), "upper case, words joined by '_'"),
            Kind::Command => {
                let exempt = self.cx.pragmas.command_names.contains(name.text.as_str());
                (names::is_lower(stem, false, exempt), "lower case, words joined by '-'")
            }
            Kind::Enum | Kind::Struct | Kind::Union | Kind::Alternate => {
                (names::is_camel(stem), "in CamelCase")
            }
        };
        if !fits {
            let message = format!("name '{}' of {} must be {rule}", name.text, kind.key());
            self.error(Code::NameCase, name.span, message, &format!("must be {rule}"));
        }
        if name.text.ends_with("List") {
            let message = format!("name '{}' of {} ends in 'List'", name.text, kind.key());
            self.error(Code::ReservedName, name.span, message, "such names are reserved for array types");
        }
    }

    /// Reports a name that is none; hands on what its case is judged by. `what` says whose name it is.
    pub(super) fn check_name<'n>(
        &mut self,
        at: Span,
        stem: Result<&'n str, names::Fault>,
        what: &str,
        name: &str,
    ) -> Option<&'n str> {
        match stem {
            Ok(stem) => Some(stem),
            Err(names::Fault::Reserved) => {
                let message =
                    format!("name '{name}' of {what} begins with 'q_', which is reserved for generated code");
                self.error(Code::ReservedName, at, message, "reserved name");
                None
            }
            Err(names::Fault::Invalid) => {
                let message = format!("invalid name '{name}' of {what}");
                self.error(
                    Code::InvalidName,
                    at,
                    message,
                    "expected a letter, then letters, digits, '-' and '_'; before it '__RFQDN_' in a downstream extension",
                );
                None
            }
        }
    }

    /// Reports a stem that is not lower case.
    pub(super) fn check_lower(&mut self, at: Span, stem: &str, permissive: bool, what: &str, name: &str) {
        if !names::is_lower(stem, permissive, permissive) {
            let message = format!("name '{name}' of {what} must not have upper case or '_'");
            self.error(Code::NameCase, at, message, "must be lower case, words joined by '-'");
        }
    }

    /// Whether the definition is a type that is excused from the rules for names of members.
    pub(super) fn permissive(&self) -> bool {
        self.site.kind.is_type() && self.cx.pragmas.member_names.contains(self.site.name.text.as_str())
    }

    /// As [`check_keys`](Self::check_keys), for the definition itself.
    pub(super) fn check_own_keys(&mut self, object: &Object, required: &[&str], optional: &[&str]) {
        self.check_keys(object, &self.site.describe(), required, optional);
    }

    /// Reports keys that are missing and keys that do not belong there. `what` says whose keys they are.
    pub(super) fn check_keys(&mut self, object: &Object, what: &str, required: &[&str], optional: &[&str]) {
        for key in required {
            if object.get(key).is_none() {
                let at = if object.span.start == self.site.head.start { self.site.head } else { object.span };
                let message = format!("{what} misses key '{key}'");
                self.error(Code::MissingKey, at, message, &format!("key '{key}' is required here"));
            }
        }
        let valid = || required.iter().chain(optional).copied();
        for member in &object.members {
            let key = member.key.text.as_str();
            if valid().any(|known| known == key) {
                continue;
            }
            let message = format!("{what} has unknown key '{key}'");
            let diagnostic =
                self.cx.fault(&self.site, Code::UnknownKey, member.key.span, message, "unknown key");
            let list = valid().map(|key| format!("'{key}'")).collect::<Vec<_>>().join(", ");
            let diagnostic = diagnostic.note(format!("valid keys are {list}"));
            let near = self.cx.nearest(key, valid());
            self.cx.found.push(match near {
                Some(near) => diagnostic.help(format!("did you mean '{near}'?")),
                None => diagnostic,
            });
        }
    }

    /// Reports a value of the wrong kind.
    pub(super) fn wrong_value(&mut self, value: &Value, what: &str, expected: &str) {
        let message = format!("{what} must be {expected}, not {}", value.kind());
        self.error(Code::WrongValueType, value.span(), message, &format!("expected {expected}"));
    }

    /// The string that a value must be.
    pub(super) fn string(&mut self, value: &'a Value, what: &str, expected: &str) -> Option<&'a Str> {
        if value.as_str().is_none() {
            self.wrong_value(value, what, expected);
        }
        value.as_str()
    }

    /// What a flag says that may only be stated when it has the value `unusual`.
    pub(super) fn flag(&mut self, object: &Object, key: &str, unusual: bool) -> bool {
        let Some(member) = object.get(key) else { return !unusual };
        if member.value.as_bool().is_none_or(|flag| flag.value != unusual) {
            let message = format!("flag '{key}' may only be {unusual}");
            let label = format!("expected {unusual}; leave the flag out for the contrary");
            self.error(Code::FlagValue, member.value.span(), message, &label);
        }
        unusual
    }
}
