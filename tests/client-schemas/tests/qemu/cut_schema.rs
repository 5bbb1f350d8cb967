//! A client of QEMU's schema with pieces cut out (see `build/cut.rs`): the rest works with any QEMU, and the client
//! keeps the peer's unknown values and events as `Unknown`, and ignores unknown members.

use crate::{NONE, connect, panic_disk, with_each};
use qapi_client_tests::driver::Driver;
use qapi_client_tests::qemu_cut::{self as qemu, command};

type Client = Driver<qemu::Schema>;

#[test]
fn values_events_and_members_that_are_not_known() {
    with_each(NONE, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        let status = client.execute(command::QueryStatus::new()).expect("a status").status;
        assert_eq!(status, qemu::RunState::Unknown("prelaunch".into()));
        let mut events = client.events();
        client.execute(command::Cont::new()).expect("it goes on");
        let event = events.next().expect("an event").expect("it decodes");
        let qemu::Event::Unknown(event) = &event.event else { panic!("{event:?}") };
        assert_eq!((&event.name[..], event.data.to_string()), ("RESUME", "{}".into()));
        let status = client.execute(command::QueryStatus::new()).expect("a status").status;
        assert_eq!(status, qemu::RunState::Running);

        let null = qemu::BlockdevOptionsNull::new().size(65536);
        client.execute(command::BlockdevAdd::null_co(null).node_name("n0")).expect("a node");
        let nodes = client.execute(command::QueryNamedBlockNodes::new()).expect("without two members");
        assert_eq!(nodes[0].node_name.as_deref(), Some("n0"));
    });
}

#[test]
fn a_branch_that_is_not_known() {
    with_each(&["-machine", "pc", "-vga", "none"], |qemu, kind| {
        let client: Client = connect(qemu, kind);
        let processors = client.execute(command::QueryCpusFast::new()).expect("a list");
        let qemu::CpuInfoFastBranch::Unknown(branch) = &processors[0].target else {
            panic!("{processors:?}")
        };
        assert_eq!((&branch.kind[..], processors[0].cpu_index), ("x86_64", 0));
    });
}

#[test]
fn a_value_in_an_event_that_is_known() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = folder.path().join("panic.img");
    std::fs::write(&disk, panic_disk()).expect("a file");
    let disk = format!("file={},format=raw,if=ide", disk.display());
    let arguments = ["-machine", "pc", "-vga", "none", "-net", "none", "-device", "pvpanic", "-drive", &disk];
    with_each(&arguments, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        let mut events = client.events();
        client.execute(command::SetAction::new().panic(qemu::PanicAction::Pause)).expect("it takes it");
        client.execute(command::Cont::new()).expect("it goes on");
        let panicked = events.find_map(|event| match event.expect("it decodes").event {
            qemu::Event::GuestPanicked(event) => Some(event),
            _ => None,
        });
        let action = panicked.expect("the guest panics").action;
        assert_eq!(action, qemu::GuestPanicAction::Unknown("pause".into()));
        let status = client.execute(command::QueryStatus::new()).expect("a status").status;
        assert_eq!(status.to_string(), "guest-panicked");
    });
}
