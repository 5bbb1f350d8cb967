//! Faults that the simulation plants in the driver, to see that it would find them.
//!
//! Each is a thing that would be easily forgotten or done at the wrong moment. Where it could be, the driver asks whether
//! it [is](is) planted; outside of tests the answer is a constant.

/// Declares the faults and the list of them.
macro_rules! mutants {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// A fault, by what it leaves out or does wrongly.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[cfg_attr(not(feature = "transport"), allow(dead_code, reason = "some are in what transports need"))]
        pub(crate) enum Mutant {
            $($(#[$doc])* $name,)*
        }

        #[cfg(all(test, unix))]
        impl Mutant {
            /// All of them.
            pub(crate) const ALL: &[Mutant] = &[$(Mutant::$name,)*];
        }
    };
}

mutants! {
    /// Who is told something does not wake the owner.
    TellWakesNobody,
    /// Room that someone else made does not wake the owner.
    RoomWakesNobody,
    /// Under a policy that may crash, the owner is not told that all is written.
    WrittenOutWakesNobody,
    /// A link that was noted once is not noted again.
    NoteIsNeverReleased,
    /// A host with idle sessions is not rung for an event.
    IdleHostIsNotRung,
    /// The host is not told that a session has to negotiate in time.
    DeadlineIsNotTold,
    /// Events of a handler are left for after its reply.
    EventComesAfterReply,
    /// Events are said before the reply although that comes first.
    ReplyComesAfterEvents,
    /// Where replies come first, there is something to write all the time until then.
    SpinsUntilReply,
    /// Events are passed over while the client takes nothing.
    EventIsLostWhenBlocked,
    /// The cursor is taken when something is said after the negotiation.
    CursorIsTakenLate,
    /// A session out of band queues one command too many.
    QueueIsOneTooLong,
    /// The turn is not handed on.
    TurnIsNotPassedOn,
    /// Who gives up after the turn was granted keeps it.
    LeaverKeepsTurn,
    /// A command that waited for its turn does not ask for its client.
    DepartedCommandBegins,
    /// The same for one that runs beside.
    DepartedJobBegins,
    /// What has happened meanwhile is no reason to ask.
    StaleIsNeverSet,
    /// What is said to a client that takes nothing is lost.
    ReplyIsDroppedWhenBlocked,
    /// A client may be behind by any amount.
    OverflowIsNeverDetected,
    /// Only a service sees that a client is behind.
    LoopSeesNoOverflow,
    /// Input is taken while there is no room for output.
    ReadsWithoutRoom,
    /// Commands begin while there is no room for output.
    BeginsWithoutRoom,
    /// A thread reads although it has to await.
    ReadsWhileAwaiting,
    /// Out of band, the session is away while a handler is called.
    SessionIsAway,
    /// A session that has ended still tells the budgets.
    AccountsAfterEnd,
    /// Less memory is not told to the budget.
    MemoryIsNotGivenBack,
    /// Descriptors are accepted beyond the budget.
    DescriptorsHaveNoBudget,
    /// Who does not negotiate may stay.
    NegotiationNeverExpires,
    /// A job gives its permit back before its reply.
    PermitIsGivenBackEarly,
    /// A job that has ended still counts.
    JobStaysBeside,
    /// A command whose run was dropped is never answered.
    DroppedRunIsForgotten,
    /// Futures of a connection that was dropped keep what they have.
    AbandonedFuturesStay,
    /// A shutdown tells an owner that reads, but not the host.
    ShutdownIsNotNoted,
    /// An expelled session's owner is told, but not the host.
    ExpulsionIsNotNoted,
    /// Descriptors go to whatever command is next.
    FilesGoToTheNextCommand,
}

/// Whether this fault is planted. Outside of tests none ever is.
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

    /// Plants a fault, or none, for what this thread does from here on.
    pub(crate) fn plant(mutant: Option<Mutant>) {
        PLANTED.set(mutant);
    }

    /// Whether this fault is planted.
    pub(crate) fn is(mutant: Mutant) -> bool {
        PLANTED.get() == Some(mutant)
    }
}
