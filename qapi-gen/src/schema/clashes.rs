//! The members of one JSON object have distinct names, in C too, wherever they come from: the object's own, its
//! bases', a branch's.

use super::context::Context;
use super::draft::{Body, Branch, Draft, Member};
use super::hierarchy::Hierarchy;
use super::names::c_name;
use super::symbols::{Symbols, Target};
use crate::diagnostic::{Code, Diagnostic};
use std::collections::{HashMap, HashSet};

/// How many clashes of a union are reported: it has one for each pair of a common member and a branch.
const SHOWN: usize = 20;

/// Checks the members that a definition adds: against each other, and against those of its base.
pub(super) fn check_members(
    cx: &mut Context<'_>,
    hierarchy: &Hierarchy<'_, '_>,
    drafts: &[Draft<'_>],
    id: usize,
) {
    let mut seen: HashMap<_, &Member<'_>> = HashMap::new();
    for member in drafts[id].own_members() {
        let name = c_name(member.name);
        if let Some(&first) = seen.get(&name) {
            report(cx, drafts, id, member, (id, first));
            continue;
        }
        if let Some(first) = hierarchy.base(id).and_then(|base| hierarchy.find(base, &name)) {
            report(cx, drafts, id, member, first);
        }
        seen.insert(name, member);
    }
}

fn report(
    cx: &mut Context<'_>,
    drafts: &[Draft<'_>],
    id: usize,
    member: &Member<'_>,
    (owner, first): (usize, &Member<'_>),
) {
    let of = if owner == id { String::new() } else { format!(" of {}", drafts[owner].site.describe()) };
    let message = format!("member '{}' collides with member '{}'{of}", member.name, first.name);
    let diagnostic = cx.fault(&drafts[id].site, Code::NameClash, member.span, message, "this member");
    let label = if owner == id { "first stated here" } else { "member of the base" };
    cx.found.push(with_note(diagnostic.label(first.span, label), member.name, first.name));
}

/// Checks the members of a union's branches against its common members.
pub(super) fn check_branches(
    cx: &mut Context<'_>,
    symbols: &Symbols<'_>,
    hierarchy: &Hierarchy<'_, '_>,
    drafts: &[Draft<'_>],
    id: usize,
) {
    let Body::Union { branches, .. } = &drafts[id].body else { return };
    if !hierarchy.shares_names(id) {
        return;
    }
    let before = cx.found.len();
    // Each type is looked into once, by however many branches it is reached.
    let mut seen = HashSet::from([id]);
    for branch in branches {
        let mut todo: Vec<usize> = object(symbols, drafts, branch).into_iter().collect();
        while let Some(part) = todo.pop() {
            if cx.found.len() - before >= SHOWN {
                return;
            }
            if seen.insert(part) {
                check_part(cx, hierarchy, drafts, (id, branch), part);
                if let Body::Union { branches, .. } = &drafts[part].body {
                    todo.extend(branches.iter().filter_map(|branch| object(symbols, drafts, branch)));
                }
            }
        }
    }
}

/// Checks an object that is part of a branch, its own branches left out, from the side that has fewer members.
fn check_part(
    cx: &mut Context<'_>,
    hierarchy: &Hierarchy<'_, '_>,
    drafts: &[Draft<'_>],
    (id, branch): (usize, &Branch<'_>),
    part: usize,
) {
    if hierarchy.size(id) <= hierarchy.size(part) {
        for (_, common) in hierarchy.members(id) {
            if let Some(found) = hierarchy.find(part, &c_name(common.name)) {
                report_branch(cx, drafts, (id, branch), found, common);
            }
        }
    } else {
        for (owner, member) in hierarchy.members(part) {
            if let Some((_, common)) = hierarchy.find(id, &c_name(member.name)) {
                report_branch(cx, drafts, (id, branch), (owner, member), common);
            }
        }
    }
}

fn object(symbols: &Symbols<'_>, drafts: &[Draft<'_>], branch: &Branch<'_>) -> Option<usize> {
    match symbols.find(&branch.ty?.text)? {
        Target::Defined(id) => {
            matches!(drafts[id].body, Body::Struct { .. } | Body::Union { .. }).then_some(id)
        }
        Target::Builtin(_) => None,
    }
}

fn report_branch(
    cx: &mut Context<'_>,
    drafts: &[Draft<'_>],
    (id, branch): (usize, &Branch<'_>),
    (owner, member): (usize, &Member<'_>),
    common: &Member<'_>,
) {
    let message = format!(
        "member '{}' of {}, in branch '{}', collides with common member '{}'",
        member.name,
        drafts[owner].site.describe(),
        branch.name.text,
        common.name
    );
    let diagnostic = cx.fault(&drafts[id].site, Code::NameClash, branch.name.span, message, "this branch");
    let diagnostic =
        diagnostic.label(member.span, "member of the branch").label(common.span, "common member");
    cx.found.push(with_note(diagnostic, member.name, common.name));
}

fn with_note(diagnostic: Diagnostic, a: &str, b: &str) -> Diagnostic {
    if a == b {
        diagnostic
    } else {
        diagnostic.note("names that differ only in '-', '_' and '.' are the same in C")
    }
}
