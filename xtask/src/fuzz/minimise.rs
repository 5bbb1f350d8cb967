//! Minimises a finding: removes parts as long as it fails in the same way.

use super::find::{Found, kind};
use super::worker::Worker;
use crate::Failure;
use std::path::Path;
use std::time::{Duration, Instant};

/// The time limit, after which the smallest input so far is kept.
const TIME: Duration = Duration::from_secs(60);

pub(super) fn minimise(worker: &Worker, target: &str, found: Found, state: &Path) -> Result<Found, Failure> {
    let file = state.join("minimise");
    let fails = |bytes: &[u8]| -> Result<Option<String>, Failure> {
        std::fs::write(&file, bytes)?;
        worker.once(target, &file)
    };
    let Some(reason) = fails(&found.bytes)? else {
        // The failure depends on earlier inputs, or on the load of the machine.
        return Ok(Found { reason: format!("{} (not seen again)", found.reason), ..found });
    };
    let mut best = Found { bytes: found.bytes, reason };
    let started = Instant::now();
    let mut size = best.bytes.len().div_ceil(2);
    while size > 0 {
        let mut at = 0;
        while at < best.bytes.len() {
            if started.elapsed() > TIME {
                return Ok(best);
            }
            let mut shorter = best.bytes.clone();
            shorter.drain(at..(at + size).min(best.bytes.len()));
            match fails(&shorter)? {
                Some(reason) if kind(&reason) == kind(&best.reason) => {
                    best = Found { bytes: shorter, reason }
                }
                _ => at += size,
            }
        }
        size /= 2;
    }
    Ok(best)
}
