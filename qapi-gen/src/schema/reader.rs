//! Reads the parts that several kinds of definition share, and reports wrong forms.

use super::context::Context;
use super::draft::{Kind, Site};
use super::names;
use crate::diagnostic::Code;
use crate::source::Span;
use crate::syntax::ast::{Object, Str, Value};

mod condition;
mod features;
mod members;

/// Reads one definition.
pub(super) struct Reader<'a, 'c> {
    pub(super) cx: &'c mut Context<'a>,
    /// The kind and the name of the definition.
    pub(super) site: Site<'a>,
}

impl<'a> Reader<'a, '_> {
    pub(super) fn error(&mut self, code: Code, at: Span, message: String, label: &str) {
        self.cx.error(&self.site, code, at, message, label);
    }

    /// Checks the name of the definition.
    pub(super) fn check_definition_name(&mut self) {
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

    /// Reports an invalid name; otherwise returns the stem for the check of its case. `what` says whose name it is.
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
            let label = "must be lower case, words joined by '-'";
            let diagnostic = self.cx.fault(&self.site, Code::NameCase, at, message, label);
            let prefix = name.strip_suffix(stem).unwrap_or_default().trim_start_matches('*');
            let mut help = format!("write '{prefix}{}'", names::lower(stem));
            if self.site.kind.is_type() && !matches!(what, "feature" | "alternative") {
                help += &format!(
                    ", or excuse the type by the pragma 'member-name-exceptions': [ '{}' ]",
                    self.site.name.text
                );
            }
            self.cx.found.push(diagnostic.help(help));
        }
    }

    /// Whether a pragma excuses the type from the rules for names of members.
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

    /// The value as a string; reports any other kind.
    pub(super) fn string(&mut self, value: &'a Value, what: &str, expected: &str) -> Option<&'a Str> {
        if value.as_str().is_none() {
            self.wrong_value(value, what, expected);
        }
        value.as_str()
    }

    /// The value of a flag that may only be given with the value `unusual`.
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
