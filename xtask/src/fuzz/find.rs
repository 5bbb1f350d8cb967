//! The findings of workers.

use crate::{Failure, workspace};
use std::fs;
use std::path::{Path, PathBuf};

/// An input that makes a target fail.
pub(super) struct Found {
    pub(super) bytes: Vec<u8>,
    pub(super) reason: String,
}

impl Found {
    /// Whether two findings probably have the same cause.
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

/// The part of a reason that does not depend on the input: for a panic its place.
pub(super) fn kind(reason: &str) -> &str {
    match reason.strip_prefix("panic ") {
        Some(panic) => panic.split(": ").next().unwrap_or(panic),
        None => reason,
    }
}

/// The panics that a worker recorded, and the input that it was processing when it died.
pub(super) fn collect(state: &Path, end: Option<String>) -> Result<Vec<Found>, Failure> {
    let mut all = Vec::new();
    for entry in fs::read_dir(state.join("found")).into_iter().flatten() {
        let bytes = fs::read(entry?.path())?;
        all.push(Found { reason: format!("panic {:016x}", digest(&bytes)), bytes });
    }
    if let Some(reason) = end {
        // The format: the input's length in eight bytes, the input, and leftovers of longer ones.
        let current = fs::read(state.join("current"))?;
        let (length, rest) = current.split_first_chunk().ok_or("the worker died before it began")?;
        let length = usize::try_from(u64::from_le_bytes(*length))?;
        all.push(Found { bytes: rest[..length.min(rest.len())].to_vec(), reason });
    }
    Ok(all)
}

/// Adds the shortest inputs of the pool to the corpus, up to a number.
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

/// FNV-1a, so that the same bytes have the same name on every machine.
fn digest(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
