//! The machines on which devices are tried: together they have all buses.

use super::outcome::{self, Outcome};
use crate::Failure;
use serde_json::{Map, Value};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Devices with the buses that a PC lacks.
const BUSES: [&str; 10] = [
    "virtio-scsi-pci",
    "virtio-serial-pci",
    "qemu-xhci",
    "usb-ccid",
    "intel-hda",
    "sdhci-pci",
    "nvme-subsys,id=subsystem",
    "nvme,serial=s,subsys=subsystem",
    "pci-bridge,chassis_nr=1",
    "tpci200",
];

/// The machines with what is plugged into them. A device is tried on the next if one has no place for it.
const MACHINES: [(&str, &[&str]); 3] =
    [("pc", &BUSES), ("q35", &["pcie-root-port", "ich9-ahci"]), ("microvm", &[])];

/// Ends QEMU once the machine is there.
const SCRIPT: &[u8] = br#"{"execute": "qmp_capabilities"} {"execute": "quit"}"#;

/// Tries the device on each machine until one has a place for it.
pub(super) fn try_device(program: &Path, members: &Map<String, Value>) -> Result<Outcome, Failure> {
    let device = Value::Object(members.clone()).to_string();
    let mut last = Outcome::NotPluggable;
    for (machine, plugged) in MACHINES {
        let mut command = Command::new(program);
        command.args(["-S", "-nodefaults", "-display", "none", "-qmp", "stdio", "-m", "256"]);
        command.args(["-machine", machine, "-smp", "1,maxcpus=2"]);
        plugged.iter().for_each(|other| {
            command.args(["-device", other]);
        });
        command.args(["-device", &device]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        // A QEMU that refuses the device may be gone already.
        let _ = child.stdin.take().map(|mut input| input.write_all(SCRIPT));
        let output = child.wait_with_output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        last = outcome::judge(output.status.success(), &said, members);
        if last != Outcome::NoPlace {
            break;
        }
    }
    Ok(last)
}
