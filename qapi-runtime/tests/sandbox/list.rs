//! The list of system calls: the table in `docs/sandbox.md`.

use serde_json::json;
use std::fmt;

const PAGE: &str = include_str!("../../../docs/sandbox.md");

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Threads,
    #[cfg(feature = "tokio")]
    Tokio,
    Loop,
}

impl Transport {
    pub(crate) const ALL: &[Transport] = &[
        Transport::Threads,
        #[cfg(feature = "tokio")]
        Transport::Tokio,
        Transport::Loop,
    ];

    pub(crate) fn named(name: &str) -> Transport {
        *Transport::ALL.iter().find(|transport| transport.to_string() == name).expect("a transport")
    }

    fn column(self) -> usize {
        match self {
            Transport::Threads => 1,
            #[cfg(feature = "tokio")]
            Transport::Tokio => 2,
            Transport::Loop => 3,
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(["threads", "tokio", "loop"][self.column() - 1])
    }
}

/// A system call that a transport makes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub(crate) name: &'static str,
    pub(crate) need: Need,
}

/// What a cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// It is made whenever clients are served.
    Always,
    /// It is made in some conditions.
    Sometimes,
    /// It is made, and need not succeed.
    Refusable,
}

/// The calls of a transport, as the page lists them.
pub(crate) fn calls(transport: Transport) -> Vec<Call> {
    let (_, table) = PAGE.split_once("\n| call | threads | tokio | loop | what for |\n").expect("the table");
    let rows = table.lines().skip(1).take_while(|line| line.starts_with('|'));
    let calls: Vec<Call> = rows.filter_map(|row| call(row, transport)).collect();
    assert!(calls.len() > 10, "{transport}: too few calls");
    calls
}

fn call(row: &'static str, transport: Transport) -> Option<Call> {
    let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
    let [names, _, _, _, reason] = cells[..] else { panic!("not five cells: {row}") };
    assert!(!reason.is_empty(), "no reason: {row}");
    let need = match cells[transport.column()] {
        "yes" => Need::Always,
        "may" => Need::Sometimes,
        "refuse" => Need::Refusable,
        "" => return None,
        other => panic!("not a need: {other}: {row}"),
    };
    Some(Call { name: name_here(names), need })
}

/// The name of a call on this architecture, from `` `poll` (aarch64: `ppoll`) ``.
fn name_here(names: &'static str) -> &'static str {
    let quoted: Vec<&str> = names.split('`').skip(1).step_by(2).collect();
    match quoted[..] {
        [name] => name,
        [x86_64, aarch64] if names.contains("(aarch64: `") => {
            if cfg!(target_arch = "aarch64") {
                aarch64
            } else {
                x86_64
            }
        }
        _ => panic!("not a name: {names}"),
    }
}

/// `EPERM`.
const NOT_PERMITTED: u32 = 1;

/// What the kernel does about calls that are on no list.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Otherwise {
    Kill,
    Refuse,
}

/// Allows all threads of this process the calls `allowed`, refuses it those `refused`, from now on.
pub(crate) fn restrict(
    allowed: &[&str],
    refused: &[&str],
    otherwise: Otherwise,
) -> Result<(), Box<dyn std::error::Error>> {
    let refusal = json!({ "errno": NOT_PERMITTED });
    let otherwise = match otherwise {
        Otherwise::Kill => json!("kill_process"),
        Otherwise::Refuse => refusal.clone(),
    };
    // Of several filters the strictest counts. This one lets the next be installed.
    if !refused.is_empty() {
        install(refused, &refusal, &json!("allow"))?;
    }
    install(&[allowed, refused].concat(), &json!("allow"), &otherwise)
}

fn install(
    calls: &[&str],
    matching: &serde_json::Value,
    others: &serde_json::Value,
) -> Result<(), Box<dyn std::error::Error>> {
    let calls: Vec<_> = calls.iter().map(|name| json!({ "syscall": name })).collect();
    let filter = json!({ "match_action": matching, "mismatch_action": others, "filter": calls });
    let text = json!({ "all": filter }).to_string();
    let filters = seccompiler::compile_from_json(text.as_bytes(), std::env::consts::ARCH.try_into()?)?;
    Ok(seccompiler::apply_filter_all_threads(&filters["all"])?)
}
