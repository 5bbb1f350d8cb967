use super::Features;

/// How to treat input that uses a deprecated or unstable part of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum InputPolicy {
    /// Accept it.
    #[default]
    Accept,
    /// Reply with an error.
    Reject,
    /// Abort the process. Only for testing management software.
    Crash,
}

/// How to treat deprecated or unstable members in output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum OutputPolicy {
    /// Send them.
    #[default]
    Accept,
    /// Omit them.
    Hide,
}

/// The policy for deprecated and unstable interfaces, like QEMU's `-compat`.
///
/// It is for testing clients: a client that works with [`InputPolicy::Reject`] and [`OutputPolicy::Hide`] will also
/// work with a version that has removed the deprecated parts.
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
    /// Everything is accepted and sent: the default.
    pub const ACCEPT: Policy = Policy {
        deprecated_input: InputPolicy::Accept,
        deprecated_output: OutputPolicy::Accept,
        unstable_input: InputPolicy::Accept,
        unstable_output: OutputPolicy::Accept,
    };

    /// Sets how deprecated input is treated.
    #[must_use]
    pub const fn deprecated_input(mut self, policy: InputPolicy) -> Policy {
        self.deprecated_input = policy;
        self
    }

    /// Sets how deprecated output is treated.
    #[must_use]
    pub const fn deprecated_output(mut self, policy: OutputPolicy) -> Policy {
        self.deprecated_output = policy;
        self
    }

    /// Sets how unstable input is treated.
    #[must_use]
    pub const fn unstable_input(mut self, policy: InputPolicy) -> Policy {
        self.unstable_input = policy;
        self
    }

    /// Sets how unstable output is treated.
    #[must_use]
    pub const fn unstable_output(mut self, policy: OutputPolicy) -> Policy {
        self.unstable_output = policy;
        self
    }

    /// The features whose elements are omitted from output.
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

    /// Whether input may abort the process.
    pub(crate) fn may_crash(self) -> bool {
        [self.deprecated_input, self.unstable_input].contains(&InputPolicy::Crash)
    }

    /// The word for the first of these features that is not accepted in input. Aborts the process if the policy says
    /// so; `what` names the element in the log.
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
