//! Compares objects: members, and the branches of unions.

use super::interface::excuse;
use super::{At, Comparer, Kind, Pair, Places, Step};
use crate::wire::{Branch, Member, Object, Place, Shape, TypeId, Value, Wire, has_feature};
use std::collections::{BTreeSet, HashMap, HashSet};

/// The places of the two objects.
#[derive(Clone, Copy)]
struct Around {
    old: Place,
    new: Place,
}

impl<'a> Comparer<'a> {
    pub(super) fn compare_objects(&mut self, pair: &Pair, old: &'a Object, new: &'a Object) {
        let at = pair.at;
        let around = Around { old: self.old.ty(pair.old).place, new: self.new.ty(pair.new).place };
        let Some(cases) = self.cases(at, around, old, new) else {
            return self.compare_members(at, around, &old.members, &new.members, &BTreeSet::new());
        };
        let moves = self.find_moves(old, new);
        self.compare_members(at, around, &old.members, &new.members, &moves);
        let named: BTreeSet<&str> =
            cases.old_branches.keys().chain(cases.new_branches.keys()).copied().collect();
        for case in named {
            let at = self.step(at, Step::Case(cases.tag, case));
            self.compare_branch(at, around, case, &cases, &moves);
        }
        for &name in &moves {
            self.compare_moved(at, around, &cases, name);
        }
    }

