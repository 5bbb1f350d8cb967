//! Compares objects and their members.

use super::super::builds::Builds;
use super::marks::Marked;
use super::{Around, At, Comparer, Kind, Pair, Places, Step};
use crate::wire::{Member, Object};
use std::collections::{BTreeSet, HashMap};

impl<'a> Comparer<'a> {
    pub(super) fn compare_objects(&mut self, pair: &Pair, old: &'a Object, new: &'a Object) {
        let at = pair.at;
        let around = Around { old: self.old.ty(pair.old).place, new: self.new.ty(pair.new).place };
        match self.cases(at, around, old, new) {
            Some(cases) => self.compare_union(at, around, &cases),
            None => self.compare_members(at, around, &old.members, &new.members, &BTreeSet::new()),
        }
    }

    /// Compares the members of two lists, except those that moved between this list and another one.
    pub(super) fn compare_members(
        &mut self,
        at: At,
        around: Around,
        old: &'a [Member],
        new: &'a [Member],
        moves: &BTreeSet<&str>,
    ) {
        let (was, is) = (index(old), index(new));
        for member in old.iter().filter(|member| !moves.contains(member.name.as_str())) {
            let now = is.get(member.name.as_str()).copied();
            let places = match now {
                Some(now) => Places::both(member.place, now.place),
                None => Places::removed(member.place, around.new),
            };
            self.compare_presence(at, Some(member), now, places);
        }
        let added = |member: &&Member| {
            let name = member.name.as_str();
            !moves.contains(name) && !was.contains_key(name)
        };
        for member in new.iter().filter(added) {
            self.compare_presence(at, None, Some(member), Places::added(around.old, member.place));
        }
    }

    fn compare_presence(&mut self, at: At, old: Option<&'a Member>, new: Option<&'a Member>, places: Places) {
        let before = self.existence(old.map(|member| &member.condition));
        let after = self.existence(new.map(|member| &member.condition));
        let (presence, scope) = self.presence(at, before, after);
        if let Some(member) = old
            && presence.lost != Builds::NONE
        {
            let at = self.step(at, Step::Member(&member.name));
            let (kind, word) = if member.optional {
                (Kind::OptionalMemberRemoved, "optional")
            } else {
                (Kind::RequiredMemberRemoved, "required")
            };
            let message = format!("{word} member '{}' was removed{scope}", member.name);
            let excuse = self.excuse(presence.lost, &member.features, member.place);
            self.report(at, kind, "", places, message, excuse);
        }
        if let Some(member) = new
            && presence.gained != Builds::NONE
        {
            let at = self.step(at, Step::Member(&member.name));
            let (kind, word) = if member.optional {
                (Kind::OptionalMemberAdded, "optional")
            } else {
                (Kind::RequiredMemberAdded, "required")
            };
            let message = format!("{word} member '{}' was added{scope}", member.name);
            self.report(at, kind, "", places, message, None);
            self.check_dated(at, "", &format!("member '{}'", member.name), places);
        }
        if let (Some(old), Some(new)) = (old, new)
            && presence.both != Builds::NONE
        {
            self.compare_member(at.within(presence.both), old, new);
        }
    }

    /// Compares a member in builds that have both sides of it.
    pub(super) fn compare_member(&mut self, at: At, old: &'a Member, new: &'a Member) {
        let at = self.step(at, Step::Member(&old.name));
        let own = self.excused(at, &old.features, old.place);
        let places = Places::both(old.place, new.place);
        let change = match (old.optional, new.optional) {
            (false, true) => Some((own, Kind::MemberMadeOptional, "optional")),
            // A mark on the member does not excuse this: it told clients to leave the member out.
            (true, false) => Some((at, Kind::MemberMadeRequired, "required")),
            (true, true) | (false, false) => None,
        };
        if let Some((at, kind, word)) = change {
            self.report(at, kind, "", places, format!("member '{}' is now {word}", old.name), None);
        }
        let marked = Marked { tail: "", old: (&old.features, old.place), new: (&new.features, new.place) };
        self.compare_features(own, marked);
        self.compare_said(own, places);
        self.compare_reference(own, old.ty, new.ty, places);
    }
}

fn index(members: &[Member]) -> HashMap<&str, &Member> {
    members.iter().map(|member| (member.name.as_str(), member)).collect()
}
