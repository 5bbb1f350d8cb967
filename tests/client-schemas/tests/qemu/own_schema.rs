//! A client made from QEMU's own schema of version 10.0.2.

use crate::with_each;
use qapi_client_tests::qemu::{self, command};
use qapi_client_tests::qemu_process::{Qemu, panic_firmware};
use qapi_runtime::Command;
use qapi_runtime::client::{Options, blocking, tokio as asynchronous};
use qapi_test_support::skipped;
use std::fs::{self, File, OpenOptions};
use std::sync::mpsc;
use std::thread;

const NONE: &[&str] = &["-machine", "none"];

fn connect(qemu: &mut Qemu) -> blocking::Client<qemu::Schema> {
    blocking::Client::unix(qemu.connect(), &Options::new()).expect("it connects")
}

fn null_node(name: &str) -> qemu::BlockdevOptions {
    let null = qemu::BlockdevOptionsNull::new().size(65536);
    qemu::BlockdevOptions::new(qemu::BlockdevOptionsBranch::NullCo(null)).node_name(name)
}

#[test]
fn queries() {
    with_each(NONE, |qemu| {
        let client = connect(qemu);
        let status = client.execute(command::QueryStatus::new()).expect("a status");
        assert_eq!((status.status, status.running), (qemu::RunState::Prelaunch, false));
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
    with_each(&["-machine", "pc", "-smp", "2", "-vga", "none"], |qemu| {
        let client = connect(qemu);
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
    with_each(NONE, |qemu| {
        let client = connect(qemu);
        let null =
            qemu::ChardevBackendBranch::Null(qemu::ChardevCommonWrapper::new(qemu::ChardevCommon::new()));
        client.execute(command::ChardevAdd::new("c0", qemu::ChardevBackend::new(null))).expect("a device");
        client.execute(command::ChardevRemove::new("c0")).expect("it goes");
        client.execute(command::ChardevRemove::new("c0")).expect_err("it is gone");

        client.execute(command::BlockdevAdd::from(null_node("n0"))).expect("a node");
        let nodes = client.execute(command::QueryNamedBlockNodes::new().flat(true));
        let peer = client.capabilities().expect("the schema");
        let returned = peer.returns(command::QueryNamedBlockNodes::NAME).expect("a type");
        if returned.member("active").is_some() {
            let nodes = nodes.expect("the nodes");
            assert_eq!(nodes[0].node_name.as_deref(), Some("n0"));
            assert_eq!(nodes[0].drv, "null-co");
        } else {
            // An older peer lacks what the schema promises: the member is named.
            let error = nodes.expect_err("a member is missing").to_string();
            assert!(error.contains("[0].active"), "{error}");
        }
        client.execute(command::BlockdevDel::new("n0")).expect("it goes");

        let thread = qemu::ObjectOptionsBranch::Iothread(qemu::IothreadProperties::new());
        client.execute(command::ObjectAdd::from(qemu::ObjectOptions::new(thread, "io0"))).expect("an object");
        let objects = client.execute(command::QomList::new("/objects")).expect("a list");
        assert!(objects.iter().any(|object| object.name == "io0"), "{objects:?}");

        let file = File::open("/dev/null").expect("it is there");
        client.with_fds([file]).execute(command::Getfd::new("fd0")).expect("it takes a descriptor");
        client.execute(command::Closefd::new("fd0")).expect("it has the descriptor");
    });
}

#[test]
fn stop_and_cont_and_their_events() {
    with_each(NONE, |qemu| {
        let client = connect(qemu);
        let mut events = client.events();
        client.execute(command::Cont::new()).expect("it goes on");
        let event = events.next().expect("an event").expect("it decodes");
        assert!(matches!(event.event, qemu::Event::Resume(_)), "{event:?}");
        assert!(event.timestamp.time().is_some());
        client.execute(command::Stop::new()).expect("it stops");
        let event = events.next().expect("an event").expect("it decodes");
        assert!(matches!(event.event, qemu::Event::Stop(_)), "{event:?}");
        let status = client.execute(command::QueryStatus::new()).expect("a status").status;
        assert_eq!(status, qemu::RunState::Paused);
    });
}

#[test]
fn an_out_of_band_command_overtakes_a_slow_one() {
    with_each(NONE, |qemu| {
        // Reading its configuration, the block driver waits until somebody writes to the pipe.
        let pipe = qemu.folder().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        if !made.is_ok_and(|status| status.success()) {
            skipped("out-of-band commands", "there is no mkfifo");
            return;
        }
        let client = connect(qemu);
        assert!(client.is_out_of_band());
        let (done, result) = mpsc::channel();
        let slow = client.clone();
        let config = pipe.display().to_string();
        thread::spawn(move || {
            let debug = qemu::BlockdevOptionsBlkdebug::new(null_node("below")).config(config);
            let debug = qemu::BlockdevOptions::from(debug).node_name("slow");
            done.send(slow.execute(command::BlockdevAdd::from(debug)))
        });
        // Opening to write waits until the driver has opened to read: from then on the command runs.
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
    let firmware = folder.path().join("panic.bin");
    fs::write(&firmware, panic_firmware()).expect("a file");
    let firmware = firmware.display().to_string();
    let arguments =
        ["-machine", "pc", "-vga", "none", "-net", "none", "-device", "pvpanic", "-bios", &firmware];
    with_each(&arguments, |qemu| {
        let client = connect(qemu);
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
        let status = client.execute(command::QueryStatus::new()).expect("a status").status;
        assert_eq!(status, qemu::RunState::GuestPanicked);
    });
}

#[test]
fn capabilities_by_the_names_of_the_schema() {
    with_each(NONE, |qemu| {
        let client = connect(qemu);
        assert!(client.supports::<command::BlockdevAdd>().expect("an answer"));
        let capabilities = client.capabilities().expect("an answer");
        let is_new = client.greeting().version.major >= 10;
        // Members of branches, nested members, values, and what came with version 10.0.
        assert!(capabilities.has_argument("blockdev-add", "cache.direct"));
        assert!(capabilities.has_argument("blockdev-add", "server.host"));
        assert!(capabilities.has_value("blockdev-add", "driver", "null-co"));
        assert_eq!(capabilities.has_argument("blockdev-add", "active"), is_new);
        assert_eq!(capabilities.supports::<command::BlockdevSetActive>(), is_new);
        assert!(capabilities.has_event("GUEST_PANICKED"));
        assert!(capabilities.data("GUEST_PANICKED").expect("its data").member("action").is_some());
        assert!(capabilities.is_out_of_band("query-yank"));
        assert!(capabilities.returns("query-status").expect("a type").member("running").is_some());
    });
}

#[test]
fn the_same_on_tokio() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    with_each(NONE, |qemu| {
        let socket = qemu.connect();
        runtime.block_on(async {
            socket.set_nonblocking(true).expect("a socket");
            let socket = tokio::net::UnixStream::from_std(socket).expect("a socket");
            let client = asynchronous::Client::<qemu::Schema>::unix(socket, &Options::new()).await;
            let client = client.expect("it connects");
            let mut events = client.events();
            // From many tasks at once, some of which lose interest.
            let calls: Vec<_> = (0..100)
                .map(|index| {
                    let client = client.clone();
                    tokio::spawn(async move {
                        if index % 3 == 0 {
                            let call = client.execute(command::QueryQmpSchema::new());
                            let _ = tokio::time::timeout(std::time::Duration::from_millis(index), call).await;
                        }
                        client.execute(command::QueryStatus::new()).await.expect("a status").running
                    })
                })
                .collect();
            for call in calls {
                assert!(!call.await.expect("no panic"));
            }
            client.execute(command::Cont::new()).await.expect("it goes on");
            let event = events.next().await.expect("an event").expect("it decodes");
            assert!(matches!(event.event, qemu::Event::Resume(_)), "{event:?}");
            let file = File::open("/dev/null").expect("it is there");
            client
                .with_fds([file])
                .execute(command::Getfd::new("fd0"))
                .await
                .expect("a descriptor goes along");
            client.execute_oob(command::QueryYank::new()).await.expect("out-of-band");
            assert!(client.supports::<command::Stop>().await.expect("an answer"));
        });
    });
}
