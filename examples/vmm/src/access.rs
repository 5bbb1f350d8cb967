//! The guest's script: a line for each access that reaches a hypervisor.

use std::fmt;
use std::time::Duration;

/// One step of the guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// `outb`, `outw` or `outl`: a write to an I/O port.
    Out {
        /// The port.
        port: u16,
        /// The value, wide enough for all three.
        value: u32,
    },
    /// `wrmsr`: a write to a model-specific register.
    Wrmsr {
        /// The register.
        register: u32,
        /// The value.
        value: u64,
    },
    /// `triple-fault`: the processor gives up.
    TripleFault,
    /// `sleep`: nothing reaches the hypervisor for a while.
    Sleep(Duration),
}

/// Why a line of a guest script is not an access.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BadLine {
    UnknownAccess(String),
    Operands { access: &'static str, expected: usize, found: usize },
    BadNumber { operand: String, what: &'static str, max: u64 },
}

impl fmt::Display for BadLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownAccess(word) => write!(
                out,
                "unknown access '{word}', expected outb, outw, outl, wrmsr, triple-fault or sleep"
            ),
            Self::Operands { access, expected, found } => {
                write!(out, "'{access}' takes {expected} operands, found {found}")
            }
            Self::BadNumber { operand, what, max } => {
                write!(out, "'{operand}' is no {what}, expected a number up to {max:#x}")
            }
        }
    }
}

impl Access {
    /// Parses a line. Blank lines and comments (from `#` on) are `None`.
    pub(crate) fn parse(line: &str) -> Result<Option<Self>, BadLine> {
        let text = line.split_once('#').map_or(line, |(text, _)| text);
        let mut words = text.split_whitespace();
        let Some(access) = words.next() else {
            return Ok(None);
        };
        let operands: Vec<&str> = words.collect();
        let parsed = match access {
            "outb" => out("outb", &operands, u8::MAX.into()),
            "outw" => out("outw", &operands, u16::MAX.into()),
            "outl" => out("outl", &operands, u32::MAX),
            "wrmsr" => {
                let [register, value] = exactly("wrmsr", &operands)?;
                let register = number(register, "register", u32::MAX.into())? as u32;
                Ok(Self::Wrmsr { register, value: number(value, "value", u64::MAX)? })
            }
            "triple-fault" => exactly("triple-fault", &operands).map(|[]| Self::TripleFault),
            "sleep" => {
                let [millis] = exactly("sleep", &operands)?;
                let millis = number(millis, "number of milliseconds", u32::MAX.into())?;
                Ok(Self::Sleep(Duration::from_millis(millis)))
            }
            other => Err(BadLine::UnknownAccess(other.to_owned())),
        };
        parsed.map(Some)
    }
}

/// The casts are exact: `number` has checked the range.
fn out(access: &'static str, operands: &[&str], max: u32) -> Result<Access, BadLine> {
    let [port, value] = exactly(access, operands)?;
    let port = number(port, "port", u16::MAX.into())? as u16;
    let value = number(value, "value", max.into())? as u32;
    Ok(Access::Out { port, value })
}

fn exactly<'a, const N: usize>(access: &'static str, operands: &[&'a str]) -> Result<[&'a str; N], BadLine> {
    operands.try_into().map_err(|_| BadLine::Operands { access, expected: N, found: operands.len() })
}

/// Reads a decimal or `0x` hexadecimal number.
fn number(operand: &str, what: &'static str, max: u64) -> Result<u64, BadLine> {
    let parsed = match operand.strip_prefix("0x").or_else(|| operand.strip_prefix("0X")) {
        // `from_str_radix` would take a sign after the prefix.
        Some(digits) if digits.starts_with('+') => None,
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => operand.parse().ok(),
    };
    parsed.filter(|&value| value <= max).ok_or_else(|| BadLine::BadNumber {
        operand: operand.to_owned(),
        what,
        max,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_access() {
        let out = |port, value| Ok(Some(Access::Out { port, value }));
        assert_eq!(Access::parse("outb 0x505 1"), out(0x505, 1));
        assert_eq!(Access::parse("  outw 0x604 0x2000\r\n"), out(0x604, 0x2000));
        assert_eq!(Access::parse("outl 3320 4294967295"), out(0xcf8, u32::MAX));
        assert_eq!(
            Access::parse("wrmsr 0x40000105 0x8000000000000000"),
            Ok(Some(Access::Wrmsr { register: 0x4000_0105, value: 1 << 63 }))
        );
        assert_eq!(Access::parse("triple-fault # gone"), Ok(Some(Access::TripleFault)));
        assert_eq!(Access::parse("sleep 20"), Ok(Some(Access::Sleep(Duration::from_millis(20)))));
    }

    #[test]
    fn skips_blank_lines_and_comments() {
        assert_eq!(Access::parse(" \t\n"), Ok(None));
        assert_eq!(Access::parse("# outb 0x505 1"), Ok(None));
    }

    #[test]
    fn names_what_is_wrong() {
        let message = |line| Access::parse(line).unwrap_err().to_string();
        assert_eq!(
            message("hlt"),
            "unknown access 'hlt', expected outb, outw, outl, wrmsr, triple-fault or sleep"
        );
        assert_eq!(message("outb 0x505"), "'outb' takes 2 operands, found 1");
        assert_eq!(message("triple-fault now"), "'triple-fault' takes 0 operands, found 1");
        assert_eq!(message("outb 0x505 256"), "'256' is no value, expected a number up to 0xff");
        assert_eq!(message("outb 65536 1"), "'65536' is no port, expected a number up to 0xffff");
        assert_eq!(message("outb -1 1"), "'-1' is no port, expected a number up to 0xffff");
        assert_eq!(message("outb 0x+5 1"), "'0x+5' is no port, expected a number up to 0xffff");
    }
}
