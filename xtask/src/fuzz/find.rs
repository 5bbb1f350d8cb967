//! What workers leave behind.

use crate::{Failure, workspace};
use std::fs;
use std::path::{Path, PathBuf};

/// An input that does what none may.
pub(super) struct Found {
    pub(super) bytes: Vec<u8>,
    pub(super) reason: String,
}

impl Found {
    /// Whether two were found for the same reason, as far as one can tell.
    pub(super) fn is_like(&self, other: &Found) -> bool {
        kind(&self.reason) == kind(&other.reason)
    }

    /// Writes it into the corpus.
    pub(super) fn save(&self, target: &str) -> Result<PathBuf, Failure> {
        let folder = corpus(target);
        fs::create_dir_all(&folder)?;
        let kind = self.reason.split([' ', '(']).next().unwrap_or("found");
        let path = folder.join(format!("{kind}-{:016x}", digest(&self.bytes)));
        fs::write(&path, &self.bytes)?;
        Ok(path)
    }
}

/// What a reason says without the values that the input brought: for a panic its place.
pub(super) fn kind(reason: &str) -> &str {
    match reason.strip_prefix("panic ") {
        Some(panic) => panic.split(": ").next().unwrap_or(panic),
        None => reason,
    }
}

/// The panics that a worker wrote down, and what it was at when it died.
pub(super) fn collect(state: &Path, end: Option<String>) -> Result<Vec<Found>, Failure> {
    let mut all = Vec::new();
    for entry in fs::read_dir(state.join("found")).into_iter().flatten() {
        let bytes = fs::read(entry?.path())?;
        all.push(Found { reason: format!("panic {:016x}", digest(&bytes)), bytes });
    }
    if let Some(reason) = end {
        // The input's length in eight bytes, the input, and what is left of longer ones.
        let current = fs::read(state.join("current"))?;
        let (length, rest) = current.split_first_chunk().ok_or("the worker died before it began")?;
        let length = usize::try_from(u64::from_le_bytes(*length))?;
        all.push(Found { bytes: rest[..length.min(rest.len())].to_vec(), reason });
    }
    Ok(all)
}

/// Puts the shortest inputs of the pool into the corpus, up to a number.
pub(super) fn keep(target: &str, state: &Path, most: usize) -> Result<(), Failure> {
    let mut pool = Vec::new();
    for entry in fs::read_dir(state.join("pool")).into_iter().flatten() {
        pool.push(fs::read(entry?.path())?);
    }
    pool.sort_by_key(|bytes| (bytes.len(), digest(bytes)));
    let folder = corpus(target);
    fs::create_dir_all(&folder)?;
    for bytes in pool.iter().filter(|bytes| bytes.len() <= 4096).take(most) {
        fs::write(folder.join(format!("{:016x}", digest(bytes))), bytes)?;
    }
    Ok(())
}

fn corpus(target: &str) -> PathBuf {
    workspace::root().join("fuzz/corpus").join(target)
}

/// FNV-1a: the same name for the same bytes, on every machine.
fn digest(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
