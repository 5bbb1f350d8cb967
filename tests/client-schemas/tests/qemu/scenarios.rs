//! Scenarios for clients of QEMU's own schema, of version 10.0.2 and of 7.2.

use super::qemu::{self, command};
use crate::{NONE, connect, panic_disk, with_each};
use qapi_client_tests::driver::Driver;
use qapi_runtime::Command;
use qapi_runtime::client::{CommandError, CommandErrorKind};
use qapi_test_support::skipped;
use std::fs::{self, File, OpenOptions};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

type Client = Driver<qemu::Schema>;

/// The status. An older schema still requires a member that a newer QEMU has removed; then the error names the member.
fn status(client: &Client) -> Option<qemu::StatusInfo> {
    match client.execute(command::QueryStatus::new()) {
        Ok(info) => Some(info),
        Err(CommandError { kind: CommandErrorKind::Reply(error), .. }) => {
            let peer = client.capabilities().expect("the schema");
            let returned = peer.returns(command::QueryStatus::NAME).expect("a type");
            assert_eq!(error.path(), "singlestep");
            assert!(returned.member("singlestep").is_none(), "{error}");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

fn null_node(name: &str) -> qemu::BlockdevOptions {
    let null = qemu::BlockdevOptionsNull::new().size(65536);
    qemu::BlockdevOptions::null_co(null).node_name(name)
}

#[test]
fn queries() {
    with_each(NONE, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        if let Some(info) = status(&client) {
            assert_eq!((info.status, info.running), (qemu::RunState::Prelaunch, false));
        }
        let version = client.execute(command::QueryVersion::new()).expect("a version");
        assert!(version.qemu.major >= 7);
        let commands = client.execute(command::QueryCommands::new()).expect("the commands");
        assert!(commands.iter().any(|command| command.name == command::QueryStatus::NAME));
        let schema = client.execute(command::QueryQmpSchema::new()).expect("the schema");
        assert!(schema.len() > 1000, "{}", schema.len());
        let properties = client.execute(command::QomList::new("/")).expect("a list");
        assert!(properties.iter().any(|property| property.name == "machine"), "{properties:?}");
        let text = client.execute(command::HumanMonitorCommand::new("info status")).expect("a text");
        assert!(text.contains("VM status"), "{text}");
    });
}

#[test]
fn processors() {
    with_each(&["-machine", "pc", "-smp", "2", "-vga", "none"], |qemu, kind| {
        let client: Client = connect(qemu, kind);
        let processors = client.execute(command::QueryCpusFast::new()).expect("a list");
        assert_eq!(processors.len(), 2);
        assert!(
            matches!(processors[0].target, qemu::CpuInfoFastBranch::X86_64),
            "{:?}",
            processors[0].target
        );
    });
}

#[test]
fn things_come_and_go() {
    with_each(NONE, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        let null =
            qemu::ChardevBackendBranch::Null(qemu::ChardevCommonWrapper::new(qemu::ChardevCommon::new()));
        client.execute(command::ChardevAdd::new("c0", qemu::ChardevBackend::new(null))).expect("a device");
        client.execute(command::ChardevRemove::new("c0")).expect("it goes");
        client.execute(command::ChardevRemove::new("c0")).expect_err("it is gone");

        client.execute(command::BlockdevAdd::from(null_node("n0"))).expect("a node");
        let nodes = client.execute(command::QueryNamedBlockNodes::new().flat(true));
        match nodes {
            Ok(nodes) => {
                assert_eq!(nodes[0].node_name.as_deref(), Some("n0"));
                assert_eq!(nodes[0].drv, "null-co");
            }
            Err(error) => {
                // A peer older than the schema lacks a required member: the error names it.
                let peer = client.capabilities().expect("the schema");
                let returned = peer.returns(command::QueryNamedBlockNodes::NAME).expect("a type");
                assert!(returned.member("active").is_none(), "{error}");
                let reason = std::error::Error::source(&error).expect("the decoder's reason");
                assert!(reason.to_string().contains("[0].active"), "{error}: {reason}");
            }
        }
        client.execute(command::BlockdevDel::new("n0")).expect("it goes");

        let thread = qemu::ObjectOptionsBranch::Iothread(qemu::IothreadProperties::new());
        client.execute(command::ObjectAdd::from(qemu::ObjectOptions::new(thread, "io0"))).expect("an object");
        let objects = client.execute(command::QomList::new("/objects")).expect("a list");
        assert!(objects.iter().any(|object| object.name == "io0"), "{objects:?}");

        let file = File::open("/dev/null").expect("it is there");
        client.execute_with_fds(vec![&file], command::Getfd::new("fd0")).expect("it takes a descriptor");
        client.execute(command::Closefd::new("fd0")).expect("it has the descriptor");
    });
}

#[test]
fn stop_and_cont_and_their_events() {
    with_each(NONE, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        let mut events = client.events();
        client.execute(command::Cont::new()).expect("it goes on");
        let event = events.next().expect("an event").expect("it decodes");
        assert!(matches!(event.event, qemu::Event::Resume(_)), "{event:?}");
        assert!(event.timestamp.time().is_some());
        client.execute(command::Stop::new()).expect("it stops");
        let event = events.next().expect("an event").expect("it decodes");
        assert!(matches!(event.event, qemu::Event::Stop(_)), "{event:?}");
        assert!(status(&client).is_none_or(|info| info.status == qemu::RunState::Paused));
    });
}

