//! A client of the schema of this project's machine: the commands that QEMU has too work, and the others are typed
//! errors.

use crate::{NONE, connect, rounds, with_each};
use qapi_client_tests::driver::Driver;
use qapi_client_tests::machine::{self, command, event};
use qapi_runtime::ErrorClass;
use qapi_runtime::client::{CommandError, CommandErrorKind, Refusal, WaitError, WaitErrorKind};
use serde_json::json;
use std::fs::File;
use std::time::Duration;

type Client = Driver<machine::Schema>;

#[test]
fn what_both_have_works() {
    with_each(NONE, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        let status = client.execute(command::QueryStatus::new()).expect("a status");
        assert_eq!(status.status, machine::RunState::Prelaunch);
        let version = client.execute(command::QueryVersion::new()).expect("a version");
        assert_eq!(u32::try_from(version.qemu.major).expect("a number"), client.greeting().version.major);
        client
            .execute(command::SetAction::new().panic(machine::PanicAction::Pause))
            .expect("it has that action");
    });
}

#[test]
fn a_newer_value_is_known_beforehand_or_a_typed_error() {
    with_each(NONE, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        let capabilities = client.capabilities().expect("an answer");
        assert!(capabilities.has::<command::SetAction>());
        assert!(capabilities.emits::<machine::event::GuestPanicked>());
        assert!(!capabilities.has_command("no-such-command"));
        for value in machine::PanicAction::ALL {
            let known = capabilities.has_value("set-action", "panic", value.as_str());
            assert_eq!(known, capabilities.has_enum_value("PanicAction", value.as_str()), "{value}");
            match client.execute(command::SetAction::new().panic(*value)) {
                Ok(()) => assert!(known, "{value} is taken"),
                Err(error) => {
                    assert!(!known, "{value}: {error}");
                    assert_eq!(error.class(), Some(&ErrorClass::GenericError));
                }
            }
        }
        // QEMU has this since version 7.1.
        assert!(capabilities.has_value("set-action", "panic", "exit-failure"));
        let error = client.execute_raw("set-action", json!({ "panic": "no-such-action" }));
        assert!(matches!(error, Err(CommandError { kind: CommandErrorKind::Refused(_), .. })), "{error:?}");
    });
}

#[test]
fn descriptors_go_along() {
    with_each(NONE, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        let file = || File::open("/dev/null").expect("it is there");
        let name = |name: &str| json!({ "fdname": name });
        client.execute_raw_with_fds(vec![file()], "getfd", name("one")).expect("it takes a descriptor");
        let error = client.execute_raw("getfd", name("two")).expect_err("there is no descriptor");
        assert!(error.refusal().is_some(), "{error}");
        // Several calls at once: each command gets its own descriptor.
        std::thread::scope(|scope| {
            for index in 0..8 {
                let client = &client;
                scope.spawn(move || {
                    let files = vec![File::open("/dev/null").expect("it is there")];
                    let result = client.execute_raw_with_fds(files, "getfd", name(&format!("fd{index}")));
                    result.expect("it takes a descriptor");
                });
            }
        });
        for index in 0..8 {
            client.execute_raw("closefd", name(&format!("fd{index}"))).expect("it has the descriptor");
        }
    });
}

#[test]
fn the_end_of_the_server_is_clean() {
    with_each(NONE, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        let events = client.events();
        client.execute(command::Quit::new()).expect("an answer before the end");
        assert_eq!(qemu.wait(), Some(0));
        let events: Vec<_> = events.map(|event| event.expect("it decodes").event).collect();
        let Some(machine::Event::Shutdown(shutdown)) = events.last() else { panic!("{events:?}") };
        assert!(!shutdown.guest);
        let error = client.execute(command::QueryStatus::new()).expect_err("no server is there");
        assert!(
            matches!(error, CommandError { kind: CommandErrorKind::Gone { sent: false, .. }, .. }),
            "{error}"
        );
    });
}

#[test]
fn a_system_error_is_read_from_the_text_of_a_refusal() {
    with_each(NONE, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        let arguments = json!({ "driver": "file", "node-name": "a", "filename": "/no/such/file" });
        let error = client.execute_raw("blockdev-add", arguments).expect_err("there is no file");
        let error = error.refusal().and_then(Refusal::os_error).expect("the system's error");
        assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
        let error = client.execute_raw("no-such-command", json!(null)).expect_err("there is none");
        assert!(error.refusal().expect("an error reply").os_error().is_none());
    });
}

/// `QAPI_WAITS` sets how often.
#[test]
fn each_wait_ends_with_its_own_event() {
    let times = rounds(200);
    with_each(NONE, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        let limit = Duration::from_secs(60);
        let mut last = None;
        for _ in 0..times {
            let resume = client.execute_and_wait(limit, command::Cont::new(), |_: &event::Resume| true);
            let ((), resume) = resume.expect("it goes on");
            let stop = client.execute_and_wait(limit, command::Stop::new(), |_: &event::Stop| true);
            let ((), stop) = stop.expect("it stops");
            // An event of an earlier round would be older.
            assert!(last <= Some(resume.timestamp) && resume.timestamp <= stop.timestamp);
            last = Some(stop.timestamp);
        }
        let error = client.wait_for(|_: &event::Stop| true, Duration::from_millis(10));
        assert!(matches!(error, Err(WaitError { kind: WaitErrorKind::Timeout(_), .. })), "{error:?}");
    });
}
