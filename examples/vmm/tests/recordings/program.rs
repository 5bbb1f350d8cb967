//! The guests of the recordings, as scripts. The words of a program's name say what it does.

use crate::skip::Skip;

/// A guest's program, from its first instruction on.
#[derive(Debug)]
pub(crate) struct Program {
    /// Its deeds, in order.
    pub(crate) deeds: Vec<Deed>,
    /// Whether it does nothing after a reset.
    pub(crate) once: bool,
}

/// One thing that a guest does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Writes a byte to pvpanic's port.
    Pvpanic(u8),
    /// ACPI power off.
    PowerOff,
    /// A reset, by this access.
    Reset(&'static str),
    /// The ib700 watchdog expires.
    Watchdog,
    /// Does nothing for a while.
    Delay,
}

impl Deed {
    /// The line of the script.
    pub(crate) fn line(self) -> String {
        match self {
            Self::Pvpanic(value) => format!("outb 0x505 {value}"),
            Self::PowerOff => "outw 0x604 0x2000".to_owned(),
            Self::Reset(access) => access.to_owned(),
            Self::Watchdog => "outb 0x443 0x0f".to_owned(),
            Self::Delay => "sleep 20".to_owned(),
        }
    }

    /// Whether it causes an event.
    pub(crate) fn is_seen(self) -> bool {
        match self {
            Self::Pvpanic(value) => value & 7 != 0,
            Self::Delay => false,
            Self::PowerOff | Self::Reset(_) | Self::Watchdog => true,
        }
    }
}

impl Program {
    /// Reads a program from its name and its description.
    pub(crate) fn parse(name: &str, does: &str) -> Result<Self, Failure> {
        if let Some(skip) = not_ours(name) {
            return Err(Failure::Skip(skip));
        }
        let mut deeds = Vec::new();
        let mut unknown_words = false;
        let mut words = name.split('-').peekable();
        while let Some(word) = words.next() {
            let deed = match word {
                // Words that only join others, or repeat them.
                "then" | "halt" | "reset" | "off" | "fault" | "pci" => continue,
                "panic" => Deed::Pvpanic(1),
                "crashload" => Deed::Pvpanic(2),
                "pvshutdown" => Deed::Pvpanic(4),
                "write" => {
                    let value = words.next().and_then(|value| number(value, does));
                    Deed::Pvpanic(value.ok_or_else(|| unknown(name, does))?)
                }
                "acpi" if words.peek() == Some(&"off") => Deed::PowerOff,
                "triple" => Deed::Reset(TRIPLE_FAULT),
                "kbd" => Deed::Reset(KEYBOARD),
                "port92" => Deed::Reset(CONTROL_A),
                "cf9" => Deed::Reset(RESET_CONTROL),
                "ib700" => Deed::Watchdog,
                "delay" => Deed::Delay,
                "twice" => repeat(&mut deeds, 2),
                "five" => repeat(&mut deeds, 5),
                "spaced" => {
                    deeds.extend([Deed::Delay, Deed::Watchdog, Deed::Delay]);
                    Deed::Watchdog
                }
                _ => {
                    unknown_words = true;
                    continue;
                }
            };
            deeds.push(deed);
        }
        if unknown_words {
            deeds.push(described(does).ok_or_else(|| unknown(name, does))?);
        }
        Ok(Self { deeds, once: does.contains("first boot") })
    }

    /// The device that the program needs but that is not among `devices`. There, a write to it does nothing.
    pub(crate) fn missing_device(&self, devices: &[String]) -> Option<&'static str> {
        let needs = |deed: &Deed| match deed {
            Deed::Pvpanic(_) => Some("pvpanic"),
            Deed::Watchdog => Some("ib700"),
            _ => None,
        };
        let missing = |device: &&str| !devices.iter().any(|there| there.starts_with(device));
        self.deeds.iter().filter_map(needs).find(missing)
    }
}

const TRIPLE_FAULT: &str = "triple-fault";
const KEYBOARD: &str = "outb 0x64 0xfe";
const CONTROL_A: &str = "outb 0x92 0x01";
const RESET_CONTROL: &str = "outb 0xcf9 0x06";

