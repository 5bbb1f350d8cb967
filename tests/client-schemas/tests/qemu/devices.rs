//! Typed devices in a real QEMU: added, placed, asked for their properties; and CPUs with members of an answer.

use crate::{connect, programs, with_each};
use qapi_client_tests::devices::{Floppy, FloppyDriveType, VirtioRngPci};
use qapi_client_tests::driver::{Driver, Kind};
use qapi_runtime::client::Untyped;
use qapi_runtime::device::{Device, PciAddress, Property};
use qapi_test_support::server::Server;
use serde_json::{Value, json};

#[test]
fn a_device_is_added_where_the_address_says_and_has_its_properties() {
    with_each(&["-nodefaults", "-machine", "pc"], |qemu, kind| {
        let client: Driver<Untyped> = connect(qemu, kind);
        let address = PciAddress::new(30, 0).expect("an address");
        let rng = VirtioRngPci::new().id("rng0").bus("pci.0").addr(address).max_bytes(4096).period(1000);
        client.execute(rng).expect("it is added");
        let path = "/machine/peripheral/rng0";
        assert_eq!(client.execute(VirtioRngPci::ADDR.get(path)).expect("an address"), address);
        assert_eq!(client.execute(VirtioRngPci::MAX_BYTES.get(path)).expect("a number"), 4096);
        assert!(!client.execute(VirtioRngPci::MULTIFUNCTION.get(path)).expect("a truth value"));
        // A property with an effect on a live object; those of a driver cannot be set once it is realized.
        let backend = client.execute_raw(
            "object-add",
            json!({ "qom-type": "memory-backend-ram", "id": "ram0", "size": 4096 }),
        );
        backend.expect("a backend");
        const PREALLOC: Property<bool> = Property::new("prealloc");
        client.execute(PREALLOC.set("/objects/ram0", true)).expect("it is set");
        assert!(client.execute(PREALLOC.get("/objects/ram0")).expect("a truth value"));
        let refused = client.execute(VirtioRngPci::MAX_BYTES.set(path, 1_u64)).expect_err("it is realized");
        let refused = refused.refusal().map(ToString::to_string).unwrap_or_default();
        assert!(refused.contains("after it was realized"), "{refused}");
    });
}

#[test]
fn a_cpu_is_added_with_the_members_of_the_answer() {
    with_each(&["-nodefaults", "-machine", "q35", "-smp", "1,maxcpus=2"], |qemu, kind| {
        let client: Driver<Untyped> = connect(qemu, kind);
        let places = client.execute_raw("query-hotpluggable-cpus", Value::Null).expect("an answer");
        let free = |place: &&Value| place.get("qom-path").is_none();
        let place = places.as_array().into_iter().flatten().find(free).expect("a place for a CPU");
        let driver = place["type"].as_str().expect("a driver").to_owned();
        let cpu = Device::new(driver).id("cpu1").with_members(&place["props"]).expect("an object");
        client.execute(cpu).expect("it is added");
        let places = client.execute_raw("query-hotpluggable-cpus", Value::Null).expect("an answer");
        assert!(!places.as_array().into_iter().flatten().any(|place| free(&place)), "{places}");
    });
}

#[test]
fn the_command_line_takes_the_same_device() {
    for program in programs() {
        let floppy = Floppy::new().id("a").unit(0).drive_type(FloppyDriveType::_288);
        let device = floppy.to_json().expect("JSON");
        let arguments = ["-S", "-nodefaults", "-machine", "pc", "-device", &device];
        let mut qemu = Server::qemu(&program, &arguments);
        let client: Driver<Untyped> = connect(&mut qemu, Kind::Blocking);
        let kind = client.execute(Floppy::DRIVE_TYPE.get("/machine/peripheral/a")).expect("its type");
        assert_eq!(kind, FloppyDriveType::_288);
    }
}
