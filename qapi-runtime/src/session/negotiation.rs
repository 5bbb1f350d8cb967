//! The state of the capabilities negotiation.

/// What a session and its client have agreed on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Negotiation {
    /// Commands are accepted, and events delivered.
    pub(super) is_over: bool,
    /// `exec-oob` is known.
    pub(super) out_of_band: bool,
}
