//! Checks that names of the schema stay apart in Rust: one check a namespace.

use super::context::Context;
use super::emit::{setter_name, variant_name};
use super::names;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::schema::{Alternate, Base, DefId, Definition, DefinitionKind, Enum};
use crate::source::Span;
use std::collections::BTreeMap;

/// Finds every pair of names that would be one.
pub(super) fn check(cx: &Context) -> Diagnostics {
    let mut found = Diagnostics::new();
    check_definitions(cx, &mut found);
    for (id, definition) in cx.schema.definitions.iter().enumerate() {
        let id = DefId(id as u32);
        match &definition.kind {
            DefinitionKind::Enum(value) => check_values(value, cx.is_open(id), &mut found),
            DefinitionKind::Alternate(value) => check_alternatives(value, cx.is_open(id), &mut found),
            DefinitionKind::Struct(_)
            | DefinitionKind::Union(_)
            | DefinitionKind::Command(_)
            | DefinitionKind::Event(_) => {
                check_members(cx, id, &mut found);
            }
        }
    }
    found
}

/// Types share a namespace, since the root has them all; commands and events have one each.
fn check_definitions(cx: &Context, found: &mut Diagnostics) {
    let (mut types, mut commands, mut events) =
        (Namespace::new("type"), Namespace::new("command"), Namespace::new("event"));
    let mut methods = Namespace::new("handler");
    for (id, definition) in cx.schema.definitions.iter().enumerate() {
        let Definition { name, span, .. } = definition;
        let rust = cx.name(DefId(id as u32));
        match definition.kind {
            DefinitionKind::Command(_) => {
                commands.add(rust, name, *span, found);
                methods.add(names::method(name), name, *span, found);
            }
            DefinitionKind::Event(_) => events.add(rust, name, *span, found),
            _ => types.add(rust, name, *span, found),
        }
    }
}

fn check_values(value: &Enum, open: bool, found: &mut Diagnostics) {
    let mut variants = Namespace::new("variant");
    for value in &value.values {
        variants.add(variant_name(&value.name, open), &value.name, value.span, found);
    }
}

fn check_alternatives(value: &Alternate, open: bool, found: &mut Diagnostics) {
    let mut variants = Namespace::new("variant");
    for value in &value.alternatives {
        variants.add(variant_name(&value.name, open), &value.name, value.span, found);
    }
}

fn check_members(cx: &Context, id: DefId, found: &mut Diagnostics) {
    // The members of a named base were looked at there.
    let base = match &cx.definition(id).kind {
        DefinitionKind::Union(union) => matches!(union.base, Base::Named(_)),
        _ => false,
    };
    if base {
        return;
    }
    let (mut fields, mut setters) = (Namespace::new("field"), Namespace::new("setter"));
    for placed in cx.members(id) {
        let member = placed.member;
        fields.add(names::field(&member.name), &member.name, member.span, found);
        if member.optional {
            setters.add(setter_name(&member.name), &member.name, member.span, found);
        }
    }
}

/// The names of one namespace, each with what it was made of.
struct Namespace<'a> {
    what: &'static str,
    names: BTreeMap<String, (&'a str, Span)>,
}

impl<'a> Namespace<'a> {
    fn new(what: &'static str) -> Self {
        Namespace { what, names: BTreeMap::new() }
    }

    fn add(&mut self, rust: String, name: &'a str, span: Span, found: &mut Diagnostics) {
        let what = self.what;
        if let Some((first, first_span)) = self.names.get(&rust) {
            let message = format!("'{name}' and '{first}' would both be the {what} `{rust}` in Rust");
            found.push(
                Diagnostic::error(Code::RustNameClash, span, message)
                    .label(*first_span, format!("'{first}' is here")),
            );
        } else {
            self.names.insert(rust, (name, span));
        }
    }
}
