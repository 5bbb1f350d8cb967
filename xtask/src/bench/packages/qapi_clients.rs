//! Many clients of the crate `qapi`, for comparison with ours.

use qapi::futures::QmpStreamTokio;
use qapi::qmp::query_version;
use std::error::Error;
use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [_, folder, clients, calls] = &arguments[..] else {
        return Err("see the code for the arguments".into());
    };
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(run(Path::new(folder), clients.parse()?, calls.parse()?))
}

async fn run(folder: &Path, clients: usize, calls: usize) -> Result<(), Box<dyn Error + Send + Sync>> {
    let before = memory();
    let start = Instant::now();
    let mut connected = Vec::with_capacity(clients);
    for number in 0..clients {
        let stream = QmpStreamTokio::open_uds(folder.join(number.to_string())).await?;
        connected.push(stream.negotiate().await?.spawn_tokio());
    }
    let (connecting, memory) = (start.elapsed(), memory().saturating_sub(before));
    let start = Instant::now();
    let tasks: Vec<_> = connected
        .into_iter()
        .map(|(service, _)| {
            tokio::spawn(async move {
                for _ in 0..calls {
                    service.execute(query_version {}).await?;
                }
                Ok::<_, qapi::ExecuteError>(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    println!("{} {} {memory}", connecting.as_secs_f64(), start.elapsed().as_secs_f64());
    Ok(())
}

/// The memory that the process holds, in bytes.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()).unwrap_or_default()
        * 1024
}
