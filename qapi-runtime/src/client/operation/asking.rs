//! Whether to ask the server, and about what was asked last.

/// Whether the state that is known is old.
#[derive(Debug)]
pub(in crate::client) struct Asking {
    /// The state may have changed since the question was sent.
    stale: bool,
    /// A question was sent, and its reply has not come.
    open: bool,
}

impl Asking {
    /// Nothing is known.
    pub(in crate::client) const fn new() -> Asking {
        Asking { stale: true, open: false }
    }

    /// Something has happened.
    pub(in crate::client) fn again(&mut self) {
        self.stale = true;
    }

    /// Whether to ask now. The question counts as sent.
    pub(in crate::client) fn ask(&mut self) -> bool {
        // An event that comes while the question is open makes it stale again: the reply may be older.
        self.open |= std::mem::take(&mut self.stale);
        self.open
    }

    /// The reply has come, and was understood. After any other, the question is asked again.
    pub(in crate::client) fn answered(&mut self) {
        self.open = false;
    }
}
