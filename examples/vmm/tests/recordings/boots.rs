//! What the guest did from one reset to the next, derived from the events of a recording.
//!
//! After a reset a real machine restarts its program. Ours continues with the next line of the script, so the script
//! must contain the program once for each start, and each time only the part that was executed.

use serde_json::Value;

use crate::program::{Deed, Program};

/// The deeds of the guest after each start of the machine.
pub(crate) fn boots(program: &Program, steps: &[Value]) -> Vec<Vec<Deed>> {
    let events: Vec<&Value> = steps
        .iter()
        .flat_map(|step| step["replies"].as_array().into_iter().flatten())
        .filter(|reply| reply.get("event").is_some())
        .collect();
    let mut boots = Vec::new();
    for events in events.split_inclusive(|event| event["event"] == "RESET") {
        // If the description does not say whether the program ran again, the events show it.
        let runs = boots.is_empty() || !program.once && caused(events) > 0;
        boots.push(if runs { executed(&program.deeds, events) } else { Vec::new() });
    }
    if boots.is_empty() || events.last().is_some_and(|event| event["event"] == "RESET") {
        let runs = boots.is_empty();
        boots.push(if runs { program.deeds.clone() } else { Vec::new() });
    }
    boots
}

/// The part of the program that was executed before a reset; all of it if there is none.
fn executed(deeds: &[Deed], events: &[&Value]) -> Vec<Deed> {
    let Some(reset) = events.last().filter(|event| event["event"] == "RESET") else {
        return deeds.to_vec();
    };
    if is_by_guest(reset) {
        let by_watchdog = events.iter().any(|e| e["event"] == "WATCHDOG" && e["data"]["action"] == "reset");
        let resets = |deed: &Deed| match deed {
            Deed::Reset(_) => true,
            Deed::Watchdog => by_watchdog,
            _ => false,
        };
        let end = deeds.iter().position(resets).map_or(deeds.len(), |at| at + 1);
        return deeds[..end].to_vec();
    }
    let mut left = caused(events);
    let before_reset = |deed: &&Deed| {
        let executed = left > 0 || !deed.is_seen();
        left -= usize::from(executed && deed.is_seen());
        executed
    };
    deeds.iter().take_while(before_reset).copied().collect()
}

/// How many of the guest's deeds the events show. Some deeds cause two events.
pub(crate) fn caused(events: &[&Value]) -> usize {
    let mut before = &Value::Null;
    let mut count = 0;
    for event in events {
        count += usize::from(match event["event"].as_str() {
            Some("GUEST_PANICKED" | "GUEST_CRASHLOADED" | "GUEST_PVSHUTDOWN" | "WATCHDOG") => true,
            Some("SHUTDOWN" | "RESET") if is_by_guest(event) => {
                let cause = before["event"].as_str().unwrap_or_default();
                !matches!(cause, "GUEST_PANICKED" | "GUEST_PVSHUTDOWN" | "WATCHDOG")
                    || cause == "GUEST_PANICKED" && event["data"]["reason"] != "guest-panic"
            }
            _ => false,
        });
        before = event;
    }
    count
}

fn is_by_guest(event: &Value) -> bool {
    event["data"]["guest"] == true
}
