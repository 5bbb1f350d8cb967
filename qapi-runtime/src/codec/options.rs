use super::Features;

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

/// What to do with input that uses a deprecated or unstable part of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum InputPolicy {
    /// Take it.
    #[default]
    Accept,
    /// Answer with an error.
    Reject,
    /// Abort the process. For tests of management software only.
    Crash,
}

/// What to do with deprecated or unstable members on the way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum OutputPolicy {
    /// Send them.
    #[default]
    Accept,
    /// Leave them out.
    Hide,
}

/// What a server lets pass in a command's arguments that QEMU refuses: nothing, unless told otherwise.
///
/// It is for those who replace a server of their own whose clients have got used to more. What a client gets wrong is
/// no longer reported then: a misspelt optional member has no effect.
///
/// ```
/// use qapi_runtime::codec::Leniency;
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

/// How input is decoded: the mode, and the policy for deprecated and unstable members and values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub struct DecodeOptions {
    /// How strictly input is read.
    pub mode: Mode,
    /// What to do with deprecated members and values.
    pub deprecated: InputPolicy,
    /// What to do with unstable members and values.
    pub unstable: InputPolicy,
    /// What is let pass all the same.
    pub leniency: Leniency,
}

impl DecodeOptions {
    /// Options of a mode that accept everything deprecated and unstable.
    #[must_use]
    pub const fn new(mode: Mode) -> Self {
        Self {
            mode,
            deprecated: InputPolicy::Accept,
            unstable: InputPolicy::Accept,
            leniency: Leniency::STRICT,
        }
    }

    /// The same with a policy for deprecated members and values.
    #[must_use]
    pub const fn deprecated(mut self, policy: InputPolicy) -> Self {
        self.deprecated = policy;
        self
    }

    /// The same with a policy for unstable members and values.
    #[must_use]
    pub const fn unstable(mut self, policy: InputPolicy) -> Self {
        self.unstable = policy;
        self
    }

    /// The same, letting this pass.
    #[must_use]
    pub const fn leniency(mut self, leniency: Leniency) -> Self {
        self.leniency = leniency;
        self
    }

    /// Whether a member that the type does not have is an error.
    pub(super) fn refuses_unknown(self) -> bool {
        self.mode != Mode::Lenient && !self.leniency.unknown_members
    }

    /// The word for the first of these features that is not accepted.
    #[inline]
    pub(crate) fn refusal(self, features: Features, what: &str) -> Option<&'static str> {
        if features.is_empty() { None } else { self.look_up_refusal(features, what) }
    }

    #[cold]
    fn look_up_refusal(self, features: Features, what: &str) -> Option<&'static str> {
        let rules = [
            (Features::DEPRECATED, self.deprecated, "Deprecated"),
            (Features::UNSTABLE, self.unstable, "Unstable"),
        ];
        for (feature, policy, word) in rules {
            if features.contains(feature) {
                match policy {
                    InputPolicy::Accept => {}
                    InputPolicy::Reject => return Some(word),
                    InputPolicy::Crash => {
                        tracing::error!("{word} '{what}' was used and the policy is to crash");
                        std::process::abort();
                    }
                }
            }
        }
        None
    }
}

/// How output is written: the policy for deprecated and unstable members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub struct EncodeOptions {
    /// What to do with deprecated members.
    pub deprecated: OutputPolicy,
    /// What to do with unstable members.
    pub unstable: OutputPolicy,
}

impl EncodeOptions {
    /// Options that send everything.
    #[must_use]
    pub const fn new() -> Self {
        Self { deprecated: OutputPolicy::Accept, unstable: OutputPolicy::Accept }
    }

    /// The same with a policy for deprecated members.
    #[must_use]
    pub const fn deprecated(mut self, policy: OutputPolicy) -> Self {
        self.deprecated = policy;
        self
    }

    /// The same with a policy for unstable members.
    #[must_use]
    pub const fn unstable(mut self, policy: OutputPolicy) -> Self {
        self.unstable = policy;
        self
    }

    /// Whether an element with these features is left out.
    #[inline]
    #[must_use]
    pub fn hides(self, features: Features) -> bool {
        (features.contains(Features::DEPRECATED) && self.deprecated == OutputPolicy::Hide)
            || (features.contains(Features::UNSTABLE) && self.unstable == OutputPolicy::Hide)
    }
}
