/// How strictly input is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Mode {
    /// A server reading a command: every member has to be known.
    #[default]
    Strict,
    /// A client reading a reply or an event: unknown members are passed over, unknown values kept where the type is open.
    Lenient,
    /// Command-line values: as strict, and every scalar is text (`4096`, `4k`, `on`).
    Keyval,
}

/// What a server lets pass in a command's arguments that QEMU refuses: nothing, unless told otherwise.
///
/// It is for those who replace a server of their own whose clients have got used to more. What a client gets wrong is
/// no longer reported then: a misspelt optional member has no effect.
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
    /// Members that the schema does not have are passed over, at any depth.
    pub unknown_members: bool,
    /// `null` for an optional member stands for its absence, unless the member's type has a `null` of its own.
    pub null_members: bool,
}

impl Leniency {
    /// Nothing is let pass, as in QEMU.
    pub const STRICT: Leniency = Leniency { unknown_members: false, null_members: false };

    /// The same, passing over members that the schema does not have, or not.
    #[must_use]
    pub const fn unknown_members(mut self, pass: bool) -> Leniency {
        self.unknown_members = pass;
        self
    }

    /// The same, taking `null` for an optional member as its absence, or not.
    #[must_use]
    pub const fn null_members(mut self, pass: bool) -> Leniency {
        self.null_members = pass;
        self
    }
}
