//! Compares commands and events.

use super::{At, Comparer, Direction, Excuse, Kind, Places, Step};
use crate::wire::{Command, Event, has_feature};
use crate::wire::{Feature, Place};

impl<'a> Comparer<'a> {
    pub(super) fn compare_interface(&mut self) {
        let (old, new) = (self.old, self.new);
        for (name, command) in &old.commands {
            let at = self.root(name, Direction::Sent, &command.features);
            match new.commands.get(name) {
                Some(now) => self.compare_command(at, name, command, now),
                None => {
                    let message = format!("command '{name}' was removed");
                    self.report_gone(at, Kind::CommandRemoved, command.place, message, &command.features);
                }
            }
        }
        for (name, command) in &new.commands {
            if !old.commands.contains_key(name) {
                let at = self.root(name, Direction::Sent, &[]);
                self.report_new(at, Kind::CommandAdded, command.place, format!("command '{name}' was added"));
            }
        }
        for (name, event) in &old.events {
            let at = self.root(name, Direction::Received, &event.features);
            match new.events.get(name) {
                Some(now) => self.compare_event(at, name, event, now),
                None => {
                    let message = format!("event '{name}' was removed");
                    self.report_gone(at, Kind::EventRemoved, event.place, message, &event.features);
                }
            }
        }
        for (name, event) in &new.events {
            if !old.events.contains_key(name) {
                let at = self.root(name, Direction::Received, &[]);
                self.report_new(at, Kind::EventAdded, event.place, format!("event '{name}' was added"));
            }
        }
    }

    fn root(&mut self, name: &'a str, direction: Direction, features: &[Feature]) -> At {
        At { path: self.paths.root(name), direction, unstable: has_feature(features, "unstable") }
    }

    fn report_gone(&mut self, at: At, kind: Kind, place: Place, message: String, features: &[Feature]) {
        // The other schema has no place that would contain the command or event.
        let places = Places::removed(place, Place { span: None, nth: 0 });
        self.report(at, kind, "", places, message, excuse(features));
    }

    fn report_new(&mut self, at: At, kind: Kind, place: Place, message: String) {
        self.report(at, kind, "", Places::added(Place { span: None, nth: 0 }, place), message, None);
    }

    fn compare_command(&mut self, at: At, name: &str, old: &'a Command, new: &'a Command) {
        let places = Places::both(old.place, new.place);
        self.compare_features(at, "", &old.features, &new.features, old.place, new.place);
        self.compare_conditions(at, "", old.condition.as_ref(), new.condition.as_ref(), places);
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

    fn compare_event(&mut self, at: At, _name: &str, old: &'a Event, new: &'a Event) {
        let places = Places::both(old.place, new.place);
        self.compare_features(at, "", &old.features, &new.features, old.place, new.place);
        self.compare_conditions(at, "", old.condition.as_ref(), new.condition.as_ref(), places);
        let data = self.step(at, Step::Member("data"));
        self.compare_reference(data, old.data, new.data, places);
    }
}

/// The excuse for removing something with these features.
pub(super) fn excuse(features: &[Feature]) -> Option<Excuse> {
    if has_feature(features, "unstable") {
        Some(Excuse::Unstable)
    } else if has_feature(features, "deprecated") {
        Some(Excuse::Deprecated)
    } else {
        None
    }
}
