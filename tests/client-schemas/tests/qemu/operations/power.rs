//! Stopping, continuing and ending a machine.

use super::{Client, LIMIT, NONE, connect, execute, rare_rounds, rounds, with_each};
use qapi_runtime::Any;
use qapi_runtime::client::operation::{OperationErrorKind, Power, PowerState};
use std::time::Duration;

#[test]
fn it_stops_and_continues_again_and_again() {
    with_each(NONE, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        for _ in 0..rounds(100) {
            let running = client.run(Power::Cont, LIMIT).expect("it goes on");
            assert_eq!(running, PowerState::Is("running".into()));
            assert_eq!(execute(&client, "query-status", Any::Null)["running"], true);
            let paused = client.run(Power::Stop, LIMIT).expect("it stops");
            assert_eq!(paused, PowerState::Is("paused".into()));
            assert_eq!(execute(&client, "query-status", Any::Null)["running"], false);
        }
        // There is no guest that would shut down, and the STOP of before is none of a shutdown.
        let error = client.run(Power::Powerdown, Duration::from_millis(20)).expect_err("no guest");
        assert!(matches!(error.kind, OperationErrorKind::Timeout(_)), "{error}");
        assert_eq!(error.last.as_deref(), Some("paused"));
    });
}

#[test]
fn quit_ends_with_the_process() {
    for _ in 0..rare_rounds(5, 10) {
        with_each(NONE, |qemu, kind| {
            let client: Client = connect(qemu, kind);
            assert_eq!(client.run(Power::Quit, LIMIT).expect("it ends"), PowerState::Ended);
            assert_eq!(qemu.wait(), Some(0));
            let error = client.run(Power::Quit, LIMIT).expect_err("it has ended");
            assert!(matches!(error.kind, OperationErrorKind::Command(_)), "{error}");
        });
    }
}

#[test]
fn the_end_of_the_server_ends_every_other_wait() {
    with_each(NONE, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        let mut powerdown = client.start(Power::Powerdown, LIMIT).expect("it starts");
        execute(&client, "quit", Any::Null);
        assert_eq!(powerdown.wait().expect("it has ended"), PowerState::Ended);
    });
}
