//! Many clients in one process: what `cargo xtask bench client` measures.

use crate::newer;
use crate::newer::command::{Melt, QueryJobs, Start};
use qapi_runtime::client::tokio::Client;
use qapi_runtime::transport::tokio::Listener;
use qapi_runtime::{Context, Monitor, Result};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Handlers that do nothing.
#[derive(Debug)]
pub struct Idle;

impl newer::newer::Commands for Idle {
    fn query_jobs(&self, _: &Context<'_>, _: QueryJobs) -> Result<Vec<newer::Job>> {
        Ok(Vec::new())
    }

    fn start(&self, _: &Context<'_>, _: Start) -> Result<()> {
        Ok(())
    }

    fn melt(&self, _: &Context<'_>, _: Melt) -> Result<()> {
        Ok(())
    }
}

impl qapi_runtime::control::Commands for Idle {
    fn quit(&self, _: &Context<'_>, _: qapi_runtime::control::command::Quit) -> Result<()> {
        Ok(())
    }
}

/// How long it took, and how much memory, for clients and servers together.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// Until all clients were connected.
    pub connecting: Duration,
    /// Until each had the replies to its calls, all at the same time.
    pub calling: Duration,
    /// How many bytes of memory the process held more than before, with all clients connected; 0 where it cannot be told.
    pub memory: u64,
}

/// Connects `clients` clients to as many servers, each with a socket of its own in `folder`, and has each make `calls` calls.
///
/// # Errors
///
/// A socket, a connection or a call failed.
pub async fn run(
    clients: usize,
    calls: usize,
    folder: &Path,
) -> std::result::Result<Outcome, Box<dyn std::error::Error + Send + Sync>> {
    let monitor = Monitor::builder(newer::Dispatcher::new(Arc::new(Idle))).build();
    let mut servers = Vec::with_capacity(clients);
    for index in 0..clients {
        servers.push(Listener::unix(folder.join(index.to_string()))?.serve(&monitor)?);
    }
    let before = memory();
    let start = Instant::now();
    let mut connected = Vec::with_capacity(clients);
    for index in 0..clients {
        connected.push(Client::<newer::Schema>::connect_unix(folder.join(index.to_string())).await?);
    }
    let connecting = start.elapsed();
    let memory = memory().saturating_sub(before);
    let start = Instant::now();
    let tasks: Vec<_> = connected
        .iter()
        .map(|client| {
            let client = client.clone();
            tokio::spawn(async move {
                for _ in 0..calls {
                    client.execute(QueryJobs::new()).await?;
                }
                Ok::<_, qapi_runtime::client::CommandError>(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    Ok(Outcome { connecting, calling: start.elapsed(), memory })
}

/// The memory that the process holds.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}
