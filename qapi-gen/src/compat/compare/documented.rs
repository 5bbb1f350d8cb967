//! Compares what the documentation tells, if the user asks for it.

use super::{At, Comparer, Kind, Places};

impl Comparer<'_> {
    /// Compares what is said of a member that both sides have.
    pub(super) fn compare_said(&mut self, at: At, places: Places) {
        let (Some(old), Some(new)) = self.docs else { return };
        let span = |place: Option<crate::wire::Place>| place.and_then(|place| place.span);
        let (Some(was), Some(is)) = (old.said(span(places.old)), new.said(span(places.new))) else { return };
        let facts = [
            (Kind::DefaultChanged, "default", &was.default, &is.default),
            (Kind::UnitChanged, "unit", &was.unit, &is.unit),
        ];
        for (kind, word, was, is) in facts {
            if let (Some(was), Some(is)) = (was, is)
                && was != is
            {
                let message = format!("the {word} was '{was}', and is '{is}'");
                self.report(at, kind, "", places, message, None);
            }
        }
    }

    /// Looks whether the documentation of something new tells since when it is there.
    pub(super) fn check_dated(&mut self, at: At, tail: &str, what: &str, places: Places) {
        let (Some(old), Some(new)) = self.docs else { return };
        // What comes to more builds is not new.
        if places.old.is_none() && !new.is_dated(places.new.and_then(|place| place.span), old) {
            let message = format!("the documentation of {what} does not say since when it is there");
            self.report(at, Kind::Undated, tail, places, message, None);
        }
    }
}
