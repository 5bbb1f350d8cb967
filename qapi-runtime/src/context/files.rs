//! Descriptors that came with a command.

use crate::sync::{Mutex, lock};
use std::collections::VecDeque;
use std::sync::Arc;

/// An open file that a client passed along; only Unix sockets carry them.
#[cfg(unix)]
pub type File = std::os::fd::OwnedFd;
/// An open file that a client passed along; this platform has none.
#[cfg(not(unix))]
pub type File = std::convert::Infallible;

/// The descriptors that came with a command. Clones share them: each descriptor is taken once.
#[derive(Clone, Debug, Default)]
pub struct Files(Option<Arc<Mutex<VecDeque<File>>>>);

impl Files {
    /// These descriptors.
    #[must_use]
    pub fn new(files: Vec<File>) -> Files {
        if files.is_empty() { Files(None) } else { Files(Some(Arc::new(Mutex::new(files.into())))) }
    }

    /// Takes the first one that is left.
    #[must_use]
    pub fn take(&self) -> Option<File> {
        self.0.as_ref().and_then(|files| lock(files).pop_front())
    }

    /// Takes all that are left.
    #[must_use]
    pub fn take_all(&self) -> Vec<File> {
        self.0.as_ref().map(|files| lock(files).drain(..).collect()).unwrap_or_default()
    }

    /// How many are left.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |files| lock(files).len())
    }

    /// Whether none is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
