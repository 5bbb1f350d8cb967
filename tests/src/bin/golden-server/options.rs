//! What the recorded server was told on its command line, as far as it shows in the protocol.

use crate::qapi::compat::{CompatPolicy, CompatPolicyInput, CompatPolicyOutput};
use qapi_runtime::Result;
use qapi_runtime::keyval::Syntax;
use qapi_runtime::policy::{InputPolicy, OutputPolicy, Policy};
use qapi_test_support::recording::Options;

/// How to serve.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) policy: Policy,
    pub(crate) preconfig: bool,
    pub(crate) pretty: bool,
}

/// Reads the options of a recording. Those that only set up what commands report are in the recorded answers.
pub(crate) fn read(options: &Options) -> Result<Settings> {
    let pretty = |text: &String| text.contains("pretty=on") || text == "-qmp-pretty";
    let mut settings = Settings {
        policy: Policy::ACCEPT,
        preconfig: false,
        pretty: options.pretty || options.monitor.iter().flatten().any(pretty),
    };
    let mut arguments = options.instead.iter().flatten().chain(&options.extra);
    while let Some(argument) = arguments.next() {
        match argument.trim_start_matches('-') {
            "compat" => {
                let text = arguments.next().map(String::as_str).unwrap_or_default();
                apply(&mut settings.policy, &Syntax::new().short_booleans(false).decode(text)?);
            }
            "preconfig" => settings.preconfig = true,
            _ => {}
        }
    }
    Ok(settings)
}

fn apply(policy: &mut Policy, told: &CompatPolicy) {
    if let Some(input) = &told.deprecated_input {
        *policy = policy.deprecated_input(input_policy(input));
    }
    if let Some(input) = &told.unstable_input {
        *policy = policy.unstable_input(input_policy(input));
    }
    if let Some(output) = &told.deprecated_output {
        *policy = policy.deprecated_output(output_policy(output));
    }
    if let Some(output) = &told.unstable_output {
        *policy = policy.unstable_output(output_policy(output));
    }
}

fn input_policy(told: &CompatPolicyInput) -> InputPolicy {
    match told {
        CompatPolicyInput::Accept => InputPolicy::Accept,
        CompatPolicyInput::Reject => InputPolicy::Reject,
        CompatPolicyInput::Crash => InputPolicy::Crash,
    }
}

fn output_policy(told: &CompatPolicyOutput) -> OutputPolicy {
    match told {
        CompatPolicyOutput::Accept => OutputPolicy::Accept,
        CompatPolicyOutput::Hide => OutputPolicy::Hide,
    }
}
