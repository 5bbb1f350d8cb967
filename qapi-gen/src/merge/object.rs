//! Joins objects.
//!
//! Unions by the same member stay a union, unless a member of a branch is a common member elsewhere. All other objects
//! become a struct of all members, in which those of branches are optional.

use super::group::{Group, Met, met};
use super::unite::{any, marks};
use crate::compose::{Mark, Source};
use crate::schema::Condition;
use crate::wire::{self, Shape};
use std::collections::{BTreeSet, HashSet};

/// An object.
#[derive(Clone, Debug)]
pub(super) struct Object<T> {
    pub(super) members: Vec<Member<T>>,
    pub(super) tag: Option<String>,
    pub(super) branches: Vec<Branch<T>>,
    /// The schemas where it is a union, if the result is none.
    pub(super) unions: BTreeSet<usize>,
}

/// A member.
#[derive(Clone, Debug)]
pub(super) struct Member<T> {
    pub(super) name: String,
    pub(super) ty: T,
    pub(super) optional: bool,
    pub(super) condition: Option<Condition>,
    pub(super) features: Vec<Mark>,
    /// The schemas that know it.
    pub(super) known: BTreeSet<usize>,
    /// The schemas in which it is mandatory.
    pub(super) mandatory: BTreeSet<usize>,
}

/// A branch.
#[derive(Clone, Debug)]
pub(super) struct Branch<T> {
    pub(super) case: String,
    pub(super) ty: T,
    pub(super) condition: Option<Condition>,
    /// The schemas that know it.
    pub(super) known: BTreeSet<usize>,
}

/// A member as one type of the group has it.
struct Occurrence<'a> {
    met: Met,
    member: &'a wire::Member,
    /// Whether it depends on a branch.
    in_branch: bool,
}

/// Joins the objects of a group.
pub(super) fn join(group: &Group, sources: &[Source<'_>]) -> Object<Group> {
    // Newest first: its order is kept.
    let objects: Vec<(Met, &wire::Object)> =
        group.iter().rev().filter_map(|met| Some((*met, object(*met, sources)?))).collect();
    let tag = common_tag(group, &objects).filter(|_| !clashes(&objects, sources));
    let mut occurrences = Vec::new();
    for (met, object) in &objects {
        if tag.is_some() {
            let own = object.members.iter();
            occurrences.extend(own.map(|member| Occurrence { met: *met, member, in_branch: false }));
        } else {
            flatten(*met, object, false, sources, &mut occurrences);
        }
    }
    let branches = if tag.is_some() { branches(&objects, sources) } else { Vec::new() };
    let unions = if tag.is_some() { BTreeSet::new() } else { unions(&objects) };
    Object { members: members(group, &occurrences, sources), tag, branches, unions }
}

fn object<'a>(met: Met, sources: &'a [Source<'_>]) -> Option<&'a wire::Object> {
    sources[met.side].wire.object(met.ty?)
}

fn unions(objects: &[(Met, &wire::Object)]) -> BTreeSet<usize> {
    objects.iter().filter(|(_, object)| object.tag.is_some()).map(|(met, _)| met.side).collect()
}

/// The member by which all types of the group are unions.
fn common_tag(group: &Group, objects: &[(Met, &wire::Object)]) -> Option<String> {
    let (_, first) = objects.first()?;
    let tag = first.tag.clone()?;
    let all =
        objects.len() == group.len() && objects.iter().all(|(_, object)| object.tag.as_ref() == Some(&tag));
    all.then_some(tag)
}

/// Whether a member of a branch is a common member of another schema.
fn clashes(objects: &[(Met, &wire::Object)], sources: &[Source<'_>]) -> bool {
    let common: HashSet<&str> =
        objects.iter().flat_map(|(_, object)| &object.members).map(|member| member.name.as_str()).collect();
    let mut all = Vec::new();
    objects.iter().for_each(|(met, object)| flatten(*met, object, false, sources, &mut all));
    all.iter().any(|one| one.in_branch && common.contains(one.member.name.as_str()))
}

/// Adds all members of an object, those of its branches included.
fn flatten<'a>(
    met: Met,
    object: &'a wire::Object,
    in_branch: bool,
    sources: &'a [Source<'_>],
    out: &mut Vec<Occurrence<'a>>,
) {
    out.extend(object.members.iter().map(|member| Occurrence { met, member, in_branch }));
    for branch in &object.branches {
        if let Some(below) = sources[met.side].wire.object(branch.ty) {
            flatten(met, below, true, sources, out);
        }
    }
}

/// Joins members by name.
fn members(group: &Group, occurrences: &[Occurrence<'_>], sources: &[Source<'_>]) -> Vec<Member<Group>> {
    let mut seen = HashSet::new();
    let first = occurrences.iter().filter(|one| seen.insert(one.member.name.as_str()));
    let names: Vec<&str> = first.map(|one| one.member.name.as_str()).collect();
    names.into_iter().map(|name| member(name, group, occurrences, sources)).collect()
}

fn member(
    name: &str,
    group: &Group,
    occurrences: &[Occurrence<'_>],
    sources: &[Source<'_>],
) -> Member<Group> {
    let same = || occurrences.iter().filter(|one| one.member.name == name);
    let condition = any(same().map(|one| one.member.condition.clone()));
    // A server whose build leaves the member out does not send it, so a condition that only some have makes it optional.
    let always =
        |one: &&Occurrence<'_>| !one.in_branch && !one.member.optional && one.member.condition == condition;
    let certain: BTreeSet<Met> = same().filter(always).map(|one| one.met).collect();
    Member {
        name: name.to_owned(),
        ty: same().map(|one| met(one.met.side, one.member.ty, sources)).collect(),
        optional: certain.len() < group.len(),
        condition,
        features: marks(same().map(|one| &*one.member.features)),
        known: same().map(|one| one.met.side).collect(),
        mandatory: same()
            .filter(|one| !one.in_branch && !one.member.optional)
            .map(|one| one.met.side)
            .collect(),
    }
}

/// Joins the branches of unions by the same member. A schema that knows a value without members for it has an empty
/// branch there.
fn branches(objects: &[(Met, &wire::Object)], sources: &[Source<'_>]) -> Vec<Branch<Group>> {
    let mut seen = HashSet::new();
    let all = objects.iter().flat_map(|(_, object)| &object.branches);
    let cases: Vec<&str> = all.map(|branch| branch.case.as_str()).filter(|case| seen.insert(*case)).collect();
    let branch = |case: &str| {
        let mut joined = Group::new();
        let mut known = BTreeSet::new();
        let mut conditions = Vec::new();
        for (union, object) in objects {
            let own = object.branches.iter().find(|branch| branch.case == case);
            if let Some(branch) = own {
                joined.insert(met(union.side, branch.ty, sources));
                conditions.push(branch.condition.clone());
                known.insert(union.side);
            } else if has_value(*union, object, case, sources) {
                joined.insert(Met { side: union.side, ty: None });
            }
        }
        Branch { case: case.to_owned(), ty: joined, condition: any(conditions), known }
    };
    cases.into_iter().map(branch).collect()
}

/// Whether the member that selects a branch has this value.
fn has_value(met: Met, object: &wire::Object, case: &str, sources: &[Source<'_>]) -> bool {
    let tag = object.members.iter().find(|member| Some(&member.name) == object.tag.as_ref());
    let Some(member) = tag else { return false };
    match &sources[met.side].wire.ty(member.ty).shape {
        Shape::Enum(values) => values.iter().any(|value| value.name == case),
        _ => unreachable!("check rejects a discriminator that is no enum"),
    }
}