/// Facts from the description that the program's name does not give.
fn described(does: &str) -> Option<Deed> {
    let does = does.to_lowercase();
    let resets = [
        ("triple", TRIPLE_FAULT),
        ("cf9", RESET_CONTROL),
        ("0x92", CONTROL_A),
        ("port 92", CONTROL_A),
        ("0x64", KEYBOARD),
        ("keyboard", KEYBOARD),
    ];
    resets.into_iter().find(|(word, _)| does.contains(word)).map(|(_, access)| Deed::Reset(access))
}

/// Why a program cannot be run.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It needs a device that ours does not have.
    Skip(Skip),
    /// Nothing is known of it.
    Unknown(String),
}

fn unknown(name: &str, does: &str) -> Failure {
    Failure::Unknown(format!("no script is known for the program '{name}' ({does})"))
}

fn not_ours(name: &str) -> Option<Skip> {
    let kinds =
        [("i6300esb", Skip::NoI6300esb), ("debug-exit", Skip::NoDebugExit), ("acpi-s", Skip::NoSleep)];
    kinds.into_iter().find(|(kind, _)| name.starts_with(kind)).map(|(_, skip)| skip)
}

/// Repeats the last deed until it is done `times` times; returns the last of them.
fn repeat(deeds: &mut Vec<Deed>, times: usize) -> Deed {
    let last = *deeds.last().expect("a word before says what is repeated");
    deeds.extend(std::iter::repeat_n(last, times - 2));
    last
}

/// The value of a write: from the description, or else from the name.
fn number(word: &str, does: &str) -> Option<u8> {
    let described = does.strip_prefix("writes ").and_then(|rest| rest.split_whitespace().next());
    described.and_then(parse_number).or_else(|| parse_number(word))
}

fn parse_number(text: &str) -> Option<u8> {
    match text.to_lowercase().strip_prefix("0x") {
        Some(digits) => u8::from_str_radix(digits, 16).ok(),
        None => text.parse().ok().or_else(|| u8::from_str_radix(text, 16).ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deeds(name: &str, does: &str) -> Vec<Deed> {
        Program::parse(name, does).expect("a program").deeds
    }

    #[test]
    fn names_are_read_word_by_word() {
        let panic = Deed::Pvpanic(1);
        assert_eq!(deeds("panic-twice", ""), [panic, panic]);
        assert_eq!(deeds("panic-delay-panic", ""), [panic, Deed::Delay, panic]);
        assert_eq!(deeds("panic-then-acpi-off", ""), [panic, Deed::PowerOff]);
        assert_eq!(deeds("panic-then-triple", ""), [panic, Deed::Reset("triple-fault")]);
        assert_eq!(deeds("crashload-then-panic", ""), [Deed::Pvpanic(2), panic]);
        assert_eq!(deeds("kbd-reset", ""), [Deed::Reset(KEYBOARD)]);
        assert_eq!(deeds("port92", ""), [Deed::Reset(CONTROL_A)]);
        assert_eq!(deeds("fast-reset", "resets by port 0x92, on the first boot"), [Deed::Reset(CONTROL_A)]);
        assert_eq!(deeds("reset-register", "writes 6 to port 0xCF9"), [Deed::Reset(RESET_CONTROL)]);
        // The same register of the same device, on another bus.
        assert_eq!(deeds("pci-panic", "writes 1 to pvpanic-pci"), [panic]);
        assert_eq!(deeds("ib700-five", ""), [Deed::Watchdog; 5]);
        assert_eq!(deeds("ib700-spaced", "").len(), 5);
        assert_eq!(deeds("halt", ""), []);
        assert_eq!(deeds("write-6", "writes 6 (crash loaded and shutdown)"), [Deed::Pvpanic(6)]);
        assert_eq!(deeds("write-f9", "writes 0xF9"), [Deed::Pvpanic(0xf9)]);
        assert_eq!(deeds("write-249", ""), [Deed::Pvpanic(249)]);
    }

    #[test]
    fn what_is_unknown_is_no_reason_to_skip() {
        assert!(matches!(Program::parse("dance", ""), Err(Failure::Unknown(_))));
        assert!(matches!(Program::parse("i6300esb", ""), Err(Failure::Skip(Skip::NoI6300esb))));
    }
}
