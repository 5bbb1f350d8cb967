//! Descriptors that were sent with a command.

use crate::sync::{Mutex, lock};
use std::collections::VecDeque;
use std::sync::Arc;

/// A file descriptor that a client has sent. Only Unix sockets carry them.
#[cfg(unix)]
pub type File = std::os::fd::OwnedFd;
/// A file descriptor that a client has sent. There are none on this platform.
#[cfg(not(unix))]
pub type File = std::convert::Infallible;

/// The descriptors that were sent with a command. Clones share them: each descriptor can be taken once.
#[derive(Clone, Debug, Default)]
pub struct Files(Option<Arc<Mutex<VecDeque<File>>>>);

impl Files {
    /// Wraps these descriptors.
    #[must_use]
    pub fn new(files: Vec<File>) -> Files {
        if files.is_empty() { Files(None) } else { Files(Some(Arc::new(Mutex::new(files.into())))) }
    }

    /// Takes the first remaining descriptor.
    #[must_use]
    pub fn take(&self) -> Option<File> {
        self.0.as_ref().and_then(|files| lock(files).pop_front())
    }

    /// Takes all remaining descriptors.
    #[must_use]
    pub fn take_all(&self) -> Vec<File> {
        self.0.as_ref().map(|files| lock(files).drain(..).collect()).unwrap_or_default()
    }

    /// How many descriptors remain.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |files| lock(files).len())
    }

    /// Whether no descriptor remains.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
