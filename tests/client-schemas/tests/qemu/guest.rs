//! A Linux guest, whose panics and devices a client of this project's schema decides about. `QAPI_GUEST` names its files,
//! which `.ci/install` collects.

use crate::{connect, programs, rounds};
use qapi_client_tests::driver::{Driver, Kind};
use qapi_client_tests::machine::{Event, GuestPanicAction, PanicAction, RunState, Schema, command, event};
use qapi_runtime::Any;
use qapi_runtime::client::AnyEvent;
use qapi_runtime::client::operation::{
    OperationErrorKind, Plug, Power, PowerState, Raw, Resize, UnplugProgress,
};
use qapi_runtime::device::Device;
use qapi_test_support::guest::{self, Guest};
use qapi_test_support::{say, skipped};
use serde_json::json;
use std::time::{Duration, Instant};

type Client = Driver<Schema>;

const LIMIT: Duration = Duration::from_secs(120);

/// A panic, after which the guest boots again if the machine goes on.
const PANIC: &str = "echo c >/proc/sysrq-trigger";
const REBOOTS: &str = "panic=1";

/// Runs the test with a guest of each QEMU. A short run has one client for each, a long one both.
fn with_each_guest(parameters: &str, arguments: &[&str], test: impl Fn(&mut Guest, Client)) {
    let Some(folder) = guest::folder() else {
        skipped("a guest that panics and releases devices", "QAPI_GUEST names no folder");
        return;
    };
    for (index, program) in programs().iter().enumerate() {
        let kinds = Kind::ALL.into_iter().cycle().skip(index);
        for kind in kinds.take(rounds(1).min(2) as usize) {
            let start = Instant::now();
            let mut guest = Guest::start(program, &folder, parameters, arguments);
            let client: Client = connect(guest.server(), kind);
            test(&mut guest, client);
            say(&format!("{}, {kind:?}: {:.1?}", program.display(), start.elapsed()));
        }
    }
}

/// Has the guest panic, and returns what the machine does about it.
fn panic(guest: &mut Guest, client: &Client) -> event::GuestPanicked {
    let mut events = client.events();
    guest.execute(PANIC);
    loop {
        let event = events.next_within(LIMIT).expect("the guest panics");
        if let Event::GuestPanicked(panicked) = event.event {
            return panicked;
        }
    }
}

#[test]
fn the_policy_decides_what_a_panic_does() {
    with_each_guest(REBOOTS, &["-device", "pvpanic"], |guest, client| {
        client.execute(command::SetAction::new().panic(PanicAction::None)).expect("it takes the action");
        guest.boots();
        let mut events = client.events();
        assert_eq!(panic(guest, &client).action, GuestPanicAction::Run);
        // The guest itself decides, and boots again.
        let reset = loop {
            if let Event::Reset(reset) = events.next_within(LIMIT).expect("the guest boots again").event {
                break reset;
            }
        };
        assert!(reset.guest, "{reset:?}");
        guest.boots();

        client.execute(command::SetAction::new().panic(PanicAction::Pause)).expect("it takes the action");
        assert_eq!(panic(guest, &client).action, GuestPanicAction::Pause);
        let status = client.execute(command::QueryStatus::new()).map(|info| (info.running, info.status));
        assert_eq!(status.expect("a status"), (false, RunState::GuestPanicked));
        let state = client.run(Power::Cont, LIMIT).expect("it goes on");
        assert_eq!(state, PowerState::Is("running".into()));
        guest.boots();

        // An action of QEMU's that this project's machine does not have.
        client.execute_raw("set-action", json!({ "panic": "exit-failure" })).expect("it takes the action");
        assert_eq!(panic(guest, &client).action, GuestPanicAction::Poweroff);
        assert_eq!(guest.server().wait(), Some(1));
    });
}

