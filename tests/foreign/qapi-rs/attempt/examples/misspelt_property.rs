//! A device with a property that its driver does not have.

use qapi::qmp::device_add;

pub fn device() -> device_add {
    let mut device = device_add::new("virtio-rng-pci", None::<String>, None::<String>, []);
    device.arguments.insert("max-byte".into(), 1.into());
    device
}

fn main() {}
