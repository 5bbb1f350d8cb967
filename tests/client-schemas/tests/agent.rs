//! The guest agent's dialect: against our own server, and against a scripted one.

use qapi_client_tests::agent::{self, command};
use qapi_client_tests::driver::{Driver, both};
use qapi_client_tests::peer::Peer;
use qapi_runtime::client::{CommandError, CommandErrorKind, ConnectError, ConnectErrorKind, Options};
use qapi_runtime::session::Dialect;
use qapi_runtime::transport::threads::Listener;
use qapi_runtime::{Context, Error, Monitor, Result};
use serde_json::json;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread;

struct Guest;

impl agent::agent::Commands for Guest {
    fn guest_sync_delimited(&self, _: &Context<'_>, args: command::GuestSyncDelimited) -> Result<i64> {
        Ok(args.id)
    }

    fn guest_sync(&self, _: &Context<'_>, args: command::GuestSync) -> Result<i64> {
        Ok(args.id)
    }

    fn guest_ping(&self, _: &Context<'_>, _: command::GuestPing) -> Result<()> {
        Ok(())
    }

    fn guest_shutdown(&self, _: &Context<'_>, args: command::GuestShutdown) -> Result<()> {
        match args.mode.as_deref() {
            None | Some("powerdown") => Ok(()),
            Some(_) => Err(Error::generic("no such mode")),
        }
    }

    fn guest_info(&self, _: &Context<'_>, _: command::GuestInfo) -> Result<agent::GuestInfo> {
        let commands = [("guest-ping", true), ("guest-shutdown", false)];
        let commands = commands.map(|(name, enabled)| agent::GuestCommand::new(name, enabled));
        Ok(agent::GuestInfo::new("1.0", commands.to_vec()))
    }
}

#[test]
fn our_own_server() {
    both(|kind| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("agent.sock");
        let monitor = Monitor::builder(agent::Dispatcher::new(Arc::new(Guest))).build();
        let listener = Listener::unix(&path).expect("a socket").dialect(Dialect::Agent);
        let _server = listener.serve(&monitor).expect("it serves");
        let client = Driver::<agent::Schema>::unix(
            kind,
            UnixStream::connect(&path).expect("it listens"),
            &Options::new(),
        )
        .expect("it connects");
        client.execute(command::GuestPing::new()).expect("an answer");
        // The agent does not answer when the command succeeds.
        client.execute(command::GuestShutdown::new()).expect("silence");
        let error = client.execute(command::GuestShutdown::new().mode("halt")).expect_err("it is refused");
        assert!(error.to_string().contains("no such mode"), "{error}");
        assert_eq!(client.execute(command::GuestInfo::new()).expect("an answer").version, "1.0");
        assert!(client.has::<command::GuestPing>().expect("an answer"));
        // The agent lists it as disabled.
        assert!(!client.has::<command::GuestShutdown>().expect("an answer"));
    });
}

#[test]
fn what_an_earlier_client_left_behind_is_passed_over() {
    both(|kind| {
        let (socket, mut peer) = Peer::pair();
        let server = thread::spawn(move || {
            let sync = peer.request();
            assert_eq!(sync["execute"], "guest-sync-delimited");
            // The end of an answer, answers to other synchronisations, and an error about our first byte.
            peer.send_bytes(b"\"half\", \"of\": 1}]}\n{\"return\": 17}\n\xFF{\"return\": 18}\n");
            peer.send(&json!({ "error": { "class": "GenericError", "desc": "JSON parse error, stray" } }));
            let mut answer = vec![0xFF];
            answer.extend_from_slice(json!({ "return": sync["arguments"]["id"] }).to_string().as_bytes());
            peer.send_bytes(&answer);
            let ping = peer.request();
            peer.reply(&ping, json!({}));
        });
        let client = Driver::<agent::Schema>::unix(kind, socket, &Options::new()).expect("it connects");
        client.execute(command::GuestPing::new()).expect("an answer");
        server.join().expect("no panic");
    });
}

#[test]
fn a_monitor_is_no_agent() {
    both(|kind| {
        let (socket, mut peer) = Peer::pair();
        peer.send(&json!({ "QMP": { "version": {}, "capabilities": [] } }));
        let result = Driver::<agent::Schema>::unix(kind, socket, &Options::new());
        let Err(ConnectError { kind: ConnectErrorKind::Gone(reason), .. }) = result else {
            panic!("{result:?}")
        };
        assert!(reason.to_string().contains("no guest agent"), "{reason}");
    });
}

#[test]
fn a_silent_command_that_ends_the_agent_has_succeeded() {
    both(|kind| {
        let (socket, mut peer) = Peer::pair();
        let server = thread::spawn(move || {
            let sync = peer.request();
            peer.send(&json!({ "return": sync["arguments"]["id"] }));
            peer.request();
        });
        let client = Driver::<agent::Schema>::unix(kind, socket, &Options::new()).expect("it connects");
        client.execute(command::GuestShutdown::new()).expect("the guest went down");
        server.join().expect("no panic");
        let error = client.execute(command::GuestPing::new()).expect_err("no agent is there");
        assert!(matches!(error, CommandError { kind: CommandErrorKind::Gone { .. }, .. }), "{error}");
    });
}