/// Plugs memory that the guest's kernel then uses for itself, which a guest cannot give back.
fn refuses_to_release_its_memory(guest: &mut Guest, client: &Client) {
    guest.execute("echo online_kernel >/sys/devices/system/memory/auto_online_blocks; echo all is ''used");
    guest.says("all is used");
    let memory = json!({ "qom-type": "memory-backend-ram", "id": "ram2", "size": 128 << 20 });
    let device = json!({ "driver": "pc-dimm", "id": "dimm1", "memdev": "ram2" });
    let plug = Plug::new(Raw::new("device_add", device)).backend(Raw::new("object-add", memory));
    let plugged = client.run(plug, LIMIT).expect("it is plugged");
    guest.execute("while ! grep -q Normal /proc/zoneinfo; do usleep 10000; done");
    // What is in a pipe does not move.
    guest.execute(
        "for pipe in 1 2 3 4 5 6 7 8; do cat /dev/zero | sleep 1000 & done; sleep 1; echo pipes are ''full",
    );
    guest.says("pipes are full");
    let error = client.run(plugged.unplug(), LIMIT).expect_err("it is in use");
    assert!(matches!(error.kind, OperationErrorKind::Refused(Some(_))), "{error}");
    assert!(error.to_string().contains("was refused by the guest with status"), "{error}");
}

/// Plugs a processor where the machine has a place for one, and unplugs it: QEMU tells the end without naming the device.
/// Once for each machine: to do it again ends QEMU 10.0.2.
fn releases_a_processor(client: &Client) {
    let places = client.execute_raw("query-hotpluggable-cpus", Any::Null).expect("a list");
    let free = |place: &&Any| place.get("qom-path").is_none();
    let place = places.as_array().and_then(|places| places.iter().find(free)).expect("a free place");
    let driver = place["type"].as_str().expect("a driver").to_owned();
    let processor = Device::new(driver).id("cpu1").with_members(&place["props"]).expect("an object");
    let mut events = client.events();
    let plugged = client.run(Plug::new(processor), LIMIT).expect("it is plugged");
    // The guest has seen it, whether or not its kernel has a place for it.
    while events.next_within(LIMIT).expect("the guest says so").event.name() != "ACPI_DEVICE_OST" {}
    client.run(plugged.unplug(), LIMIT).expect("the guest releases it");
}

#[test]
fn the_guest_releases_what_it_has() {
    let memory = "memory-backend-ram,id=ram1,size=256M";
    let arguments = ["-m", "256M,maxmem=1G,slots=2", "-smp", "1,maxcpus=2", "-object", memory];
    let arguments = [&arguments[..], &["-device", "virtio-mem-pci,id=memory1,memdev=ram1"]].concat();
    with_each_guest("memhp_default_state=online_movable", &arguments, |guest, client| {
        guest.boots();
        for round in 0..3 {
            let id = format!("device{round}");
            let device = Raw::new("device_add", json!({ "driver": "virtio-rng-pci", "id": id, "addr": "8" }));
            let plugged = client.run(Plug::new(device), LIMIT).expect("it is plugged");
            // The guest says when it has seen it: QEMU refuses an earlier request.
            guest.execute(
                "while [ ! -e /sys/bus/pci/devices/0000:00:08.0 ]; do usleep 10000; done; echo is ''seen",
            );
            guest.says("is seen");
            let mut unplug = client.start(plugged.unplug(), LIMIT).expect("the guest is asked");
            let mut seen = Vec::new();
            while let Some(progress) = unplug.progress().expect("the guest releases it") {
                seen.push(progress);
            }
            assert_eq!(seen[0], UnplugProgress::Requested, "{seen:?}");
        }
        for size in [128 << 20, 0] {
            client.run(Resize::new("memory1", size), LIMIT).unwrap_or_else(|error| panic!("{size}: {error}"));
        }
        refuses_to_release_its_memory(guest, &client);
        releases_a_processor(&client);
        let ended = client.run(Power::Powerdown, LIMIT).expect("the guest shuts down");
        assert_eq!(ended, PowerState::Ended);
        assert_eq!(guest.server().wait(), Some(0));
    });
}
