//! Compiles the imported schema for a client, as far as this program uses it.

fn main() -> Result<(), qapi_gen::Error> {
    qapi_gen::Builder::new()
        .client(true)
        .only(["blockdev-add", "blockdev-backup", "blockdev-del", "device_add", "device_del"])
        .only(["query-jobs", "job-dismiss", "JOB_STATUS_CHANGE", "DEVICE_DELETED"])
        .compile("qemu.json")
}
