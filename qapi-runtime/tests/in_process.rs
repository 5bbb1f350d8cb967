//! Clients and subscriptions in the process of the server.

mod session_stub;

use qapi_runtime::Monitor;
use qapi_runtime::access::Access;
use qapi_runtime::client::in_process::Client;
use qapi_runtime::client::{CommandError, CommandErrorKind, Options, Untyped};
use qapi_runtime::control::command::QueryVersion;
use qapi_runtime::monitor::SessionOptions;
use qapi_runtime::{Any, Version};
use serde_json::json;
use session_stub::{Resume, Server, Stop, Tick};
use std::time::Duration;

fn start() -> (Monitor, Server) {
    let server = Server::default();
    let monitor =
        Monitor::builder(server.clone()).events(&server.events).version(Version::new(1, 2, 3)).build();
    (monitor, server)
}

#[test]
fn a_client_calls_commands_and_gets_events_in_their_order() {
    let (monitor, server) = start();
    let client = monitor.in_process::<Untyped>().expect("a session");
    assert_eq!(client.execute(QueryVersion::new()).expect("answers").qemu.micro, 3);
    assert!(client.next_event().is_none());
    assert_eq!(client.execute_raw("cont", &Any::Null).expect("answers"), json!({}));
    server.events.send(&Tick::new(7));
    let names: Vec<String> =
        std::iter::from_fn(|| client.next_event()).map(|event| event.expect("read").event.name).collect();
    assert_eq!(names, ["RESUME", "TICK"]);
    assert_eq!(monitor.sessions(), 1);
    drop(client);
    assert_eq!(monitor.sessions(), 0);
}

#[test]
fn errors_are_those_of_any_client() {
    let (monitor, _server) = start();
    let client = monitor.in_process::<Untyped>().expect("a session");
    for (command, class) in [("panic", "GenericError"), ("nope", "CommandNotFound"), ("nan", "GenericError")]
    {
        let Err(CommandError { kind: CommandErrorKind::Refused(refusal), .. }) =
            client.execute_raw(command, &Any::Null)
        else {
            panic!("{command} is refused")
        };
        assert_eq!(refusal.class.as_str(), class);
    }
    // It is answered only when it fails.
    assert_eq!(client.execute_raw("cont", &Any::Null).expect("answers"), json!({}));
}

#[test]
fn an_async_command_is_waited_for() {
    let (monitor, server) = start();
    let client = monitor.in_process::<Untyped>().expect("a session");
    let opening = std::thread::spawn(move || {
        server.gate.until_waited_at();
        server.gate.open();
    });
    assert_eq!(client.execute_raw("await", &Any::Null).expect("answers"), json!({}));
    opening.join().expect("no panic");
}

#[test]
fn an_access_holds_in_the_process_too() {
    let (monitor, _server) = start();
    let options = SessionOptions::new().access(Access::read_only());
    let client = Client::<Untyped>::new(&monitor, &options, &Options::new()).expect("a session");
    assert!(client.execute_raw("query-status", &Any::Null).is_ok());
    assert!(matches!(
        client.execute_raw("cont", &Any::Null),
        Err(CommandError { kind: CommandErrorKind::Refused(_), .. })
    ));
}

#[test]
fn a_client_learns_that_the_monitor_has_shut_down() {
    let (monitor, _server) = start();
    let client = monitor.in_process::<Untyped>().expect("a session");
    let ending = {
        let monitor = monitor.clone();
        std::thread::spawn(move || monitor.shutdown(Duration::from_secs(60)))
    };
    loop {
        match client.execute_raw("query-status", &Any::Null) {
            Ok(_) => {}
            Err(CommandError { kind: CommandErrorKind::Gone { .. }, .. }) => break,
            Err(error) => panic!("{error}"),
        }
    }
    drop(client);
    ending.join().expect("no panic");
    assert!(monitor.in_process::<Untyped>().is_err(), "no new sessions");
}

#[test]
fn a_subscription_gets_every_event_as_its_type() {
    let (monitor, server) = start();
    server.events.send(&Tick::new(1));
    let mut events = monitor.subscribe();
    server.events.send(&Tick::new(2));
    server.events.send(&Stop::new(0));
    let first = events.wait();
    assert!(first.decode::<Resume>().is_none());
    assert_eq!(first.name(), "TICK");
    assert!(first.decode::<Tick>().expect("it is one").is_ok());
    assert!(events.try_next().expect("the second").decode::<Stop>().is_some());
    assert!(events.wait_timeout(Duration::ZERO).is_none());
    assert_eq!(events.take_missed(), 0);
}

#[test]
fn a_subscriber_that_waits_is_woken() {
    let (monitor, server) = start();
    let mut events = monitor.subscribe();
    let sending = std::thread::spawn(move || server.events.send(&Stop::new(0)));
    assert_eq!(events.wait().name(), "STOP");
    sending.join().expect("no panic");
}

/// A server whose one command sleeps by tokio.
#[cfg(feature = "tokio")]
mod sleeper {
    use qapi_runtime::{Call, CommandFlags, CommandSpec, Dispatch, Features, Outcome, Tables};
    use std::time::Duration;

    use super::session_stub::NoArguments;

    static TABLES: Tables = Tables {
        generation: 1,
        commands: &[CommandSpec::new("sleep", CommandFlags::COROUTINE, Features::NONE)],
        events: &[],
        introspection: &[],
    };

    pub(super) struct Sleeper;

    impl Dispatch for Sleeper {
        fn tables(&self) -> &'static Tables {
            &TABLES
        }

        fn call(&self, _: usize, call: Call<'_>) -> Outcome {
            call.run_async::<NoArguments, _, _>(|_, _| async {
                tokio::time::sleep(Duration::from_millis(1)).await;
                Ok(())
            })
        }
    }
}

#[cfg(feature = "tokio")]
#[test]
fn a_handler_that_uses_tokio_runs_without_its_transport() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let sleep = |monitor: Monitor| {
        let client = monitor.in_process::<Untyped>().expect("a session");
        client.execute_raw("sleep", &Any::Null)
    };
    assert!(sleep(Monitor::builder(sleeper::Sleeper).build()).is_err(), "it panics outside of a runtime");
    let monitor = Monitor::builder(sleeper::Sleeper).runtime(runtime.handle().clone()).build();
    assert_eq!(sleep(monitor).expect("answers"), json!({}));
}
