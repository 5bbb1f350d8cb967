//! Names the parts that a type lacks because of conditions, so that a user who misses one learns which define brings it.

use crate::rust::cfg::When;
use crate::rust::context::Context;
use crate::schema::{Arguments, Base, Condition, DefId, DefinitionKind, Member, Type, TypeName, Union};

/// The paragraph about the values, members or alternatives that the type lacks; empty if it has all.
pub(super) fn parts(cx: &Context, id: DefId) -> String {
    let mut out = Vec::new();
    match &cx.definition(id).kind {
        DefinitionKind::Enum(value) => {
            for value in &value.values {
                put(cx, &mut out, &value.name, value.condition.as_ref(), None);
            }
        }
        DefinitionKind::Alternate(value) => {
            for choice in &value.alternatives {
                put(cx, &mut out, &choice.name, choice.condition.as_ref(), Some(choice.ty));
            }
        }
        _ => {
            for member in members(cx, id) {
                put(cx, &mut out, &member.name, member.condition.as_ref(), Some(member.ty));
            }
        }
    }
    paragraph(&out)
}

/// The paragraph about the branches that a union lacks, with their values or without.
pub(super) fn branches(cx: &Context, union: &Union) -> String {
    let DefinitionKind::Enum(values) = &cx.definition(union.discriminator_enum).kind else {
        unreachable!("check rejects a discriminator that is no enumeration")
    };
    let mut out = Vec::new();
    for value in &values.values {
        let before = out.len();
        put(cx, &mut out, &value.name, value.condition.as_ref(), None);
        let branch = union.branches.iter().find(|branch| branch.name == value.name);
        if let (true, Some(branch)) = (out.len() == before, branch) {
            let ty = Type::Plain(TypeName::Defined(branch.ty));
            put(cx, &mut out, &value.name, branch.condition.as_ref(), Some(ty));
        }
    }
    paragraph(&out)
}

/// The members of the schema that become fields, those of bases first.
fn members<'a>(cx: &Context<'a>, id: DefId) -> Vec<&'a Member> {
    match &cx.definition(id).kind {
        DefinitionKind::Struct(value) => {
            let mut all = value.base.map(|base| members(cx, base)).unwrap_or_default();
            all.extend(&value.members);
            all
        }
        DefinitionKind::Union(value) => match &value.base {
            Base::Named(base) => members(cx, *base),
            Base::Inline(members) => members.iter().collect(),
        },
        DefinitionKind::Command(value) => listed(&value.arguments),
        DefinitionKind::Event(value) => listed(&value.data),
        DefinitionKind::Enum(_) | DefinitionKind::Alternate(_) => Vec::new(),
    }
}

fn listed(arguments: &Arguments) -> Vec<&Member> {
    match arguments {
        Arguments::Inline(members) => members.iter().collect(),
        Arguments::None | Arguments::Named(_) | Arguments::Boxed(_) => Vec::new(),
    }
}

/// Adds the part `name` if it does not exist; `needs` is the type without which it cannot.
fn put<'a>(
    cx: &Context<'a>,
    out: &mut Vec<(&'a str, String)>,
    name: &'a str,
    condition: Option<&Condition>,
    needs: Option<Type>,
) {
    if cx.decide(When::always().and(condition), needs).is_some() {
        return;
    }
    // Without a condition of its own, the part is missing since its type is.
    let of_type = || needs.and_then(Type::defined).and_then(|id| cx.definition(id).condition.as_ref());
    let reason = condition.or_else(of_type);
    out.push((
        name,
        reason.map_or_else(|| "that of its type".to_owned(), |condition| format!("`{condition}`")),
    ));
}

fn paragraph(parts: &[(&str, String)]) -> String {
    let (whose, does) = match parts {
        [] => return String::new(),
        [_] => ("its condition", "does"),
        _ => ("their conditions", "do"),
    };
    let parts: Vec<String> = parts.iter().map(|(name, reason)| format!("`{name}` ({reason})")).collect();
    format!("Left out here, since {whose} {does} not hold: {}.", parts.join(", "))
}
