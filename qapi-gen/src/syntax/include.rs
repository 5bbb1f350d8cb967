//! Include directives: resolves the file and checks that it may be included here.

use super::ast::{Object, Str, Value};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// The path in a directive. QEMU reports errors in it at `head`.
pub(super) fn path<'a>(directive: &Object, value: &'a Value, head: Span) -> Result<&'a Str, Box<Diagnostic>> {
    if let Some(other) = directive.members.iter().find(|member| member.key.text != "include") {
        let fault = Diagnostic::error(Code::InvalidInclude, other.key.span, "invalid 'include' directive");
        let text = format!("key '{}' does not belong here", other.key.text);
        return Err(Box::new(fault.label(other.key.span, text).qemu_at(head)));
    }
    value.as_str().ok_or_else(|| {
        let fault =
            Diagnostic::error(Code::InvalidInclude, value.span(), "value of 'include' must be a string");
        Box::new(fault.label(value.span(), format!("this is {}", value.kind())).qemu_at(head))
    })
}
