//! A job, from its start to its end.

use crate::LIMIT;
use crate::qapi::{
    BlockdevBackupArguments, BlockdevBackupSync, Event, JobStatusChangeStatus, Schema, command,
};
use qapi_runtime::client::blocking::Client;
use std::error::Error;

/// Copies a block node to another one by a job with this `id`. The machine may go on writing to the node.
pub fn copy(client: &Client<Schema>, id: &str, node: &str, target: &str) -> Result<(), Box<dyn Error>> {
    let backup = BlockdevBackupArguments::new(node, BlockdevBackupSync::Full, target)
        .job_id(id)
        // Otherwise the job is gone as soon as it ends, and its error with it.
        .auto_dismiss(false);
    // Before the command, so that no event is missed.
    let mut events = client.events();
    client.execute(command::BlockdevBackup(backup))?;
    loop {
        let Event::JobStatusChange(change) = events.next_within(LIMIT)?.event else { continue };
        if change.id == id {
            println!("job {id}: {}", change.status);
            if change.status == JobStatusChangeStatus::Concluded {
                return conclude(client, id);
            }
        }
    }
}

/// Dismisses a job that has ended. Fails if the job failed.
fn conclude(client: &Client<Schema>, id: &str) -> Result<(), Box<dyn Error>> {
    let jobs = client.execute(command::QueryJobs::new())?;
    client.execute(command::JobDismiss::new(id))?;
    let job = jobs.into_iter().find(|job| job.id == id).ok_or("QEMU has lost the job")?;
    match job.error {
        Some(error) => Err(format!("job {id}: {error}").into()),
        None => Ok(()),
    }
}