    /// Names that are common members on one side and members of branches on the other.
    fn find_moves(&self, old: &'a Object, new: &'a Object) -> BTreeSet<&'a str> {
        let (was, is) = (index(&old.members), index(&new.members));
        let lone = |members: &'a [Member], others: &HashMap<&str, &Member>| -> Vec<&'a str> {
            members
                .iter()
                .map(|member| member.name.as_str())
                .filter(|name| !others.contains_key(name))
                .collect()
        };
        let (mut gone, mut came) = (lone(&old.members, &is), lone(&new.members, &was));
        keep_branched(&mut gone, self.new, new);
        keep_branched(&mut came, self.old, old);
        gone.into_iter().chain(came).collect()
    }

    fn compare_members(
        &mut self,
        at: At,
        around: Around,
        old: &'a [Member],
        new: &'a [Member],
        moves: &BTreeSet<&str>,
    ) {
        let (was, is) = (index(old), index(new));
        for member in old {
            let name = member.name.as_str();
            if moves.contains(name) {
                continue;
            }
            match is.get(name) {
                Some(now) => self.compare_member(at, member, now),
                None => {
                    let at = self.step(at, Step::Member(name));
                    let (kind, word) = if member.optional {
                        (Kind::OptionalMemberRemoved, "optional")
                    } else {
                        (Kind::RequiredMemberRemoved, "required")
                    };
                    let places = Places::removed(member.place, around.new);
                    let message = format!("{word} member '{name}' was removed");
                    self.report(at, kind, "", places, message, excuse(&member.features));
                }
            }
        }
        for member in new {
            let name = member.name.as_str();
            if moves.contains(name) || was.contains_key(name) {
                continue;
            }
            let at = self.step(at, Step::Member(name));
            let (kind, word) = if member.optional {
                (Kind::OptionalMemberAdded, "optional")
            } else {
                (Kind::RequiredMemberAdded, "required")
            };
            let places = Places::added(around.old, member.place);
            self.report(at, kind, "", places, format!("{word} member '{name}' was added"), None);
        }
    }

    fn compare_member(&mut self, at: At, old: &'a Member, new: &'a Member) {
        let mut at = self.step(at, Step::Member(&old.name));
        at.unstable |= has_feature(&old.features, "unstable");
        let places = Places::both(old.place, new.place);
        let change = match (old.optional, new.optional) {
            (false, true) => Some((Kind::MemberMadeOptional, "optional")),
            (true, false) => Some((Kind::MemberMadeRequired, "required")),
            (true, true) | (false, false) => None,
        };
        if let Some((kind, word)) = change {
            self.report(at, kind, "", places, format!("member '{}' is now {word}", old.name), None);
        }
        self.compare_features(at, "", &old.features, &new.features, old.place, new.place);
        self.compare_conditions(at, "", old.condition.as_ref(), new.condition.as_ref(), places);
        self.compare_reference(at, old.ty, new.ty, places);
    }

    /// The branches of both sides; `None` if the two sides have no common tag to match branches by.
    fn cases(&mut self, at: At, around: Around, old: &'a Object, new: &'a Object) -> Option<Cases<'a>> {
        let tag = match (old.tag.as_deref(), new.tag.as_deref()) {
            (None, None) => return None,
            (Some(was), Some(is)) if was != is => {
                let places = Places::both(around.old, around.new);
                let message = format!("the branch was selected by '{was}', and is by '{is}'");
                self.report(at, Kind::DiscriminatorChanged, "", places, message, None);
                return None;
            }
            (Some(tag), _) | (None, Some(tag)) => tag,
        };
        // A side without the tag counts as a union with all values and empty branches. The member comparison reports
        // that the tag was added or removed.
        let (old_values, new_values) = match (values(self.old, old, tag), values(self.new, new, tag)) {
            (Some(was), Some(is)) => (was, is),
            (Some(values), None) | (None, Some(values)) => (values.clone(), values),
            (None, None) => return None,
        };
        Some(Cases {
            tag,
            old,
            new,
            old_values,
            new_values,
            old_branches: old.branches.iter().map(|branch| (branch.case.as_str(), branch)).collect(),
            new_branches: new.branches.iter().map(|branch| (branch.case.as_str(), branch)).collect(),
        })
    }

    fn compare_branch(
        &mut self,
        at: At,
        around: Around,
        case: &'a str,
        cases: &Cases<'a>,
        moves: &BTreeSet<&str>,
    ) {
        let (was, is) = (cases.old_branches.get(case).copied(), cases.new_branches.get(case).copied());
        let (known, stays) = (cases.old_values.get(case), cases.new_values.contains_key(case));
        let mut at = at;
        at.unstable |= known.is_some_and(|value| has_feature(&value.features, "unstable"));
        match (was, is) {
            (Some(was), Some(is)) if known.is_some() && stays => {
                let places = Places::both(was.place, is.place);
                self.compare_conditions(at, "", was.condition.as_ref(), is.condition.as_ref(), places);
                match (self.old.object(was.ty), self.new.object(is.ty)) {
                    (Some(before), Some(after)) if touched(moves, before, after) => {
                        let around = Around { old: self.old.ty(was.ty).place, new: self.new.ty(is.ty).place };
                        self.compare_members(at, around, &before.members, &after.members, moves);
                    }
                    _ => self.compare_reference(at, was.ty, is.ty, places),
                }
            }
            (Some(was), _) if known.is_some() && (!stays || is.is_none()) => {
                // A branch without members counts as absent.
                let Some(_) = content(self.old, was.ty, moves) else { return };
                let kind = if stays { Kind::BranchRemoved } else { Kind::LostBranch };
                let excuse = known.and_then(|value| excuse(&value.features));
                let places = Places::removed(was.place, around.new);
                self.report(at, kind, "", places, format!("branch '{case}' was removed"), excuse);
            }
            (_, Some(is)) if stays && (known.is_none() || was.is_none()) => {
                let Some(required) = content(self.new, is.ty, moves) else { return };
                let kind = match (known, required) {
                    (None, _) => Kind::NewBranch,
                    (Some(_), true) => Kind::RequiredBranchAdded,
                    (Some(_), false) => Kind::BranchAdded,
                };
                let places = Places::added(around.old, is.place);
                self.report(at, kind, "", places, format!("branch '{case}' was added"), None);
            }
            // A branch of a value that conditions removed.
            _ => {}
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

/// The branches of two unions with a common tag; a struct is a union whose branches are empty.
struct Cases<'a> {
    tag: &'a str,
    old: &'a Object,
    new: &'a Object,
    old_values: HashMap<&'a str, &'a Value>,
    new_values: HashMap<&'a str, &'a Value>,
    old_branches: HashMap<&'a str, &'a Branch>,
    new_branches: HashMap<&'a str, &'a Branch>,
}

fn index(members: &[Member]) -> HashMap<&str, &Member> {
    members.iter().map(|member| (member.name.as_str(), member)).collect()
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
