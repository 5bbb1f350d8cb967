//! Replays recordings of QEMU's answer to a command line.

use serde_json::Value;

use crate::actions::{is_value, pairs, translate_option};
use crate::skip::Skip;
use crate::support::{Vmm, program, run};
use crate::{Failure, Outcome};

/// The options that both programs have.
const SHARED: [&str; 8] =
    ["action", "watchdog-action", "no-shutdown", "no-reboot", "compat", "qmp", "S", "preconfig"];

/// QEMU's options that ours lacks. Any other option that QEMU refuses must be refused here.
const THEIRS: [&str; 7] = ["mon", "chardev", "device", "machine", "monitor", "nodefaults", "display"];

/// A command line, translated.
struct Case {
    options: Vec<String>,
    /// The values of options.
    values: Vec<String>,
    /// Whether a value is invalid, even if a later one overrides it.
    has_bad_value: bool,
}

pub(crate) fn replay(case: &Value) -> Outcome {
    let accepted = case["accepted"].as_bool().expect("accepted is a boolean");
    let translated = translate(case)?;
    // QEMU accepts an invalid value that a later one overrides; ours does not.
    if accepted && !translated.has_bad_value {
        return check_accepted(&translated);
    }
    let status = case["exit_code"].as_i64().unwrap_or(1);
    check_refused(&translated, status, case["stderr"].as_str().unwrap_or_default())
}

fn translate(case: &Value) -> Result<Case, Failure> {
    let mut translated = Case { options: Vec::new(), values: Vec::new(), has_bad_value: false };
    let recorded = case["options"].as_array().expect("a list of options");
    let mut words = recorded.iter().map(|word| word.as_str().expect("options are strings"));
    while let Some(word) = words.next() {
        translated.options.push(word.to_owned());
        let name = word.trim_start_matches('-');
        if THEIRS.contains(&name) {
            return Err(Skip::NotOurOption(word.to_owned()).into());
        }
        if matches!(name, "action" | "watchdog-action" | "compat" | "qmp") && SHARED.contains(&name) {
            let Some(value) = words.next() else { break };
            let pairs = match name {
                "action" => value.to_owned(),
                "watchdog-action" => format!("watchdog={value}"),
                _ => String::new(),
            };
            translated.has_bad_value |= is_bad(&pairs, case["accepted"] == true)?;
            let ours = if name == "action" { translate_option(value) } else { value.to_owned() };
            translated.values.push(ours.clone());
            translated.options.push(ours);
        }
    }
    Ok(translated)
}

/// Whether QEMU lacks this value. A value that only ours has cannot be compared.
fn is_bad(text: &str, accepted: bool) -> Result<bool, Skip> {
    let mut bad = false;
    for (key, value) in pairs(text) {
        let ours = matches!((key, value), ("reboot", "none") | ("panic", "poweroff"));
        if ours && !accepted {
            return Err(Skip::OurValue(format!("{key}={value}")));
        }
        bad |= is_value(key, value) == Some(false);
    }
    Ok(bad)
}

fn check_accepted(case: &Case) -> Outcome {
    let mut vmm = Vmm::start(&case.options);
    let mut client = vmm.negotiate();
    vmm.quit(&mut client);
    Ok(())
}

fn check_refused(case: &Case, status: i64, theirs: &str) -> Outcome {
    let output = run(program().args(&case.options), b"");
    let ours = String::from_utf8_lossy(&output.stderr);
    if output.status.code().map(i64::from) != Some(status) {
        return Err(format!("ends with {} instead of status {status}: {ours}", output.status).into());
    }
    if output.status.code() != Some(0) && ours.is_empty() && output.stdout.is_empty() {
        return Err("says nothing".to_owned().into());
    }
    // Ours must name the part of the input that QEMU quotes.
    let typed = |name: &&str| !name.is_empty() && case.values.iter().any(|value| value.contains(*name));
    match quoted(theirs).into_iter().filter(typed).find(|name| !ours.contains(*name)) {
        Some(name) => Err(format!("does not name '{name}': {ours}").into()),
        None => Ok(()),
    }
}

/// The quoted texts in the last line.
fn quoted(text: &str) -> Vec<&str> {
    let message = text.trim_end().rsplit('\n').next().unwrap_or_default();
    let message = message.rsplit_once(": Parameter").map_or(message, |(_, rest)| rest);
    message.split('\'').skip(1).step_by(2).collect()
}
