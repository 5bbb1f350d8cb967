//! What is reported.

use super::kind::Kind;
use crate::source::Span;
use std::fmt;

/// What a change means for clients that were written for the old schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// They may fail.
    Incompatible,
    /// It depends on what the schema does not tell.
    WorthALook,
    /// They go on as before.
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

/// Which way the data goes that a change is about, as a client sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Commands and their arguments.
    Sent,
    /// Returns, events and their data.
    Received,
    /// A type that is used in both.
    Both,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sent => "sent",
            Self::Received => "received",
            Self::Both => "both",
        })
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What happened.
    pub kind: Kind,
    /// What it means.
    pub verdict: Verdict,
    /// For which way.
    pub direction: Direction,
    /// The shortest way from a command or event to the place that changed.
    pub path: String,
    /// What happened, in words.
    pub message: String,
    /// Why the verdict is what it is.
    pub rule: String,
    /// In the old schema: the place, or for what was added the place that it was added to.
    pub old: Option<Span>,
    /// In the new schema: the place, or for what was removed the place that it was removed from.
    pub new: Option<Span>,
}
