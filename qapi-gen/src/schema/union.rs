//! Flat unions.

use super::checker::Checker;
use super::draft::{self, Base, Body, Draft, value};
use super::names::c_name;
use super::reader::Reader;
use super::{DefId, EnumValue, TypeName, structure};
use crate::diagnostic::Code;
use crate::language::Rule;
use crate::syntax::ast::{self, Object, Str, Value};
use std::collections::HashSet;

/// Reads the keys of a union.
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

/// Checks the rules for a union that do not depend on its common members.
pub(super) fn check(checker: &mut Checker<'_, '_>, draft: &Draft<'_>) {
    let Body::Union { base, branches, .. } = &draft.body else { return };
    if let Base::Named(name) = base {
        structure::check_base(checker, draft, name);
    }
    for branch in branches {
        check_branch_type(checker, draft, branch);
    }
}

/// Checks that the type of a branch is an object: a struct or a union.
fn check_branch_type(checker: &mut Checker<'_, '_>, draft: &Draft<'_>, branch: &draft::Branch<'_>) {
    let Some(ty) = branch.ty else { return };
    let Some(target) = checker.resolve(draft, ty, &format!("branch '{}'", branch.name.text)) else { return };
    let (fits, expected) = match checker.draft(target).map(|draft| &draft.body) {
        Some(Body::Union { .. }) => (!checker.cx.language.has(Rule::StructBranches), "a struct"),
        Some(Body::Struct { .. }) => (true, ""),
        _ => (false, "a struct or union"),
    };
    if fits {
        return;
    }
    let message = format!("branch '{}' cannot be of {}", branch.name.text, checker.describe(target));
    let label = format!("expected the name of {expected}");
    let diagnostic = checker.fault(draft, Code::BranchType, ty.span, message, &label);
    let diagnostic = checker.label(target, diagnostic);
    checker.report(if expected == "a struct" {
        diagnostic.note(Rule::StructBranches.history())
    } else {
        diagnostic
    });
}

/// Checks the discriminator and the names of the branches. Returns the discriminator's enum.
pub(super) fn check_discriminator(checker: &mut Checker<'_, '_>, id: DefId) -> Option<DefId> {
    let (drafts, hierarchy) = (checker.drafts, checker.hierarchy);
    let draft = &drafts[id];
    let Body::Union { base, discriminator: Some(discriminator), .. } = &draft.body else { return None };
    let knows_members = match base {
        Base::Unknown => false,
        Base::Named(_) => hierarchy.base(id).is_some() && hierarchy.is_whole(id),
        Base::Inline(_) => true,
    };
    if !knows_members {
        return None;
    }
    let found = hierarchy.find(id, &c_name(&discriminator.text)).map(|(_, member)| member);
    let Some(member) = found.filter(|member| member.name == discriminator.text) else {
        report_unknown(checker, draft, id, discriminator, found);
        return None;
    };
    check_discriminator_member(checker, draft, discriminator, member);
    let ty = member.ty?;
    let target = checker.symbols.find(&ty.name.text)?;
    if let TypeName::Defined(tag) = target
        && let Body::Enum { values, .. } = &drafts[tag].body
        && !ty.array
    {
        check_branch_names(checker, draft, &drafts[tag], values);
        return Some(tag);
    }
    let array = if ty.array { "an array of " } else { "" };
    let name = &discriminator.text;
    let message =
        format!("discriminator '{name}' must be of an enum, not of {array}{}", checker.describe(target));
    let code = Code::DiscriminatorNotEnum;
    let diagnostic = checker.fault(draft, code, discriminator.span, message, "the discriminator");
    checker.report(diagnostic.label(ty.span, "expected the name of an enum"));
    None
}

/// Reports that no common member has the discriminator's name, and suggests one with the same name in C.
fn report_unknown(
    checker: &mut Checker<'_, '_>,
    draft: &Draft<'_>,
    id: DefId,
    discriminator: &Str,
    same_in_c: Option<&draft::Member<'_>>,
) {
    let name = &discriminator.text;
    let message = format!("discriminator '{name}' is not a member of 'base'");
    let label = "no common member has this name";
    let diagnostic = checker.fault(draft, Code::DiscriminatorUnknown, discriminator.span, message, label);
    if let Some(near) = same_in_c {
        checker.report(diagnostic.label(near.span, format!("did you mean '{}'?", near.name)));
        return;
    }
    let plain = name.strip_prefix('*').unwrap_or(name);
    let near = checker.cx.nearest(plain, checker.hierarchy.members(id).map(|(_, member)| member.name));
    checker.report(match near {
        Some(near) => diagnostic.help(format!("did you mean '{near}'?")),
        None => diagnostic,
    });
}

/// Checks that the discriminator is neither optional nor conditional.
fn check_discriminator_member(
    checker: &mut Checker<'_, '_>,
    draft: &Draft<'_>,
    discriminator: &Str,
    member: &draft::Member<'_>,
) {
    let name = &discriminator.text;
    let faults = [
        (member.optional, Code::DiscriminatorOptional, "optional"),
        (member.condition.is_some(), Code::DiscriminatorConditional, "conditional"),
    ];
    for (_, code, what) in faults.into_iter().filter(|(fault, ..)| *fault) {
        let message = format!("discriminator '{name}' must not be {what}");
        let diagnostic = checker.fault(draft, code, discriminator.span, message, "the discriminator");
        checker.report(diagnostic.label(member.span, format!("{what} member")));
    }
}

/// Checks that every branch is a value of the discriminator's enum, and that the enum has values: each value without a
/// listed branch has an empty one.
fn check_branch_names(
    checker: &mut Checker<'_, '_>,
    draft: &Draft<'_>,
    tag: &Draft<'_>,
    values: &[EnumValue],
) {
    let Body::Union { branches, .. } = &draft.body else { return };
    let tag = &tag.site.name;
    if branches.is_empty() && values.is_empty() {
        let message = format!("{} has no branches", draft.site.describe());
        let at = draft.site.name.span;
        let diagnostic = checker.fault(draft, Code::UnionWithoutBranches, at, message, "this union");
        checker.report(diagnostic.label(tag.span, "the discriminator's enum has no values"));
    }
    let known: HashSet<&str> = values.iter().map(|value| value.name.as_str()).collect();
    for branch in branches {
        let name = &branch.name.text;
        if known.contains(name.as_str()) {
            continue;
        }
        let message = format!("branch '{name}' is not a value of enum '{}'", tag.text);
        let at = branch.name.span;
        let diagnostic = checker.fault(draft, Code::BranchUnknownValue, at, message, "no such value");
        let diagnostic = diagnostic.label(tag.span, "the discriminator's enum");
        let near = checker.cx.nearest(name, values.iter().map(|value| value.name.as_str()));
        checker.report(match near {
            Some(near) => diagnostic.help(format!("did you mean '{near}'?")),
            None => diagnostic,
        });
    }
}
