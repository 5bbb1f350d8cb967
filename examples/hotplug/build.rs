//! Compiles what QEMU has told of itself for a client, as far as this program uses it.

use qapi_gen::Builder;

fn main() -> Result<(), qapi_gen::Error> {
    Builder::new()
        .client(true)
        .only(["blockdev-add", "blockdev-backup", "blockdev-del", "migrate", "migrate-incoming"])
        .only(["query-status"])
        .compile("qemu.json")?;
    Builder::new().only(["scsi-hd"]).compile_devices(["devices.json"], [] as [&str; 0])
}
