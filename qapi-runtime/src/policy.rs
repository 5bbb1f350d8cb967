//! How deprecated and unstable parts of an interface, and faults that QEMU refuses, are treated.

use crate::keyval::Syntax;
use crate::{Decode, Error, ErrorClass, Features, Input, Result};

pub use crate::codec::{InputPolicy, Leniency, OutputPolicy, Policy};

impl Policy {
    /// Parses the value of an option like QEMU's `-compat`: `deprecated-input=reject,unstable-output=hide`, or a JSON
    /// object with the same members.
    ///
    /// The keys are `deprecated-input`, `deprecated-output`, `unstable-input` and `unstable-output`. The values are
    /// `accept`, `reject` or `crash` for input, and `accept` or `hide` for output. The default is `accept`.
    ///
    /// # Examples
    ///
    /// ```
    /// use qapi_runtime::policy::{InputPolicy, OutputPolicy, Policy};
    ///
    /// let policy = Policy::from_option("deprecated-input=reject,unstable-output=hide")?;
    /// let same = Policy::ACCEPT.deprecated_input(InputPolicy::Reject).unstable_output(OutputPolicy::Hide);
    /// assert_eq!(policy, same);
    ///
    /// let error = Policy::from_option("deprecated-input=hide").unwrap_err();
    /// assert_eq!(error.to_string(), "Parameter 'deprecated-input' does not accept value 'hide'");
    /// # Ok::<(), qapi_runtime::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The text does not have the syntax of [`keyval`](crate::keyval), a key has no value, or a key or value is
    /// unknown.
    pub fn from_option(text: &str) -> Result<Self> {
        Syntax::new().short_booleans(false).decode(text)
    }

    /// Checks a command by the features of its definition.
    pub(crate) fn check_command(self, features: Features, name: &str) -> Result<()> {
        match self.refusal(features, name) {
            None => Ok(()),
            Some(word) => {
                let class = ErrorClass::CommandNotFound;
                Err(Error::new(class, format_args!("{word} command {name} disabled by policy")))
            }
        }
    }
}

/// Decodes QEMU's `CompatPolicy`. Absent members mean `accept`.
impl Decode for Policy {
    fn decode(input: Input<'_>) -> Result<Self> {
        input.object(|members| {
            Ok(Policy::ACCEPT
                .deprecated_input(members.optional("deprecated-input")?.unwrap_or_default())
                .deprecated_output(members.optional("deprecated-output")?.unwrap_or_default())
                .unstable_input(members.optional("unstable-input")?.unwrap_or_default())
                .unstable_output(members.optional("unstable-output")?.unwrap_or_default()))
        })
    }
}

impl Decode for InputPolicy {
    fn decode(input: Input<'_>) -> Result<Self> {
        const VALUES: [InputPolicy; 3] = [InputPolicy::Accept, InputPolicy::Reject, InputPolicy::Crash];
        input.enum_closed(&["accept", "reject", "crash"], &[]).map(|index| VALUES[index])
    }
}

impl Decode for OutputPolicy {
    fn decode(input: Input<'_>) -> Result<Self> {
        const VALUES: [OutputPolicy; 2] = [OutputPolicy::Accept, OutputPolicy::Hide];
        input.enum_closed(&["accept", "hide"], &[]).map(|index| VALUES[index])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(text: &str) -> Policy {
        Policy::from_option(text).expect(text)
    }

    #[test]
    fn an_option_sets_what_it_names() {
        for text in ["", "deprecated-input=accept,unstable-output=accept", "{}"] {
            assert_eq!(policy(text), Policy::ACCEPT, "{text}");
        }
        let told = Policy::ACCEPT
            .deprecated_input(InputPolicy::Reject)
            .deprecated_output(OutputPolicy::Hide)
            .unstable_input(InputPolicy::Crash)
            .unstable_output(OutputPolicy::Hide);
        let keyval =
            "deprecated-input=reject,deprecated-output=hide,unstable-input=crash,unstable-output=hide";
        assert_eq!(policy(keyval), told);
        let json = r#"{"unstable-output": "hide", "unstable-input": "crash",
            "deprecated-output": "hide", "deprecated-input": "reject"}"#;
        assert_eq!(Policy::from_option(json).expect("JSON"), told);
    }

    #[test]
    fn the_last_value_of_a_key_wins() {
        let told = policy("deprecated-input=reject,unstable-input=reject,deprecated-input=accept");
        assert_eq!(told, Policy::ACCEPT.unstable_input(InputPolicy::Reject));
    }

    #[test]
    fn each_fault_has_its_text() {
        let cases = [
            ("bogus=1", "Parameter 'bogus' is unexpected"),
            ("deprecated-input", "Expected '=' after parameter 'deprecated-input'"),
            ("nodeprecated-input", "Expected '=' after parameter 'nodeprecated-input'"),
            ("deprecated-input=bogus", "Parameter 'deprecated-input' does not accept value 'bogus'"),
            ("deprecated-input=REJECT", "Parameter 'deprecated-input' does not accept value 'REJECT'"),
            ("deprecated-input=hide", "Parameter 'deprecated-input' does not accept value 'hide'"),
            ("deprecated-output=reject", "Parameter 'deprecated-output' does not accept value 'reject'"),
            ("unstable-output=crash", "Parameter 'unstable-output' does not accept value 'crash'"),
            (r#"{"deprecated-input": 1}"#, "Invalid parameter type for 'deprecated-input', expected: string"),
            (r#"{"deprecated-input": "reject""#, "JSON parse error, unexpected end of text"),
        ];
        for (text, wanted) in cases {
            assert_eq!(Policy::from_option(text).expect_err(text).to_string(), wanted, "{text}");
        }
    }
}
