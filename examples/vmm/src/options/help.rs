//! The output of `-h`. The actions come from the schema, so they cannot become outdated.

use std::fmt::Display;

use crate::actions::Actions;
use crate::qapi::{PanicAction, RebootAction, ShutdownAction, WatchdogAction};

/// A key of `-action` with its values and its default.
struct Key {
    name: &'static str,
    values: &'static [&'static str],
    default: String,
}

fn keys() -> [Key; 4] {
    let Actions { reboot, shutdown, panic, watchdog } = Actions::default();
    let key = |name, values, default: &dyn Display| Key { name, values, default: default.to_string() };
    [
        key("reboot", RebootAction::NAMES, &reboot),
        key("shutdown", ShutdownAction::NAMES, &shutdown),
        key("panic", PanicAction::NAMES, &panic),
        key("watchdog", WatchdogAction::NAMES, &watchdog),
    ]
}

/// The keys and values of `-action` in one line, for error messages.
pub(super) fn accepted_actions() -> String {
    keys().map(|key| format!("{}={}", key.name, key.values.join("|"))).join(", ")
}

/// The keys of `-action`, a line each.
pub(super) fn actions() -> String {
    let line = |key: Key| format!("  {}={} (default: {})\n", key.name, key.values.join("|"), key.default);
    format!("-action takes these keys and values:\n{}", keys().map(line).concat())
}

/// The whole text.
pub(super) fn text() -> String {
    format!(
        "\
usage: vmm [OPTION]...
Runs a small virtual machine whose guest is a script of hardware accesses.

Each option may be written with one dash or two.

-action KEY=VALUE[,KEY=VALUE...]
                what to do on events that the guest causes; may be
                repeated; the last value of a key applies
-no-shutdown    the same as -action panic=pause,shutdown=pause
-no-reboot      the same as -action reboot=shutdown
-watchdog-action VALUE
                the same as -action watchdog=VALUE
-compat KEY=VALUE[,KEY=VALUE...]
                what to do about deprecated and unstable parts of the
                interface, to test clients; also as a JSON object; the
                last one applies
                deprecated-input=accept|reject|crash (default: accept)
                deprecated-output=accept|hide (default: accept)
                unstable-input=accept|reject|crash (default: accept)
                unstable-output=accept|hide (default: accept)
-S              do not start the guest until the command cont
-preconfig      do not set up the machine until the command
                x-exit-preconfig
-qmp DEV        where clients connect; may be repeated
                stdio
                unix:PATH[,server=on,wait=off]
                tcp:127.0.0.1:PORT[,server=on,wait=off]
-guest DEV      where the guest's script comes from: the name of a file,
                stdio (or -), unix:PATH or tcp:127.0.0.1:PORT
-h              print this help

{}
The guest's script has one access a line:
  outb PORT VALUE, outw PORT VALUE, outl PORT VALUE,
  wrmsr REGISTER VALUE, triple-fault, sleep MILLISECONDS
",
        actions()
    )
}