#[test]
fn an_out_of_band_command_overtakes_a_slow_one() {
    with_each(NONE, |qemu, kind| {
        // The block driver reads its configuration from the pipe, and so waits until the test opens and closes it.
        let pipe = qemu.folder().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        if !made.is_ok_and(|status| status.success()) {
            skipped("out-of-band commands", "there is no mkfifo");
            return;
        }
        let client: Client = connect(qemu, kind);
        assert!(client.is_out_of_band());
        let (done, result) = mpsc::channel();
        let slow = client.clone();
        let config = pipe.display().to_string();
        thread::spawn(move || {
            let debug = qemu::BlockdevOptionsBlkdebug::new(null_node("below")).config(config);
            done.send(slow.execute(command::BlockdevAdd::blkdebug(debug).node_name("slow")))
        });
        // Opening for writing blocks until the driver opens for reading: from then on the command runs.
        let writer = OpenOptions::new().write(true).open(&pipe).expect("the pipe");
        client.execute_oob(command::QueryYank::new()).expect("it overtakes");
        assert!(result.try_recv().is_err(), "the slow command still runs");
        drop(writer);
        result.recv().expect("it ends").expect("an empty configuration is one");
    });
}

#[test]
fn a_guest_panics() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = folder.path().join("panic.img");
    fs::write(&disk, panic_disk()).expect("a file");
    let disk = format!("file={},format=raw,if=ide", disk.display());
    let arguments = ["-machine", "pc", "-vga", "none", "-net", "none", "-device", "pvpanic", "-drive", &disk];
    with_each(&arguments, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        let mut events = client.events();
        client
            .execute(command::SetAction::new().panic(qemu::PanicAction::Pause))
            .expect("it takes the action");
        client.execute(command::Cont::new()).expect("it goes on");
        let panicked = events.find_map(|event| match event.expect("it decodes").event {
            qemu::Event::GuestPanicked(event) => Some(event),
            _ => None,
        });
        let panicked = panicked.expect("the guest panics");
        assert_eq!(panicked.action, qemu::GuestPanicAction::Pause);
        assert!(panicked.info.is_none());
        assert!(status(&client).is_none_or(|info| info.status == qemu::RunState::GuestPanicked));
    });
}

#[test]
fn capabilities_by_the_names_of_the_schema() {
    with_each(NONE, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        assert!(client.has::<command::BlockdevAdd>().expect("an answer"));
        let capabilities = client.capabilities().expect("an answer");
        let is_new = client.greeting().version.major >= 10;
        // Members of branches, nested members and values.
        assert!(capabilities.has_argument("blockdev-add", "cache.direct"));
        assert!(capabilities.has_argument("blockdev-add", "server.host"));
        assert!(capabilities.has_value("blockdev-add", "driver", "null-co"));
        // Values by the name of the schema's enumeration; a feature of a branch; additions of version 10.0.
        assert!(capabilities.has_enum_value("BlockdevDriver", "null-co"));
        assert!(!capabilities.has_enum_value("BlockdevDriver", "null-cow"));
        assert!(capabilities.enumeration("NoSuchEnum").is_none());
        let states = capabilities.enumeration("RunState").expect("query-status has it").values();
        assert_eq!(states.len(), qemu::RunState::NAMES.len());
        assert!(states.iter().all(|state| qemu::RunState::NAMES.contains(state)), "{states:?}");
        let file =
            capabilities.arguments("blockdev-add").expect("arguments").branch("file").expect("a branch");
        assert!(file.has_feature("dynamic-auto-read-only") && !file.has_feature("no-such-feature"));
        assert_eq!(capabilities.has_argument("blockdev-add", "active"), is_new);
        assert_eq!(capabilities.has_command("blockdev-set-active"), is_new);
        assert!(capabilities.emits::<qemu::event::GuestPanicked>());
        assert!(capabilities.data("GUEST_PANICKED").expect("its data").member("action").is_some());
        assert!(capabilities.is_out_of_band("query-yank"));
        assert!(capabilities.returns("query-status").expect("a type").member("running").is_some());
    });
}

#[test]
fn many_at_once_some_of_whom_lose_interest() {
    with_each(NONE, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        let mut events = client.events();
        thread::scope(|scope| {
            for index in 0..30 {
                let client = &client;
                scope.spawn(move || {
                    if index % 3 == 0 {
                        let limit = Duration::from_millis(index);
                        let _ = client.execute_within(limit, command::QueryQmpSchema::new());
                    }
                    assert!(!client.execute(command::QueryCommands::new()).expect("a list").is_empty());
                });
            }
        });
        client.execute(command::Cont::new()).expect("it goes on");
        let event = events.next().expect("an event").expect("it decodes");
        assert!(matches!(event.event, qemu::Event::Resume(_)), "{event:?}");
        client.execute_oob(command::QueryYank::new()).expect("out-of-band");
    });
}
