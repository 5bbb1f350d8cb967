//! Faults that tests plant in the driver, to prove that the simulation would find them.
//!
//! Each fault is a step that is easily forgotten or taken at the wrong moment. At that step the driver asks whether the
//! fault [is](is) planted; outside of tests the answer is a constant.

/// Declares the faults and the list of them.
macro_rules! mutants {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// A fault, named after what it omits or does wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Mutant {
            $($(#[$doc])* $name,)*
        }

        #[cfg(all(test, unix))]
        impl Mutant {
            /// All faults.
            pub(crate) const ALL: &[Mutant] = &[$(Mutant::$name,)*];
        }
    };
}

mutants! {
    /// A report to a link does not wake its owner.
    TellWakesNobody,
    /// Room for output that another thread has made does not wake the owner.
    RoomWakesNobody,
    /// Under a policy that may crash, the owner is not woken when all output is written.
    WrittenOutWakesNobody,
    /// A link that was noted once is not noted again.
    NoteIsNeverReleased,
    /// A host with idle sessions is not woken for an event.
    IdleHostIsNotRung,
    /// The host is not told of a new deadline for negotiating.
    DeadlineIsNotTold,
    /// The events of a handler are sent after its reply.
    EventComesAfterReply,
    /// With replies first, events are sent before the reply.
    ReplyComesAfterEvents,
    /// With replies first, held events count as output to write, so that the owner spins until the reply.
    SpinsUntilReply,
    /// Events are skipped while the socket is full.
    EventIsLostWhenBlocked,
    /// The cursor is taken at the first output after the negotiation, not at its end.
    CursorIsTakenLate,
    /// A session with out-of-band execution queues one command too many.
    QueueIsOneTooLong,
    /// The turn is not handed on.
    TurnIsNotPassedOn,
    /// A waiter that is dropped after it was granted the turn keeps it.
    LeaverKeepsTurn,
    /// A command that waited for its turn does not check whether its client has left.
    DepartedCommandBegins,
    /// The same for a job.
    DepartedJobBegins,
    /// The passing of time does not make the driver check whether the client has left.
    StaleIsNeverSet,
    /// Replies are dropped while the socket is full.
    ReplyIsDroppedWhenBlocked,
    /// A client may fall behind by any amount.
    OverflowIsNeverDetected,
    /// Only a service notices that a client is behind.
    LoopSeesNoOverflow,
    /// Input is read while there is no room for output.
    ReadsWithoutRoom,
    /// Commands begin while there is no room for output.
    BeginsWithoutRoom,
    /// A thread reads although it has to await a future.
    ReadsWhileAwaiting,
    /// With out-of-band execution, the session is away while a handler runs.
    SessionIsAway,
    /// A session that has ended is still counted in the budgets.
    AccountsAfterEnd,
    /// Freed memory is not reported to the budget.
    MemoryIsNotGivenBack,
    /// Descriptors are accepted beyond the budget.
    DescriptorsHaveNoBudget,
    /// A client that does not negotiate may stay.
    NegotiationNeverExpires,
    /// A job drops its permit before its reply.
    PermitIsGivenBackEarly,
    /// A job that has ended still counts as running.
    JobStaysBeside,
    /// A command whose run was dropped is never answered.
    DroppedRunIsForgotten,
    /// The futures of a dropped connection are not dropped.
    AbandonedFuturesStay,
    /// A shutdown wakes an owner that is reading, but not the host.
    ShutdownIsNotNoted,
    /// The owner of an expelled session is woken, but not the host.
    ExpulsionIsNotNoted,
    /// Descriptors go to the next command in the parser, even if it was complete before they arrived.
    FilesGoToTheNextCommand,
}

/// Whether this fault is planted. Always false outside of tests.
#[cfg(not(all(test, unix)))]
#[inline]
pub(crate) const fn is(_: Mutant) -> bool {
    false
}

#[cfg(all(test, unix))]
pub(crate) use planted::{is, plant};

#[cfg(all(test, unix))]
mod planted {
    use super::Mutant;
    use std::cell::Cell;

    thread_local! {
        static PLANTED: Cell<Option<Mutant>> = const { Cell::new(None) };
    }

    /// Plants a fault, or none, on this thread.
    pub(crate) fn plant(mutant: Option<Mutant>) {
        PLANTED.set(mutant);
    }

    /// Whether this fault is planted.
    pub(crate) fn is(mutant: Mutant) -> bool {
        PLANTED.get() == Some(mutant)
    }
}
