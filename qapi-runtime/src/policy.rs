//! What happens to deprecated and unstable parts of an interface.

use crate::codec::{DecodeOptions, EncodeOptions, Mode};
use crate::{Error, ErrorClass, Features};

pub use crate::codec::{InputPolicy, OutputPolicy};

/// The policy towards deprecated and unstable interfaces, as QEMU's `-compat` has it.
///
/// It is for testing clients: one that still works under [`InputPolicy::Reject`] and [`OutputPolicy::Hide`] is ready for a
/// version in which the deprecated parts are gone.
///
/// ```
/// use qapi_runtime::policy::{InputPolicy, Policy};
///
/// let mut policy = Policy::ACCEPT;
/// policy.deprecated_input = InputPolicy::Reject;
/// assert_ne!(policy, Policy::default());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Policy {
    /// What to do with deprecated input.
    pub deprecated_input: InputPolicy,
    /// What to do with deprecated output.
    pub deprecated_output: OutputPolicy,
    /// What to do with unstable input.
    pub unstable_input: InputPolicy,
    /// What to do with unstable output.
    pub unstable_output: OutputPolicy,
}

impl Policy {
    /// Everything is accepted and sent: what a server does unless told otherwise.
    pub const ACCEPT: Policy = Policy {
        deprecated_input: InputPolicy::Accept,
        deprecated_output: OutputPolicy::Accept,
        unstable_input: InputPolicy::Accept,
        unstable_output: OutputPolicy::Accept,
    };

    /// The features whose bearers are left out of the output.
    #[must_use]
    pub const fn hidden(&self) -> Features {
        let mut hidden = Features::NONE;
        if matches!(self.deprecated_output, OutputPolicy::Hide) {
            hidden = hidden.union(Features::DEPRECATED);
        }
        if matches!(self.unstable_output, OutputPolicy::Hide) {
            hidden = hidden.union(Features::UNSTABLE);
        }
        hidden
    }

    /// How a command's arguments are decoded under this policy.
    #[must_use]
    pub const fn decode_options(&self) -> DecodeOptions {
        DecodeOptions::new(Mode::Strict).deprecated(self.deprecated_input).unstable(self.unstable_input)
    }

    /// Whether input may end the process.
    pub(crate) fn may_crash(&self) -> bool {
        [self.deprecated_input, self.unstable_input].contains(&InputPolicy::Crash)
    }

    /// How returns and events are encoded under this policy.
    #[must_use]
    pub const fn encode_options(&self) -> EncodeOptions {
        EncodeOptions::new().deprecated(self.deprecated_output).unstable(self.unstable_output)
    }

    /// Checks a command by the features that its definition carries.
    ///
    /// # Errors
    ///
    /// An error of class `CommandNotFound` when the policy rejects it.
    pub fn check_command(&self, features: Features, name: &str) -> Result<(), Error> {
        let rules = [
            (Features::DEPRECATED, self.deprecated_input, "Deprecated"),
            (Features::UNSTABLE, self.unstable_input, "Unstable"),
        ];
        for (feature, policy, word) in rules {
            match policy {
                _ if !features.contains(feature) => {}
                InputPolicy::Accept => {}
                InputPolicy::Reject => {
                    let text = format_args!("{word} command {name} disabled by policy");
                    return Err(Error::new(ErrorClass::CommandNotFound, text));
                }
                InputPolicy::Crash => {
                    tracing::error!("{word} command {name} was used and the policy is to crash");
                    std::process::abort();
                }
            }
        }
        Ok(())
    }
}
