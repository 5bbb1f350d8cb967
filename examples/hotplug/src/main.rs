//! Plugs a disk into a running QEMU, copies the disk by a job, and unplugs it. The only schema that it needs is the one
//! that your QEMU answers with.
//!
//! In this folder, start a machine with a SCSI bus, import the schema from it, and run the program:
//!
//! ```sh
//! qemu-system-x86_64 -nodefaults -display none -daemonize -pidfile qemu.pid \
//!     -device virtio-scsi-pci -qmp unix:qmp.sock,server=on,wait=off
//! cargo run --manifest-path ../../Cargo.toml -p qapi-gen -- import --live qmp.sock -o qemu.json
//! truncate -s 64M disk.img
//! cargo run -- qmp.sock disk.img copy.img
//! kill $(cat qemu.pid)
//! ```

mod disk;
mod job;

use qapi_runtime::client::blocking::Client;
use std::error::Error;
use std::fs::File;
use std::process::ExitCode;
use std::time::Duration;

qapi_runtime::include_schema!(
    /// The interface of the QEMU from which `qemu.json` was imported.
    pub mod qapi = "qemu"
);

/// How long the machine may take for each step.
const LIMIT: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [socket, image, copy] = &arguments[..] else {
        eprintln!("usage: hotplug SOCKET IMAGE COPY");
        return ExitCode::from(2);
    };
    match run(socket, image, copy) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hotplug: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(socket: &str, image: &str, copy: &str) -> Result<(), Box<dyn Error>> {
    let client = Client::connect_unix(socket)?;
    println!("connected to QEMU {}", client.greeting().version);

    disk::plug(&client, "disk0", image)?;
    println!("plugged {image}");
    File::create(copy)?.set_len(std::fs::metadata(image)?.len())?;
    disk::open(&client, "copy0", copy)?;
    job::copy(&client, "job0", "disk0", "copy0")?;
    disk::close(&client, "copy0")?;
    println!("copied it to {copy}");
    disk::unplug(&client, "disk0")?;
    println!("unplugged it");
    Ok(())
}
