//! The changes that a comparison reports.

use super::kind::Kind;
use crate::schema::Version;
use crate::source::Span;
use std::fmt;

/// What a change means for clients that were written for the old schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// They may fail.
    Incompatible,
    /// The schema does not tell whether they fail.
    WorthALook,
    /// They work as before.
    Compatible,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Incompatible => "incompatible",
            Self::WorthALook => "worth a look",
            Self::Compatible => "compatible",
        })
    }
}

/// The direction of the changed data, as a client sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Commands and their arguments.
    Sent,
    /// Returns, events and their data.
    Received,
    /// A type that is used in both.
    Both,
    /// A type that no command or event reaches: sent, if at all, on a command line.
    CommandLine,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sent => "sent",
            Self::Received => "received",
            Self::Both => "both",
            Self::CommandLine => "command line",
        })
    }
}

/// A way from a command or event to the place of a change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reach {
    /// The name of the command or event.
    pub root: String,
    /// Whether clients send the data, or receive it.
    pub direction: Direction,
    /// A shortest way.
    pub path: String,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The kind of change.
    pub kind: Kind,
    /// The verdict.
    pub verdict: Verdict,
    /// The direction that the verdict is for.
    pub direction: Direction,
    /// The definition that lists what changed; for an answer, the type that has it.
    pub definition: String,
    /// The shortest way from a command or event to the place that changed.
    pub path: String,
    /// Every command and event whose data has the place. None has, if only a command line does.
    pub reaches: Vec<Reach>,
    /// What happened, in words.
    pub message: String,
    /// The reason for the verdict.
    pub rule: String,
    /// The place in the old schema. For an addition, the place that it was added to.
    pub old: Option<Span>,
    /// The place in the new schema. For a removal, the place that it was removed from.
    pub new: Option<Span>,
    /// Why it was accepted, if it was.
    pub accepted: Option<Acceptance>,
}

/// Why a change was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// The reason.
    pub reason: String,
    /// The version from which on it is not accepted any more.
    pub until: Option<Version>,
}

impl fmt::Display for Acceptance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.until {
            Some(until) => write!(f, "{} (until {until})", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}
