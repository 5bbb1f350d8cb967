use super::*;
use crate::client::GoneReason;
use crate::client::operation::script::{Script, refusal};
use serde_json::json;

const ALL: [Power; 4] = [Power::Stop, Power::Cont, Power::Powerdown, Power::Quit];

fn script(power: Power) -> Script<PowerSteps> {
    Script(PowerSteps::new(power))
}

fn status(status: &str) -> Any {
    json!({ "status": status, "running": status == "running" })
}

#[test]
fn each_ends_in_its_own_states() {
    for (power, ends) in [
        (Power::Stop, &["paused", "shutdown", "suspended"][..]),
        (Power::Cont, &["running", "suspended"]),
        (Power::Powerdown, &["shutdown"]),
    ] {
        for state in ["running", "paused", "shutdown", "suspended"] {
            let mut script = script(power);
            script.answer("query-status", status(state));
            assert_eq!(script.0.report(), Some(PowerState::Is(state.into())));
            if ends.contains(&state) {
                assert_eq!(script.done(), PowerState::Is(state.into()));
            } else {
                script.waits();
            }
        }
    }
}

#[test]
fn an_event_only_makes_it_ask() {
    let mut stop = script(Power::Stop);
    stop.answer("query-status", status("running"));
    stop.event("STOP", json!({}));
    stop.answer("query-status", status("running"));
    stop.waits();
    stop.event("STOP", json!({}));
    stop.answer("query-status", status("paused"));
    stop.done();
}

#[test]
fn the_end_of_the_server_is_that_of_some() {
    for power in ALL {
        for (reason, by_server) in [(GoneReason::Closed, true), (GoneReason::Local, false)] {
            let mut script = script(power);
            let is_end = by_server && matches!(power, Power::Powerdown | Power::Quit);
            assert_eq!(script.0.ended(&Gone::new(reason)), is_end, "{power:?}");
            assert_eq!(script.0.outcome().is_some(), is_end);
        }
    }
}

#[test]
fn a_command_without_a_reply_may_have_worked() {
    for power in ALL {
        for sent in [true, false] {
            let mut script = script(power);
            let kind = CommandErrorKind::Gone { reason: Gone::new(GoneReason::Closed), sent };
            let started = script.0.started(Err(CommandError::new("quit", None, kind)));
            assert_eq!(started.is_ok(), sent && matches!(power, Power::Powerdown | Power::Quit));
        }
        assert!(script(power).0.started(Err(refusal("quit"))).is_err());
        assert!(script(power).0.started(Ok(json!({}))).is_ok());
    }
}

#[test]
fn quit_asks_nothing_and_tells_why() {
    let mut quit = script(Power::Quit);
    quit.waits();
    quit.event("SHUTDOWN", json!({ "guest": false, "reason": "host-qmp-quit" }));
    assert_eq!(quit.0.report().expect("a report").to_string(), "it shuts down (host-qmp-quit)");
    quit.0.look_again();
    quit.waits();
}
