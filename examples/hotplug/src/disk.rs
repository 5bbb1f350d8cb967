//! Disks of the running machine.

use crate::LIMIT;
use crate::qapi::{
    BlockdevAddArguments, BlockdevAddArgumentsBranch as Branch, BlockdevAddFile, Schema, command, event,
};
use qapi_runtime::client::blocking::Client;
use std::error::Error;

/// Opens an image file as the block node `node`.
pub fn open(client: &Client<Schema>, node: &str, image: &str) -> Result<(), Box<dyn Error>> {
    // QEMU may run in another folder.
    let path = std::path::absolute(image)?;
    let file = BlockdevAddFile::new(path.to_string_lossy());
    let node = BlockdevAddArguments::new(Branch::File(file)).node_name(node);
    client.execute(command::BlockdevAdd(node))?;
    Ok(())
}

/// Closes a block node.
pub fn close(client: &Client<Schema>, node: &str) -> Result<(), Box<dyn Error>> {
    client.execute(command::BlockdevDel::new(node))?;
    Ok(())
}

/// Plugs in a disk, whose block node and device are called `name`.
pub fn plug(client: &Client<Schema>, name: &str, image: &str) -> Result<(), Box<dyn Error>> {
    open(client, name, image)?;
    let mut device = command::DeviceAdd::new("scsi-hd").id(name);
    // Properties of the device. QEMU's answer does not describe them, since each driver has its own.
    device.rest.insert("drive", name.to_owned());
    client.execute(device)?;
    Ok(())
}

/// Unplugs a disk. The device is gone when QEMU says so, which is after the reply to `device_del`.
pub fn unplug(client: &Client<Schema>, name: &str) -> Result<(), Box<dyn Error>> {
    let is_this = |event: &event::DeviceDeleted| event.device.as_deref() == Some(name);
    client.with_timeout(LIMIT).execute_and_wait(command::DeviceDel::new(name), is_this)?;
    close(client, name)
}
