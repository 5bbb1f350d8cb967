/// How strictly input is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Mode {
    /// For a server that decodes a command: unknown members are an error.
    #[default]
    Strict,
    /// For a client that decodes a reply or an event: unknown members are ignored, and unknown values are kept if the
    /// type can.
    Lenient,
    /// For command-line values: as strict, with every scalar as text (`4096`, `4k`, `on`).
    Keyval,
}

/// Faults in command arguments that a server accepts although QEMU refuses them. Default: none.
///
/// It is for replacing a server whose clients rely on its leniency. The cost: mistakes of clients are no longer
/// reported, for instance a misspelt optional member has no effect.
///
/// ```
/// use qapi_runtime::policy::Leniency;
///
/// assert_eq!(Leniency::default(), Leniency::STRICT);
/// let lenient = Leniency::STRICT.unknown_members(true).null_members(true);
/// assert!(lenient.unknown_members && lenient.null_members);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub struct Leniency {
    /// Members that the schema does not have are ignored, at any depth.
    pub unknown_members: bool,
    /// `null` for an optional member means that it is absent, unless the member's type accepts `null`.
    pub null_members: bool,
}

impl Leniency {
    /// Refuses what QEMU refuses.
    pub const STRICT: Leniency = Leniency { unknown_members: false, null_members: false };

    /// Sets whether members that the schema does not have are ignored.
    #[must_use]
    pub const fn unknown_members(mut self, pass: bool) -> Leniency {
        self.unknown_members = pass;
        self
    }

    /// Sets whether `null` for an optional member means that it is absent.
    #[must_use]
    pub const fn null_members(mut self, pass: bool) -> Leniency {
        self.null_members = pass;
        self
    }
}
