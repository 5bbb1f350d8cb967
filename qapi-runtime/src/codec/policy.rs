use super::Features;

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

/// The policy towards deprecated and unstable interfaces, as QEMU's `-compat` has it.
///
/// It is for testing clients: one that still works under [`InputPolicy::Reject`] and [`OutputPolicy::Hide`] is ready for a
/// version in which the deprecated parts are gone.
///
/// ```
/// use qapi_runtime::policy::{InputPolicy, Policy};
///
/// let policy = Policy::ACCEPT.deprecated_input(InputPolicy::Reject);
/// assert_ne!(policy, Policy::default());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Policy {
    deprecated_input: InputPolicy,
    deprecated_output: OutputPolicy,
    unstable_input: InputPolicy,
    unstable_output: OutputPolicy,
}

impl Policy {
    /// Everything is accepted and sent: what a server does unless told otherwise.
    pub const ACCEPT: Policy = Policy {
        deprecated_input: InputPolicy::Accept,
        deprecated_output: OutputPolicy::Accept,
        unstable_input: InputPolicy::Accept,
        unstable_output: OutputPolicy::Accept,
    };

    /// The same with this to be done with deprecated input.
    #[must_use]
    pub const fn deprecated_input(mut self, policy: InputPolicy) -> Policy {
        self.deprecated_input = policy;
        self
    }

    /// The same with this to be done with deprecated output.
    #[must_use]
    pub const fn deprecated_output(mut self, policy: OutputPolicy) -> Policy {
        self.deprecated_output = policy;
        self
    }

    /// The same with this to be done with unstable input.
    #[must_use]
    pub const fn unstable_input(mut self, policy: InputPolicy) -> Policy {
        self.unstable_input = policy;
        self
    }

    /// The same with this to be done with unstable output.
    #[must_use]
    pub const fn unstable_output(mut self, policy: OutputPolicy) -> Policy {
        self.unstable_output = policy;
        self
    }

    /// The features whose bearers are left out of the output.
    pub(crate) const fn hidden(self) -> Features {
        let mut hidden = Features::NONE;
        if matches!(self.deprecated_output, OutputPolicy::Hide) {
            hidden = hidden.union(Features::DEPRECATED);
        }
        if matches!(self.unstable_output, OutputPolicy::Hide) {
            hidden = hidden.union(Features::UNSTABLE);
        }
        hidden
    }

    /// Whether input may end the process.
    pub(crate) fn may_crash(self) -> bool {
        [self.deprecated_input, self.unstable_input].contains(&InputPolicy::Crash)
    }

    /// The word for the first of these features of `what` that is not accepted in input. Ends the process where the
    /// policy says so.
    #[inline]
    pub(crate) fn refusal(self, features: Features, what: &str) -> Option<&'static str> {
        if features.is_empty() { None } else { self.look_up_refusal(features, what) }
    }

    #[cold]
    fn look_up_refusal(self, features: Features, what: &str) -> Option<&'static str> {
        let rules = [
            (Features::DEPRECATED, self.deprecated_input, "Deprecated"),
            (Features::UNSTABLE, self.unstable_input, "Unstable"),
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
