//! Compares unions: the branches for each value of the tag, and members that moved into branches or out of them.

use super::super::builds::{Builds, Existence};
use super::{Around, At, Comparer, Kind, Places, Step};
use crate::wire::{Branch, Member, Object, Shape, TypeId, Value, Wire};
use std::collections::{BTreeSet, HashMap, HashSet};

/// The branches of two unions by the value that selects them; a struct is a union whose branches are empty.
pub(super) struct Cases<'a> {
    /// The member that selects the branch, on the new side if there is one.
    tag: &'a str,
    old: &'a Object,
    new: &'a Object,
    old_values: HashMap<&'a str, &'a Value>,
    new_values: HashMap<&'a str, &'a Value>,
    old_branches: HashMap<&'a str, &'a Branch>,
    new_branches: HashMap<&'a str, &'a Branch>,
}

impl<'a> Comparer<'a> {
    /// The branches of both sides; `None` if neither side has a tag.
    pub(super) fn cases(
        &mut self,
        at: At,
        around: Around,
        old: &'a Object,
        new: &'a Object,
    ) -> Option<Cases<'a>> {
        let (was, is) = match (old.tag.as_deref(), new.tag.as_deref()) {
            (None, None) => return None,
            (Some(was), Some(is)) => (was, is),
            (Some(tag), None) | (None, Some(tag)) => (tag, tag),
        };
        if was != is {
            let places = Places::both(around.old, around.new);
            let message = format!("the branch was selected by '{was}', and is by '{is}'");
            self.report(at, Kind::DiscriminatorChanged, "", places, message, None);
        }
        // A side without the tag counts as a union with all values and empty branches. The member comparison reports
        // that the tag was added or removed.
        let (old_values, new_values) = match (values(self.old, old, was), values(self.new, new, is)) {
            (Some(was), Some(is)) => (was, is),
            (Some(values), None) | (None, Some(values)) => (values.clone(), values),
            (None, None) => return None,
        };
        Some(Cases {
            tag: is,
            old,
            new,
            old_values,
            new_values,
            old_branches: old.branches.iter().map(|branch| (branch.case.as_str(), branch)).collect(),
            new_branches: new.branches.iter().map(|branch| (branch.case.as_str(), branch)).collect(),
        })
    }

    pub(super) fn compare_union(&mut self, at: At, around: Around, cases: &Cases<'a>) {
        let (old, new) = (cases.old, cases.new);
        let moves = self.find_moves(old, new);
        self.compare_members(at, around, &old.members, &new.members, &moves);
        let named: BTreeSet<&str> =
            cases.old_branches.keys().chain(cases.new_branches.keys()).copied().collect();
        for case in named {
            self.compare_case(at, around, case, cases, &moves);
        }
        for &name in &moves {
            self.compare_moved(at, around, cases, name);
        }
    }

    /// Names that are common members on one side and members of branches on the other.
    fn find_moves(&self, old: &'a Object, new: &'a Object) -> BTreeSet<&'a str> {
        let lone = |members: &'a [Member], others: &'a [Member]| -> Vec<&'a str> {
            let others: HashSet<&str> = others.iter().map(|member| member.name.as_str()).collect();
            let names = members.iter().map(|member| member.name.as_str());
            names.filter(|name| !others.contains(name)).collect()
        };
        let (mut gone, mut came) = (lone(&old.members, &new.members), lone(&new.members, &old.members));
        keep_branched(&mut gone, self.new, new);
        keep_branched(&mut came, self.old, old);
        gone.into_iter().chain(came).collect()
    }

    /// Compares what one value selects. A branch is only there where its value is.
    fn compare_case(
        &mut self,
        at: At,
        around: Around,
        case: &'a str,
        cases: &Cases<'a>,
        moves: &BTreeSet<&str>,
    ) {
        let at = self.step(at, Step::Case(cases.tag, case));
        let (known, stays) = (cases.old_values.get(case).copied(), cases.new_values.get(case).copied());
        let (was, is) = (cases.old_branches.get(case).copied(), cases.new_branches.get(case).copied());
        let places = match (was, is) {
            (Some(was), Some(is)) => Places::both(was.place, is.place),
            (Some(was), None) => Places::removed(was.place, around.new),
            (None, Some(is)) => Places::added(around.old, is.place),
            (None, None) => return,
        };
        let of_value = (
            self.existence(known.map(|value| &value.condition)),
            self.existence(stays.map(|value| &value.condition)),
        );
        let of_branch =
            (self.existence(was.map(|it| &it.condition)), self.existence(is.map(|it| &it.condition)));
        let (value, scope) = self.presence(at, of_value.0, of_value.1);
        if self.branch_within(value.lost, of_branch.0, self.old, was, moves).is_some() {
            let excuse = known.and_then(|known| self.excuse(value.lost, &known.features, known.place));
            let message = format!("branch '{case}' was removed{scope}");
            let index = self.report(at, Kind::LostBranch, "", places, message, excuse);
            self.found[index].value = known.map(|value| (Kind::EnumValueRemoved, value.place));
        }
        if self.branch_within(value.gained, of_branch.1, self.new, is, moves).is_some() {
            let message = format!("branch '{case}' was added{scope}");
            let index = self.report(at, Kind::NewBranch, "", places, message, None);
            self.found[index].value = known.or(stays).map(|value| (Kind::EnumValueAdded, value.place));
        }
        let at = at.within(value.both);
        let at = known.map_or(at, |known| self.excused(at, &known.features, known.place));
        let (branch, scope) = self.presence(at, of_branch.0, of_branch.1);
        if self.branch_within(branch.lost, of_branch.0, self.old, was, moves).is_some() {
            let message = format!("branch '{case}' was removed{scope}");
            self.report(at, Kind::BranchRemoved, "", places, message, None);
        }
        if let Some(required) = self.branch_within(branch.gained, of_branch.1, self.new, is, moves) {
            let kind = if required { Kind::RequiredBranchAdded } else { Kind::BranchAdded };
            let message = format!("branch '{case}' was added{scope}");
            self.report(at, kind, "", places, message, None);
        }
        if let (Some(was), Some(is)) = (was, is)
            && branch.both != Builds::NONE
        {
            self.compare_branch(at.within(branch.both), was, is, moves);
        }
    }

    /// Whether a branch that some of the builds have demands something; `None` if none has it. A branch without members
    /// of its own counts as absent.
    fn branch_within(
        &mut self,
        builds: Builds,
        existence: Existence<'a>,
        wire: &Wire,
        branch: Option<&Branch>,
        moves: &BTreeSet<&str>,
    ) -> Option<bool> {
        let required = content(wire, branch?.ty, moves)?;
        self.diagrams.overlaps(builds, existence).then_some(required)
    }

    /// Compares a branch in builds that have both sides of it.
    fn compare_branch(&mut self, at: At, was: &'a Branch, is: &'a Branch, moves: &BTreeSet<&str>) {
        match (self.old.object(was.ty), self.new.object(is.ty)) {
            (Some(before), Some(after)) if touched(moves, before, after) => {
                let around = Around { old: self.old.ty(was.ty).place, new: self.new.ty(is.ty).place };
                self.compare_members(at, around, &before.members, &after.members, moves);
            }
            _ => self.compare_reference(at, was.ty, is.ty, Places::both(was.place, is.place)),
        }
    }

    /// A member that moved between the common members and branches: harmless for every branch that has it before and
    /// after.
    fn compare_moved(&mut self, at: At, around: Around, cases: &Cases<'a>, name: &'a str) {
        let (mut missing, mut last) = (Vec::new(), None);
        let both: BTreeSet<&str> =
            cases.old_values.keys().filter(|case| cases.new_values.contains_key(*case)).copied().collect();
        for case in both {
            let was = member(self.old, cases.old, cases.old_branches.get(case).copied(), name);
            let is = member(self.new, cases.new, cases.new_branches.get(case).copied(), name);
            match (was, is) {
                (Some(was), Some(is)) => {
                    let at = self.step(at, Step::Case(cases.tag, case));
                    self.compare_member(at, was, is);
                    last = Some((was, is));
                }
                (None, None) => {}
                (Some(_), None) | (None, Some(_)) => missing.push(case),
            }
        }
        let Some((was, is)) = last else {
            // No branch that both sides have has the member before and after.
            let only = |members: &'a [Member]| {
                let found = members.iter().position(|member| member.name == name);
                found.map_or(&[][..], |index| &members[index..=index])
            };
            return self.compare_members(
                at,
                around,
                only(&cases.old.members),
                only(&cases.new.members),
                &BTreeSet::new(),
            );
        };
        if missing.is_empty() {
            return;
        }
        let down = cases.old.members.iter().any(|member| member.name == name);
        let (kind, word) = match (down, if down { was.optional } else { is.optional }) {
            (true, true) => (Kind::OptionalMemberToBranches, "lost"),
            (true, false) => (Kind::RequiredMemberToBranches, "lost"),
            (false, true) => (Kind::OptionalMemberFromBranches, "got"),
            (false, false) => (Kind::RequiredMemberFromBranches, "got"),
        };
        let at = self.step(at, Step::Member(name));
        let message = format!("{} {word} member '{name}'", list(&missing));
        self.report(at, kind, "", Places::both(was.place, is.place), message, None);
    }
}

