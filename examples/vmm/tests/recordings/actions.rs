//! Translates the actions of QEMU to ours, and says where there is no translation.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::skip::Skip;

/// Values of the actions by name.
type Values = BTreeMap<String, String>;

/// QEMU's values of the actions.
const VALUES: [(&str, &[&str]); 4] = [
    ("panic", &["pause", "shutdown", "exit-failure", "none"]),
    ("reboot", &["reset", "shutdown"]),
    ("shutdown", &["poweroff", "pause"]),
    ("watchdog", &["reset", "shutdown", "poweroff", "pause", "debug", "none", "inject-nmi"]),
];

/// The keys and values in an `-action` option.
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split(',').filter_map(|pair| pair.split_once('='))
}

/// Whether QEMU's action has this value; `None` if QEMU has no such action.
pub(crate) fn is_value(key: &str, value: &str) -> Option<bool> {
    VALUES.iter().find(|(name, _)| *name == key).map(|(_, values)| values.contains(&value))
}

/// Translates an action of QEMU.
pub(crate) fn translate<'a>(key: &str, value: &'a str) -> &'a str {
    match (key, value) {
        ("panic", "exit-failure" | "shutdown") => "poweroff",
        ("reboot", "reset") => "none",
        _ => value,
    }
}

/// Translates the value of an `-action` option.
pub(crate) fn translate_option(text: &str) -> String {
    let pair = |pair: &str| match pair.split_once('=') {
        Some((key, value)) => format!("{key}={}", translate(key, value)),
        None => pair.to_owned(),
    };
    text.split(',').map(pair).collect::<Vec<_>>().join(",")
}

/// Translates a command line.
pub(crate) fn translate_options(options: &[String]) -> Vec<String> {
    let mut ours = Vec::new();
    let mut options = options.iter();
    while let Some(option) = options.next() {
        ours.push(option.clone());
        if option.trim_start_matches('-') == "action" {
            ours.extend(options.next().map(|text| translate_option(text)));
        }
    }
    ours
}

/// Translates a command.
pub(crate) fn translate_command(command: &Value) -> Value {
    let mut ours = command.clone();
    if ours["execute"] == "set-action"
        && let Some(arguments) = ours.get_mut("arguments").and_then(Value::as_object_mut)
    {
        for (key, value) in arguments {
            if let Some(text) = value.as_str() {
                *value = translate(key, text).into();
            }
        }
    }
    ours
}

/// The actions in force, on both sides.
pub(crate) struct InForce {
    theirs: Values,
    ours: Values,
}

impl InForce {
    /// Applies the options of the command line.
    pub(crate) fn new(options: &[String]) -> Result<Self, Skip> {
        let mut both = Self { theirs: Values::new(), ours: Values::new() };
        for (key, value) in
            [("panic", "shutdown"), ("shutdown", "poweroff"), ("reboot", "reset"), ("watchdog", "reset")]
        {
            both.set(key, value);
        }
        let mut options = options.iter();
        while let Some(option) = options.next() {
            match option.trim_start_matches('-') {
                "action" => {
                    let text = options.next().expect("-action has a value");
                    for (key, value) in pairs(text) {
                        if is_value(key, value) == Some(false) {
                            return Err(Skip::Overridden(format!("{key}={value}")));
                        }
                        both.set(key, value);
                    }
                }
                "watchdog-action" => {
                    both.set("watchdog", options.next().expect("-watchdog-action has a value"));
                }
                "no-shutdown" => {
                    both.set("shutdown", "pause");
                    both.ours.insert("panic".to_owned(), "pause".to_owned());
                }
                "no-reboot" => both.set("reboot", "shutdown"),
                other => panic!("unknown option {other} in a recording"),
            }
        }
        Ok(both)
    }

    fn set(&mut self, key: &str, value: &str) {
        self.theirs.insert(key.to_owned(), value.to_owned());
        self.ours.insert(key.to_owned(), translate(key, value).to_owned());
    }

    /// Applies a command that has succeeded.
    pub(crate) fn update(&mut self, command: &Value) {
        let arguments = command["arguments"].as_object().into_iter().flatten();
        let text = |value: &'_ Value| value.as_str().unwrap_or_default().to_owned();
        match command["execute"].as_str() {
            Some("set-action") => arguments.for_each(|(key, value)| self.set(key, &text(value))),
            Some("watchdog-set-action") => self.set("watchdog", &text(&command["arguments"]["action"])),
            _ => {}
        }
    }

    /// Checks that a panic now has the same effect on both sides.
    pub(crate) fn check_panic(&self) -> Result<(), Skip> {
        let (theirs, ours) = (self.theirs["panic"].as_str(), self.ours["panic"].as_str());
        // QEMU pauses in this case. Ours does only if -no-shutdown has also set its panic action.
        let pauses = theirs == "shutdown" && self.theirs["shutdown"] == "pause";
        match (pauses, ours) {
            (true, "pause") => Ok(()),
            (true, _) => Err(Skip::PanicShutdownPaused),
            (false, ours) if ours == translate("panic", theirs) => Ok(()),
            (false, _) => Err(Skip::NoShutdownPauses),
        }
    }

    /// Whether QEMU ends with status 1 after a panic.
    pub(crate) fn panic_fails(&self) -> bool {
        self.theirs["panic"] == "exit-failure"
    }
}
