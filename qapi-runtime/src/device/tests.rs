use super::*;
use crate::Mode;
use crate::json::Value;
use serde_json::json;

const QUEUES: Property<u16> = Property::new("num-queues");
const ADDR: Property<PciAddress> = Property::new("addr");
const SERIAL: Property<String> = Property::new("serial");

fn with<T>(text: &str, read: impl FnOnce(Input<'_>) -> Result<T>) -> Result<T> {
    let value: Value<'_> = crate::json::parse(text).expect("valid JSON");
    read(Input::new(&value, Mode::Strict))
}

/// As generated code has it.
#[derive(Clone, Debug, PartialEq)]
struct VirtioBlkPci(Device);
crate::__device!(VirtioBlkPci, "virtio-blk-pci");

#[test]
fn a_device_is_the_command_that_adds_it() {
    let address = PciAddress::new(30, 7).expect("an address");
    let disk = VirtioBlkPci::new().id("disk1").bus("pci.0").set(QUEUES, 4_u8).set(ADDR, address);
    let disk = disk.set(SERIAL, "S1");
    let text = disk.to_json().expect("JSON");
    assert_eq!(
        text,
        r#"{"driver": "virtio-blk-pci", "addr": "1e.7", "bus": "pci.0", "id": "disk1", "num-queues": 4, "serial": "S1"}"#
    );
    assert_eq!(VirtioBlkPci::NAME, "device_add");
    assert_eq!(with(&text, VirtioBlkPci::decode).expect("the same device"), disk);
    assert_eq!(with(&text, Device::decode).expect("the same device"), Device::from(disk));
}

#[test]
fn a_device_of_another_driver_is_refused() {
    let error = with(r#"{"driver": "e1000"}"#, VirtioBlkPci::decode).expect_err("another driver");
    assert_eq!(error.to_string(), "this is a device of driver 'e1000', not 'virtio-blk-pci'");
    let error = with("{}", VirtioBlkPci::decode).expect_err("no driver");
    assert_eq!(error.to_string(), "a device has a driver");
}

#[test]
fn members_of_an_object_go_along() {
    let props = json!({ "socket-id": 1, "core-id": 0 });
    let cpu = Device::new("cpu").with_members(&props).expect("an object");
    assert_eq!(cpu.to_json().expect("JSON"), r#"{"driver": "cpu", "core-id": 0, "socket-id": 1}"#);
    for wrong in [json!(1), json!({ "driver": "other" })] {
        assert!(Device::new("cpu").with_members(&wrong).is_err(), "{wrong}");
    }
}

#[test]
fn addresses_are_hexadecimal() {
    for (text, slot, function) in [("06.0", 6, 0), ("6", 6, 0), ("1f.7", 31, 7), ("10", 16, 0)] {
        let address: PciAddress = text.parse().expect("an address");
        assert_eq!((address.slot(), address.function()), (slot, function), "{text}");
    }
    for text in ["", ".", "20", "1.8", "1.", "+1", "0x1", "1.0.0", "g"] {
        assert!(text.parse::<PciAddress>().is_err(), "{text}");
    }
    assert!(PciAddress::new(32, 0).is_err());
    assert!(PciAddress::new(0, 8).is_err());
}

#[test]
fn addresses_are_numbers_in_the_answer_of_qom_get() {
    let address = PciAddress::new(5, 1).expect("an address");
    assert_eq!(with("41", PciAddress::decode).expect("an address"), address);
    assert_eq!(with("\"05.1\"", PciAddress::decode).expect("an address"), address);
    assert!(with("-1", PciAddress::decode).is_err());
    assert!(with("256", PciAddress::decode).is_err());
}

#[test]
fn properties_of_live_objects_are_asked_for_and_set() {
    let get = encode(&QUEUES.get("/machine/peripheral/disk1"), Policy::ACCEPT).expect("JSON");
    assert_eq!(get, br#"{"path": "/machine/peripheral/disk1", "property": "num-queues"}"#);
    let set = SERIAL.set("/machine/peripheral/disk1", "S2");
    let text = encode(&set, Policy::ACCEPT).expect("JSON");
    assert_eq!(text, br#"{"path": "/machine/peripheral/disk1", "property": "serial", "value": "S2"}"#);
    let text = String::from_utf8(text).expect("text");
    assert_eq!(with(&text, QomSet::decode).expect("the same command"), set);
    assert!(with(&text, QomGet::<u16>::decode).is_err(), "a value is unexpected");
}
