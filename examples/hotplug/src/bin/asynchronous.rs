//! Starts a QEMU, plugs a disk, copies it by a job, migrates to a second QEMU, unplugs the disk there, and outlives that
//! QEMU: as `src/main.rs`, on tokio.
//!
//! `README.md` has the commands that build and run it.

use devices::ScsiHd;
use qapi::{BlockdevAddFile, BlockdevBackupSync as Sync, Schema, command};
use qapi_runtime::client::Options;
use qapi_runtime::client::asynchronous::Process;
use qapi_runtime::client::operation::{Job, Migration, Plug, Power};
use qapi_runtime::client::process::Starting;
use std::error::Error;
use std::fs::File;
use std::path::absolute;
use std::process::Command;
use std::time::Duration;

qapi_runtime::include_schema!(
    /// The interface of your QEMU.
    pub mod qapi = "qemu"
);
qapi_runtime::include_schema!(
    /// Its devices.
    pub mod devices = "devices"
);

/// How long the machine may take for each step.
const LIMIT: Duration = Duration::from_secs(60);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [program, image, copy] = &arguments[..] else {
        return Err("usage: asynchronous QEMU IMAGE COPY".into());
    };
    let source = start(program, &[]).await?;
    let plugged = source.client().run(disk(image)?, LIMIT).await?;
    println!("plugged {} into QEMU {}", plugged.id(), source.client().greeting().version);

    File::create(copy)?.set_len(std::fs::metadata(image)?.len())?;
    source.client().execute(node("copy0", copy)?).await?;
    let backup = command::BlockdevBackup::new("disk0", Sync::Full, "copy0").job_id("job0");
    let mut job = source.client().start(Job::new("job0", backup), LIMIT).await?;
    while let Some(progress) = job.progress().await? {
        println!("job0: {progress}");
    }
    source.client().execute(command::BlockdevDel::new("copy0")).await?;

    let target = start(program, &["-incoming", "defer"]).await?;
    target.client().run(disk(image)?, LIMIT).await?;
    let uri = format!("unix:{}.migration", absolute(copy)?.display());
    target.client().execute(command::MigrateIncoming::new().uri(&uri)).await?;
    source.client().run(Migration::new(command::Migrate::new().uri(&uri)), LIMIT).await?;
    source.client().run(Power::Quit, LIMIT).await?;
    println!("migrated; the source ended: {}", source.wait(LIMIT).await?);

    target.client().run(plugged.unplug(), LIMIT).await?;
    target.kill()?;
    if let Err(error) = target.client().execute(command::QueryStatus::new()).await {
        println!("outlived the target: {}", target.explain(error).await);
    }
    Ok(())
}

async fn start(program: &str, options: &[&str]) -> Result<Process<Schema>, Box<dyn Error>> {
    let mut command = Command::new(program);
    command.args(["-nodefaults", "-display", "none", "-device", "virtio-scsi-pci"]).args(options);
    Ok(Process::start(Starting::qemu(command), &Options::new()).await?)
}

/// A disk with its block node.
fn disk(image: &str) -> Result<Plug<Schema>, Box<dyn Error>> {
    Ok(Plug::new(ScsiHd::new().id("disk0").drive("disk0")).backend(node("disk0", image)?))
}

/// QEMU may run in another folder than we.
fn node(name: &str, image: &str) -> std::io::Result<command::BlockdevAdd> {
    let file = BlockdevAddFile::new(absolute(image)?.to_string_lossy());
    Ok(command::BlockdevAdd::file(file).node_name(name))
}
