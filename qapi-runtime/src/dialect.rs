//! The two protocols that share the same messages.

/// Which protocol a session speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// QMP, as a virtual machine monitor speaks it.
    #[default]
    Monitor,
    /// The guest agent's protocol: no greeting, no negotiation, no events, but `guest-sync`.
    Agent,
}
