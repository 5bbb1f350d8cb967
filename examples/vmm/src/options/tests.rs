//! The command line, option by option.

use qapi_runtime::policy::InputPolicy;

use super::*;
use crate::qapi::WatchdogAction;

fn run(args: &[&str]) -> Options {
    match parse(args.iter().map(ToString::to_string)) {
        Ok(Request::Run(options)) => options,
        other => panic!("{args:?}: {other:?}"),
    }
}

fn refused(args: &[&str]) -> String {
    match parse(args.iter().map(ToString::to_string)) {
        Err(error) => error.to_string(),
        other => panic!("{args:?}: {other:?}"),
    }
}

#[test]
fn one_dash_or_two() {
    for args in [["-S", "-no-reboot"], ["--S", "--no-reboot"]] {
        let options = run(&args);
        assert!(options.stopped);
        assert_eq!(options.actions.reboot, RebootAction::Shutdown);
    }
}

#[test]
fn the_last_value_of_a_key_is_in_force() {
    let actions = run(&["-action", "panic=pause,reboot=shutdown", "-action", "panic=none"]).actions;
    assert_eq!(actions.panic, PanicAction::None);
    assert_eq!(actions.reboot, RebootAction::Shutdown);
    let actions = run(&["-no-shutdown", "-action", "panic=none"]).actions;
    assert_eq!((actions.panic, actions.shutdown), (PanicAction::None, ShutdownAction::Pause));
    let actions = run(&["-action", "panic=none", "-no-shutdown"]).actions;
    assert_eq!((actions.panic, actions.shutdown), (PanicAction::Pause, ShutdownAction::Pause));
    let actions = run(&["-action", "watchdog=none", "-watchdog-action", "inject-nmi"]).actions;
    assert_eq!(actions.watchdog, WatchdogAction::InjectNmi);
}

#[test]
fn a_bad_action_names_the_value_and_the_accepted_ones() {
    for args in [
        &["-action", "panic=bogus"][..],
        &["-action", "panic=bogus", "-action", "panic=none"],
        &["-action", "panic=bogus,panic=none"],
    ] {
        let message = refused(args);
        assert!(message.starts_with("-action panic=bogus"), "{message}");
        assert!(message.contains("'bogus'"), "{message}");
        assert!(message.contains("panic=poweroff|pause|none"), "{message}");
    }
    assert!(refused(&["-action", "bogus=1"]).contains("'bogus'"));
    assert!(refused(&["-watchdog-action", "a,panic=none"]).contains("'a,panic=none'"));
}

#[test]
fn the_last_policy_is_in_force() {
    assert_eq!(run(&[]).compat, Policy::ACCEPT);
    assert_eq!(run(&["-compat", ""]).compat, Policy::ACCEPT);
    let reject = Policy::ACCEPT.unstable_input(InputPolicy::Reject);
    assert_eq!(run(&["-compat", "unstable-input=crash,unstable-input=reject"]).compat, reject);
    assert_eq!(run(&["-compat", r#"{"unstable-input": "reject"}"#]).compat, reject);
    let replaced = run(&["-compat", "deprecated-input=reject", "-compat", "unstable-input=reject"]);
    assert_eq!(replaced.compat, reject, "as a whole");
}

#[test]
fn a_bad_policy_is_refused_in_the_words_of_qemu() {
    assert_eq!(refused(&["-compat"]), "-compat: requires an argument");
    for (value, problem) in [
        ("bogus=1", "Parameter 'bogus' is unexpected"),
        ("deprecated-input", "Expected '=' after parameter 'deprecated-input'"),
        ("deprecated-input=bogus", "Parameter 'deprecated-input' does not accept value 'bogus'"),
        ("deprecated-output=reject", "Parameter 'deprecated-output' does not accept value 'reject'"),
        (r#"{"deprecated-input": 1}"#, "Invalid parameter type for 'deprecated-input', expected: string"),
    ] {
        assert_eq!(refused(&["-compat", value]), format!("-compat {value}: {problem}"));
    }
}

#[test]
fn refuses_what_is_no_option() {
    let message = "-bogus: invalid option, -h lists the valid ones";
    assert_eq!(refused(&["-bogus"]), message);
    assert!(refused(&["-no-shutdown=on"]).contains("invalid option"));
    assert!(refused(&["x"]).contains("invalid option"));
    assert!(refused(&["-"]).contains("invalid option"));
    assert_eq!(refused(&["-action"]), "-action: requires an argument");
    assert!(refused(&["-qmp", "bogus"]).starts_with("-qmp bogus: 'bogus' is no place"));
}

#[test]
fn standard_input_has_one_reader() {
    let message = "-guest -: standard input is in use by another option";
    assert_eq!(refused(&["-qmp", "stdio", "-guest", "-"]), message);
    assert!(refused(&["-guest", "a", "-guest", "b"]).contains("'-guest a' came first"));
}

#[test]
fn help_lists_the_values_and_defaults() {
    let Ok(Request::Print { text, status: 0 }) = parse(["-h".to_owned()]) else {
        panic!("-h is help");
    };
    assert!(text.contains("  panic=poweroff|pause|none (default: poweroff)\n"), "{text}");
    assert!(text.contains("  reboot=none|shutdown (default: none)\n"), "{text}");
    assert!(text.contains("  shutdown=poweroff|pause (default: poweroff)\n"), "{text}");
    assert!(text.contains("  watchdog=reset|"), "{text}");
}
