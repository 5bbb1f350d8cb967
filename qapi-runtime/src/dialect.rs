//! The two protocols that are made of the same messages.

/// Which protocol a session speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// QMP as a virtual machine monitor speaks it.
    #[default]
    Monitor,
    /// As the guest agent speaks it: no greeting, no negotiation, no events, and `guest-sync`.
    Agent,
}
