//! Many clients in one process, each with a server of its own: what `cargo xtask bench client` measures.

use crate::newer;
use crate::newer::command::{Melt, QueryJobs, Start};
use qapi_runtime::client::{CommandError, Untyped, asynchronous, blocking};
use qapi_runtime::control::command::QueryVersion;
use qapi_runtime::transport::asynchronous::{Handle, Listener};
use qapi_runtime::{Context, Monitor, Result};
use std::path::Path;
use std::sync::Arc;
use std::thread;
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

/// An error on any thread or task.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The times and the memory of a run.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// The time to connect all clients, one after another.
    pub connecting: Duration,
    /// The time until each client had the replies to its calls: one call at a time, all clients at once.
    pub calling: Duration,
    /// The growth of the process's memory in bytes with all clients connected; 0 if the system does not report it.
    pub memory: u64,
}

/// Servers on tokio, each with a socket in `folder` named by its number from 0. They end when the returned value is
/// dropped.
///
/// # Errors
///
/// Fails if a socket cannot be created.
pub fn serve(servers: usize, folder: &Path) -> std::io::Result<Vec<Handle>> {
    let monitor = Monitor::builder(newer::Dispatcher::new(Arc::new(Idle))).build();
    (0..servers).map(|number| Listener::unix(folder.join(number.to_string()))?.serve(&monitor)).collect()
}

/// Connects tokio clients, one to each server in `folder`; each makes `calls` calls.
///
/// # Errors
///
/// Fails if a connection or a call fails.
pub async fn on_tokio(clients: usize, calls: usize, folder: &Path) -> std::result::Result<Outcome, Failure> {
    let before = memory();
    let start = Instant::now();
    let mut connected = Vec::with_capacity(clients);
    for number in 0..clients {
        let path = folder.join(number.to_string());
        connected.push(asynchronous::Client::<Untyped>::connect_unix(path).await?);
    }
    let (connecting, memory) = (start.elapsed(), memory().saturating_sub(before));
    let start = Instant::now();
    let tasks: Vec<_> = connected
        .iter()
        .map(|client| {
            let client = client.clone();
            tokio::spawn(async move {
                for _ in 0..calls {
                    client.execute(QueryVersion::new()).await?;
                }
                Ok::<_, CommandError>(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    Ok(Outcome { connecting, calling: start.elapsed(), memory })
}

/// The same with blocking clients, each called from its own thread.
///
/// # Errors
///
/// Fails if a connection or a call fails.
pub fn blocking(clients: usize, calls: usize, folder: &Path) -> std::result::Result<Outcome, Failure> {
    let before = memory();
    let start = Instant::now();
    let mut connected = Vec::with_capacity(clients);
    for number in 0..clients {
        connected.push(blocking::Client::<Untyped>::connect_unix(folder.join(number.to_string()))?);
    }
    let (connecting, memory) = (start.elapsed(), memory().saturating_sub(before));
    let start = Instant::now();
    let threads: Vec<_> = connected
        .into_iter()
        .map(|client| {
            thread::spawn(move || {
                (0..calls).try_for_each(|_| client.execute(QueryVersion::new()).map(|_| ()))
            })
        })
        .collect();
    for thread in threads {
        thread.join().map_err(|_| "a thread panicked")??;
    }
    Ok(Outcome { connecting, calling: start.elapsed(), memory })
}

/// The process's resident memory.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}
