//! Flat unions.

use super::context::Context;
use super::draft::{self, Base, Body, Draft, value};
use super::read::Reader;
use super::structure;
use super::symbols::{Symbols, Target};
use crate::diagnostic::Code;
use crate::syntax::ast::{self, Object, Str, Value};
use std::collections::HashMap;

/// Reads what makes an expression a union.
pub(super) fn read<'a>(reader: &mut Reader<'a, '_>, object: &'a Object) -> Body<'a> {
    reader.check_own_keys(object, &["union", "base", "discriminator", "data"], &["if", "features"]);
    let base = match value(object, "base") {
        Some(Value::Str(name)) => Base::Named(name),
        Some(Value::Object(members)) => Base::Inline(reader.members(members, "base")),
        Some(other) => {
            reader.wrong_value(other, "'base'", "an object or a type name");
            Base::Unknown
        }
        None => Base::Unknown,
    };
    let discriminator = value(object, "discriminator")
        .and_then(|value| reader.string(value, "'discriminator'", "the name of a member of 'base'"));
    let branches = match value(object, "data") {
        Some(Value::Object(data)) => data.members.iter().map(|member| read_branch(reader, member)).collect(),
        Some(other) => {
            reader.wrong_value(other, "'data'", "an object");
            Vec::new()
        }
        None => Vec::new(),
    };
    Body::Union { base, discriminator, branches }
}

fn read_branch<'a>(reader: &mut Reader<'a, '_>, member: &'a ast::Member) -> draft::Branch<'a> {
    let what = format!("branch '{}'", member.key.text);
    let (ty, object) = reader.choice(member, &what);
    let ty = ty.and_then(|value| reader.type_name(value, &what));
    let condition = object.and_then(|object| reader.condition(object, &what));
    draft::Branch { name: &member.key, ty, condition }
}

/// The rules for a union that need no knowledge of its common members.
pub(super) fn check(cx: &mut Context<'_>, symbols: &Symbols<'_>, drafts: &[Draft<'_>], draft: &Draft<'_>) {
    let Body::Union { base, branches, .. } = &draft.body else { return };
    if let Base::Named(name) = base {
        structure::check_base(cx, symbols, drafts, draft, name);
    }
    for branch in branches {
        check_branch_type(cx, symbols, drafts, draft, branch);
    }
}

/// The type of a branch is an object: a struct, or a union again.
fn check_branch_type(
    cx: &mut Context<'_>,
    symbols: &Symbols<'_>,
    drafts: &[Draft<'_>],
    draft: &Draft<'_>,
    branch: &draft::Branch<'_>,
) {
    let Some(ty) = branch.ty else { return };
    let Some(target) = symbols.resolve(cx, &draft.site, ty, "branch") else { return };
    if let Target::Defined(id) = target
        && matches!(drafts[id].body, Body::Struct { .. } | Body::Union { .. })
    {
        return;
    }
    let message = format!("branch '{}' cannot be of {}", branch.name.text, target.describe(drafts));
    let label = "expected the name of a struct or union";
    let diagnostic = cx.fault(&draft.site, Code::BranchType, ty.span, message, label);
    cx.found.push(target.label(drafts, diagnostic));
}

/// The rules for the discriminator. `member` is the common member of its name, `owner` whose member it is.
pub(super) fn check_discriminator(
    cx: &mut Context<'_>,
    symbols: &Symbols<'_>,
    drafts: &[Draft<'_>],
    draft: &Draft<'_>,
    discriminator: &Str,
    member: Option<&draft::Member<'_>>,
) {
    let name = &discriminator.text;
    let Some(member) = member.filter(|member| member.name == *name) else {
        let message = format!("discriminator '{name}' is not a member of 'base'");
        let diagnostic = cx.fault(
            &draft.site,
            Code::DiscriminatorUnknown,
            discriminator.span,
            message,
            "no common member has this name",
        );
        cx.found.push(match member {
            Some(near) => diagnostic.label(near.span, format!("did you mean '{}'?", near.name)),
            None => match name.strip_prefix('*') {
                Some(_) => diagnostic.help("name the member without the '*', which only makes it optional"),
                None => diagnostic,
            },
        });
        return;
    };
    if member.optional {
        let message = format!("discriminator '{name}' must not be optional");
        let diagnostic = cx.fault(
            &draft.site,
            Code::DiscriminatorOptional,
            discriminator.span,
            message,
            "the discriminator",
        );
        cx.found.push(diagnostic.label(member.span, "optional member"));
    }
    if member.condition.is_some() {
        let message = format!("discriminator '{name}' must not be conditional");
        let diagnostic = cx.fault(
            &draft.site,
            Code::DiscriminatorConditional,
            discriminator.span,
            message,
            "the discriminator",
        );
        cx.found.push(diagnostic.label(member.span, "conditional member"));
    }
    let Some(ty) = member.ty else { return };
    let Some(target) = symbols.find(&ty.name.text) else { return };
    match target {
        Target::Defined(id) if !ty.array => {
            if let Body::Enum { values, .. } = &drafts[id].body {
                let values: HashMap<&str, _> =
                    values.iter().map(|value| (value.name.as_str(), value.span)).collect();
                check_branch_names(cx, draft, &drafts[id], &values);
                return;
            }
        }
        Target::Defined(_) | Target::Builtin(_) => {}
    }
    let array = if ty.array { "an array of " } else { "" };
    let message =
        format!("discriminator '{name}' must be of an enum, not of {array}{}", target.describe(drafts));
    let diagnostic =
        cx.fault(&draft.site, Code::DiscriminatorNotEnum, discriminator.span, message, "the discriminator");
    cx.found.push(diagnostic.label(ty.span, "expected the name of an enum"));
}

/// Every branch is a value of the discriminator's enum, and there is at least one, be it an empty one.
fn check_branch_names<V>(
    cx: &mut Context<'_>,
    draft: &Draft<'_>,
    tag: &Draft<'_>,
    values: &HashMap<&str, V>,
) {
    let Body::Union { branches, .. } = &draft.body else { return };
    let tag = &tag.site.name;
    if branches.is_empty() && values.is_empty() {
        let message = format!("union '{}' has no branches", draft.site.name.text);
        let diagnostic =
            cx.fault(&draft.site, Code::UnionWithoutBranches, draft.site.name.span, message, "this union");
        cx.found.push(diagnostic.label(tag.span, "the discriminator's enum has no values"));
    }
    for branch in branches {
        let name = &branch.name.text;
        if values.contains_key(name.as_str()) {
            continue;
        }
        let message = format!("branch '{name}' is not a value of enum '{}'", tag.text);
        let diagnostic =
            cx.fault(&draft.site, Code::BranchUnknownValue, branch.name.span, message, "no such value");
        let diagnostic = diagnostic.label(tag.span, "the discriminator's enum");
        let near = {
            let mut names: Vec<&str> = values.keys().copied().take(1000).collect();
            names.sort_unstable();
            super::suggest::nearest(name, names)
        };
        cx.found.push(match near {
            Some(near) => diagnostic.help(format!("did you mean '{near}'?")),
            None => diagnostic,
        });
    }
}
