//! Compares commands and events.

use super::super::builds::{Builds, Presence};
use super::marks::Marked;
use super::{At, Comparer, Direction, Kind, Places, Step};
use crate::schema::Condition;
use crate::wire::{Command, Event, Feature, Place};
use std::collections::BTreeSet;

/// A command or event of one side.
#[derive(Clone, Copy)]
struct Root<'a> {
    place: Place,
    condition: &'a Option<Condition>,
    features: &'a [Feature],
}

/// What a report calls a command or event, and its changes.
struct Words {
    noun: &'static str,
    direction: Direction,
    removed: Kind,
    added: Kind,
}

const COMMAND: Words = Words {
    noun: "command",
    direction: Direction::Sent,
    removed: Kind::CommandRemoved,
    added: Kind::CommandAdded,
};

const EVENT: Words = Words {
    noun: "event",
    direction: Direction::Received,
    removed: Kind::EventRemoved,
    added: Kind::EventAdded,
};

impl<'a> Comparer<'a> {
    pub(super) fn compare_interface(&mut self) {
        let (old, new) = (self.old, self.new);
        let names: BTreeSet<&str> =
            old.commands.keys().chain(new.commands.keys()).map(String::as_str).collect();
        for name in names {
            let (was, is) = (old.commands.get(name), new.commands.get(name));
            let root = |command: &'a Command| Root {
                place: command.place,
                condition: &command.condition,
                features: &command.features,
            };
            if let (Some(at), Some(was), Some(is)) =
                (self.compare_root(&COMMAND, name, was.map(root), is.map(root)), was, is)
            {
                self.compare_command(at, name, was, is);
            }
        }
        let names: BTreeSet<&str> = old.events.keys().chain(new.events.keys()).map(String::as_str).collect();
        for name in names {
            let (was, is) = (old.events.get(name), new.events.get(name));
            let root = |event: &'a Event| Root {
                place: event.place,
                condition: &event.condition,
                features: &event.features,
            };
            if let (Some(at), Some(was), Some(is)) =
                (self.compare_root(&EVENT, name, was.map(root), is.map(root)), was, is)
            {
                let data = self.step(at, Step::Member("data"));
                self.compare_reference(data, was.data, is.data, Places::both(was.place, is.place));
            }
        }
    }

    /// Compares types that no command or event reaches, on either side, by their names.
    pub(super) fn compare_unreached(&mut self) {
        for (name, &was) in &self.old.unreached {
            let Some(&is) = self.new.unreached.get(name) else { continue };
            let path = self.paths.root(name);
            let at = At { path, direction: Direction::CommandLine, excuse: None, builds: Builds::ALL };
            let places = Places::both(self.old.ty(was).place, self.new.ty(is).place);
            self.compare_reference(at, was, is, places);
        }
    }

    /// Compares what commands and events have in common. The position is that of the builds that have both sides.
    fn compare_root(
        &mut self,
        words: &Words,
        name: &'a str,
        old: Option<Root<'a>>,
        new: Option<Root<'a>>,
    ) -> Option<At> {
        let path = self.paths.root(name);
        let at = At { path, direction: words.direction, excuse: None, builds: Builds::ALL };
        let (before, after) =
            (self.existence(old.map(|root| root.condition)), self.existence(new.map(|root| root.condition)));
        let (Presence { lost, gained, both }, scope) = self.presence(at, before, after);
        // A side without the command or event has no place that would contain it.
        let nowhere = Place { span: None, nth: 0 };
        let places = match (old, new) {
            (Some(old), Some(new)) => Places::both(old.place, new.place),
            (Some(old), None) => Places::removed(old.place, nowhere),
            (None, Some(new)) => Places::added(nowhere, new.place),
            (None, None) => unreachable!("the name is that of one side"),
        };
        if lost != Builds::NONE {
            let excuse = old.and_then(|old| self.excuse(lost, old.features, old.place));
            let message = format!("{} '{name}' was removed{scope}", words.noun);
            self.report(at, words.removed, "", places, message, excuse);
        }
        if gained != Builds::NONE {
            let message = format!("{} '{name}' was added{scope}", words.noun);
            self.report(at, words.added, "", places, message, None);
            self.check_dated(at, "", &format!("{} '{name}'", words.noun), places);
        }
        let (old, new) = (old?, new?);
        if both == Builds::NONE {
            return None;
        }
        let at = self.excused(at.within(both), old.features, old.place);
        let (old, new) = ((old.features, old.place), (new.features, new.place));
        self.compare_features(at, Marked { tail: "", old, new });
        Some(at)
    }

    fn compare_command(&mut self, at: At, name: &str, old: &'a Command, new: &'a Command) {
        let places = Places::both(old.place, new.place);
        self.compare_flags(at, name, old, new, places);
        let arguments = self.step(at, Step::Member("arguments"));
        self.compare_reference(arguments, old.arguments, new.arguments, places);
        let returns = self.step(At { direction: Direction::Received, ..at }, Step::Member("return"));
        self.compare_reference(returns, old.returns, new.returns, places);
    }

    fn compare_flags(&mut self, at: At, name: &str, old: &Command, new: &Command, places: Places) {
        let mut flag = |was, is, direction, added, removed, text: &str| {
            let (kind, may) = match (was, is) {
                (false, true) => (added, "now"),
                (true, false) => (removed, "no longer"),
                (true, true) | (false, false) => return,
            };
            self.report(
                At { direction, ..at },
                kind,
                "",
                places,
                format!("command '{name}' {may} {text}"),
                None,
            );
        };
        let sent = Direction::Sent;
        flag(old.allow_oob, new.allow_oob, sent, Kind::OobAllowed, Kind::OobForbidden, "runs out of band");
        let whole = old.place.span.is_some() && new.place.span.is_some();
        if !whole {
            return;
        }
        let (added, removed) = (Kind::PreconfigAllowed, Kind::PreconfigForbidden);
        flag(
            old.allow_preconfig,
            new.allow_preconfig,
            sent,
            added,
            removed,
            "runs before the machine is built",
        );
        let (added, removed) = (Kind::SuccessAnswered, Kind::SuccessSilent);
        flag(
            old.success_response,
            new.success_response,
            Direction::Received,
            added,
            removed,
            "answers success",
        );
    }
}
