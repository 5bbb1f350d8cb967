//! What an execution may not do: panic, take for ever, eat all memory.

use qapi_fuzz::Target;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The exit codes of a worker that found something. A worker that was killed by a signal found something as well.
pub(crate) const PANIC: i32 = 101;
pub(crate) const HANG: i32 = 102;
pub(crate) const RUNAWAY: i32 = 103;

/// The resident memory that a worker may have.
pub(crate) const MEMORY: u64 = 2 << 30;

/// Watches one execution after the other from a thread of its own.
pub(crate) struct Guard {
    executions: Arc<AtomicU64>,
}

impl Guard {
    /// Ends the process when one execution takes longer than `limit`, or resident memory grows above `memory`.
    pub(crate) fn start(limit: Duration, memory: u64) -> Guard {
        let executions = Arc::new(AtomicU64::new(0));
        let watched = Arc::clone(&executions);
        thread::spawn(move || {
            let mut last = (0, Instant::now());
            loop {
                thread::sleep(Duration::from_millis(50));
                let now = watched.load(Ordering::Relaxed);
                if now != last.0 {
                    last = (now, Instant::now());
                } else if now != 0 && last.1.elapsed() > limit {
                    std::process::exit(HANG);
                }
                if resident().is_some_and(|bytes| bytes > memory) {
                    std::process::exit(RUNAWAY);
                }
            }
        });
        Guard { executions }
    }

    /// No execution is to be watched any more.
    pub(crate) fn end(&self) {
        self.executions.store(0, Ordering::Relaxed);
    }

    /// An execution begins.
    pub(crate) fn begin(&self) -> u64 {
        self.executions.fetch_add(1, Ordering::Relaxed)
    }
}

/// The resident memory of this process, where the system tells.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

/// Runs an input. A panic is an error: its place and message.
pub(crate) fn catch(target: &Target, input: &[u8]) -> Result<Vec<u64>, String> {
    static LAST: Mutex<String> = Mutex::new(String::new());
    static HOOK: std::sync::Once = std::sync::Once::new();
    HOOK.call_once(|| {
        set_hook(Box::new(|info| {
            let place = info.location().map(ToString::to_string).unwrap_or_default();
            let payload = info.payload();
            let message = (payload.downcast_ref::<&str>().copied())
                .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
                .unwrap_or_default();
            *LAST.lock().unwrap_or_else(PoisonError::into_inner) = format!("{place}: {message}");
        }));
    });
    catch_unwind(AssertUnwindSafe(|| (target.run)(input)))
        .map_err(|_| LAST.lock().unwrap_or_else(PoisonError::into_inner).clone())
}