/// The values of the tag.
fn values<'w>(wire: &'w Wire, object: &Object, tag: &str) -> Option<HashMap<&'w str, &'w Value>> {
    let member = object.members.iter().find(|member| member.name == tag)?;
    match &wire.ty(member.ty).shape {
        Shape::Enum(values) => Some(values.iter().map(|value| (value.name.as_str(), value)).collect()),
        Shape::Scalar(_) | Shape::Array(_) | Shape::Object(_) | Shape::Alternate(_) => None,
    }
}

fn branch_members(wire: &Wire, ty: TypeId) -> &[Member] {
    wire.object(ty).map_or(&[], |object| &object.members)
}

/// Keeps the names of members that some branch has.
fn keep_branched(names: &mut Vec<&str>, wire: &Wire, object: &Object) {
    if names.is_empty() {
        return;
    }
    let branches = object.branches.iter().flat_map(|branch| branch_members(wire, branch.ty));
    let branched: HashSet<&str> = branches.map(|member| member.name.as_str()).collect();
    names.retain(|name| branched.contains(name));
}

/// The member with this name in an object with this branch.
fn member<'w>(wire: &'w Wire, object: &'w Object, branch: Option<&Branch>, name: &str) -> Option<&'w Member> {
    let own = branch.map_or(&[][..], |branch| branch_members(wire, branch.ty));
    object.members.iter().chain(own).find(|member| member.name == name)
}

/// Whether a branch has members besides the moved ones, and if so whether one of them is required.
fn content(wire: &Wire, ty: TypeId, moves: &BTreeSet<&str>) -> Option<bool> {
    let object = wire.object(ty)?;
    let mut rest = object.members.iter().filter(|member| !moves.contains(member.name.as_str())).peekable();
    rest.peek()?;
    Some(rest.any(|member| !member.optional))
}

fn touched(moves: &BTreeSet<&str>, old: &Object, new: &Object) -> bool {
    !moves.is_empty()
        && old.members.iter().chain(&new.members).any(|member| moves.contains(member.name.as_str()))
}

fn list(cases: &[&str]) -> String {
    let shown = cases.iter().take(4).map(|case| format!("'{case}'")).collect::<Vec<_>>().join(", ");
    let (word, rest) = (if cases.len() == 1 { "branch" } else { "branches" }, cases.len().saturating_sub(4));
    if rest > 0 { format!("{word} {shown} and {rest} more") } else { format!("{word} {shown}") }
}
