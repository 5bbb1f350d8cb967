//! Checks that the members of one JSON object have distinct names, in C too: its own members, its bases' and its
//! branches'.

use super::DefId;
use super::checker::Checker;
use super::draft::{Body, Branch, Member};
use super::names::c_name;
use crate::diagnostic::{Code, Diagnostic};
use std::collections::{HashMap, HashSet};

/// How many clashes of a union are reported. There could be one for each pair of a common member and a branch.
const SHOWN: usize = 20;

/// Checks the members that a definition adds: against each other, and against those of its base.
pub(super) fn check_members(checker: &mut Checker<'_, '_>, id: DefId) {
    let (drafts, hierarchy) = (checker.drafts, checker.hierarchy);
    let mut seen: HashMap<_, &Member<'_>> = HashMap::new();
    for member in drafts[id].own_members() {
        let name = c_name(member.name);
        if let Some(&first) = seen.get(&name) {
            report(checker, id, member, (id, first));
            continue;
        }
        if let Some(first) = hierarchy.base(id).and_then(|base| hierarchy.find(base, &name)) {
            report(checker, id, member, first);
        }
        seen.insert(name, member);
    }
}

fn report(
    checker: &mut Checker<'_, '_>,
    id: DefId,
    member: &Member<'_>,
    (owner, first): (DefId, &Member<'_>),
) {
    let drafts = checker.drafts;
    let of = if owner == id { String::new() } else { format!(" of {}", drafts[owner].site.describe()) };
    let message = format!("member '{}' collides with member '{}'{of}", member.name, first.name);
    let diagnostic = checker.fault(&drafts[id], Code::NameClash, member.span, message, "this member");
    let label = if owner == id { "first stated here" } else { "member of the base" };
    checker.report(with_note(diagnostic.label(first.span, label), member.name, first.name));
}

/// Checks the members of a union's branches against its common members.
pub(super) fn check_branches(checker: &mut Checker<'_, '_>, id: DefId) {
    let drafts = checker.drafts;
    let Body::Union { branches, .. } = &drafts[id].body else { return };
    // A branch may have the members of the base because it has that base, too.
    if drafts[id].base().is_none() && !checker.hierarchy.shares_names(id) {
        return;
    }
    let before = checker.cx.found.len();
    // Each type is checked once, even if several branches use it.
    let mut seen = HashSet::from([id]);
    for branch in branches {
        let mut todo: Vec<DefId> = object(checker, branch).into_iter().collect();
        while let Some(part) = todo.pop() {
            if checker.cx.found.len() - before >= SHOWN {
                return;
            }
            if seen.insert(part) {
                check_part(checker, (id, branch), part);
                if let Body::Union { branches, .. } = &drafts[part].body {
                    todo.extend(branches.iter().filter_map(|branch| object(checker, branch)));
                }
            }
        }
    }
}

/// Checks an object that is part of a branch, without its own branches. Iterates over the side with fewer members.
fn check_part(checker: &mut Checker<'_, '_>, (id, branch): (DefId, &Branch<'_>), part: DefId) {
    let hierarchy = checker.hierarchy;
    if hierarchy.size(id) <= hierarchy.size(part) {
        for (_, common) in hierarchy.members(id) {
            if let Some(found) = hierarchy.find(part, &c_name(common.name)) {
                report_branch(checker, (id, branch), found, common);
            }
        }
    } else {
        for (owner, member) in hierarchy.members(part) {
            if let Some((_, common)) = hierarchy.find(id, &c_name(member.name)) {
                report_branch(checker, (id, branch), (owner, member), common);
            }
        }
    }
}

fn object(checker: &Checker<'_, '_>, branch: &Branch<'_>) -> Option<DefId> {
    checker.defined(branch.ty?).filter(|id| checker.drafts[*id].is_object())
}

fn report_branch(
    checker: &mut Checker<'_, '_>,
    (id, branch): (DefId, &Branch<'_>),
    (owner, member): (DefId, &Member<'_>),
    common: &Member<'_>,
) {
    let drafts = checker.drafts;
    let message = format!(
        "member '{}' of {}, in branch '{}', collides with common member '{}'",
        member.name,
        drafts[owner].site.describe(),
        branch.name.text,
        common.name
    );
    let diagnostic = checker.fault(&drafts[id], Code::NameClash, branch.name.span, message, "this branch");
    let diagnostic =
        diagnostic.label(member.span, "member of the branch").label(common.span, "common member");
    checker.report(with_note(diagnostic, member.name, common.name));
}

fn with_note(diagnostic: Diagnostic, a: &str, b: &str) -> Diagnostic {
    if a == b {
        diagnostic
    } else {
        diagnostic.note("names that differ only in '-', '_' and '.' are the same in C")
    }
}
