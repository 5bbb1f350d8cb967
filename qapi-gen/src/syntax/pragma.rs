//! Pragma directives.

use super::ast::{Object, Str, Unit, Value};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::language::Rule;
use crate::source::Span;

const NAMES: [&str; 5] = [
    "doc-required",
    "command-name-exceptions",
    "command-returns-exceptions",
    "documentation-exceptions",
    "member-name-exceptions",
];

/// Applies the settings of a directive. QEMU reports errors in it at `head`.
pub(super) fn read(
    directive: &Object,
    value: &Value,
    head: Span,
    unit: &mut Unit,
    diagnostics: &mut Diagnostics,
) {
    if let Some(other) = directive.members.iter().find(|member| member.key.text != "pragma") {
        diagnostics.push(
            Diagnostic::error(Code::InvalidPragma, other.key.span, "invalid 'pragma' directive")
                .label(other.key.span, format!("key '{}' does not belong here", other.key.text))
                .qemu_at(head),
        );
        return;
    }
    let Some(settings) = value.as_object() else {
        diagnostics.push(
            Diagnostic::error(Code::InvalidPragma, value.span(), "value of 'pragma' must be an object")
                .label(value.span(), format!("this is {}", value.kind()))
                .qemu_at(head),
        );
        return;
    };
    for setting in &settings.members {
        if let Err(diagnostic) = set(unit, &setting.key, &setting.value, head) {
            diagnostics.push(*diagnostic);
        }
    }
}

fn set(unit: &mut Unit, name: &Str, value: &Value, head: Span) -> Result<(), Box<Diagnostic>> {
    let pragmas = &mut unit.pragmas;
    let list = match name.text.as_str() {
        "doc-required" => {
            let Some(required) = value.as_bool() else {
                let message = "pragma 'doc-required' must be boolean";
                let fault = Diagnostic::error(Code::InvalidPragmaValue, value.span(), message);
                let fault = fault.label(value.span(), format!("this is {}", value.kind()));
                return Err(Box::new(fault.qemu_at(head)));
            };
            pragmas.doc_required = required.value;
            return Ok(());
        }
        "command-name-exceptions" => &mut pragmas.command_name_exceptions,
        "command-returns-exceptions" => &mut pragmas.command_returns_exceptions,
        "documentation-exceptions" if unit.language.has(Rule::NoDocumentationExceptions) => {
            let fault =
                Diagnostic::error(Code::UnknownPragma, name.span, format!("unknown pragma '{}'", name.text));
            let history = Rule::NoDocumentationExceptions.history();
            return Err(Box::new(fault.note(history).qemu_at(head)));
        }
        "documentation-exceptions" => &mut pragmas.documentation_exceptions,
        "member-name-exceptions" => &mut pragmas.member_name_exceptions,
        other => {
            let fault =
                Diagnostic::error(Code::UnknownPragma, name.span, format!("unknown pragma '{other}'"));
            let known = NAMES.map(|name| format!("'{name}'")).join(", ");
            return Err(Box::new(fault.note(format!("pragmas are {known}")).qemu_at(head)));
        }
    };
    let strings: Result<Vec<Str>, Span> = match value.as_list() {
        Some(list) => list.values.iter().map(|value| value.as_str().cloned().ok_or(value.span())).collect(),
        None => Err(value.span()),
    };
    match strings {
        // A later list replaces an earlier one.
        Ok(strings) => *list = strings,
        Err(span) => {
            let message = format!("pragma '{}' must be a list of strings", name.text);
            let fault = Diagnostic::error(Code::InvalidPragmaValue, span, message);
            return Err(Box::new(fault.label(span, "not a list of strings").qemu_at(head)));
        }
    }
    Ok(())
}
