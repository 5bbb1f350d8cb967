//! The result of comparing two replies.

/// How alike two replies are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Same,
    /// They differ by this rule.
    Rule(&'static str),
    Different,
}
