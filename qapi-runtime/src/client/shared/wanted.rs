//! What a wait looks for: an event of one type that a predicate accepts.

use super::Queue;
use crate::client::{RawEvent, Received, WaitErrorKind};
use crate::{Event, Input, Mode};
use std::marker::PhantomData;

/// The event that is waited for.
pub(in crate::client) struct Wanted<E, P> {
    predicate: P,
    event: PhantomData<fn() -> E>,
}

impl<E: Event, P: FnMut(&E) -> bool> Wanted<E, P> {
    pub(in crate::client) fn new(predicate: P) -> Wanted<E, P> {
        Wanted { predicate, event: PhantomData }
    }

    /// Decodes this event if it is the wanted one.
    ///
    /// # Errors
    ///
    /// It has the name and cannot be decoded, or events before it were dropped.
    pub(in crate::client) fn take(
        &mut self,
        raw: &RawEvent<'_>,
        queue: &Queue,
    ) -> Result<Option<Received<E>>, WaitErrorKind> {
        // Before the event counts: the wanted one may have been dropped, and this be a later one.
        match queue.take_missed() {
            0 => {}
            missed => return Err(WaitErrorKind::Missed(missed)),
        }
        if raw.name != E::NAME {
            return Ok(None);
        }
        match E::decode(Input::new(&raw.data, Mode::Lenient)) {
            Ok(event) if (self.predicate)(&event) => Ok(Some(Received { event, timestamp: raw.timestamp })),
            Ok(_) => Ok(None),
            Err(error) => Err(WaitErrorKind::Event(raw.mismatch(error))),
        }
    }
}
