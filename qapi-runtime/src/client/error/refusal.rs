//! A server's error reply.

use super::errno;
use crate::ErrorClass;
use std::{fmt, io};

/// A server's error reply.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The class, for programs to distinguish errors.
    pub class: ErrorClass,
    /// The description, for people to read.
    pub desc: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.class {
            ErrorClass::GenericError => f.write_str(&self.desc),
            class => write!(f, "{} ({class})", self.desc),
        }
    }
}

impl Refusal {
    /// The system's error that the server met, if its description ends with the text of one, as in `Could not open
    /// 'disk.img': No such file or directory`.
    ///
    /// QMP has no member for it: QEMU appends the text that `strerror` gives. This method looks for the texts of this
    /// platform, so a server whose C library spells them differently, or translates them, gives `None`.
    ///
    /// ```
    /// use qapi_runtime::client::CommandError;
    /// use std::io::ErrorKind;
    ///
    /// fn is_missing(error: &CommandError) -> bool {
    ///     let error = error.refusal().and_then(|refusal| refusal.os_error());
    ///     error.is_some_and(|error| error.kind() == ErrorKind::NotFound)
    /// }
    /// # let _ = is_missing;
    /// ```
    #[must_use]
    pub fn os_error(&self) -> Option<io::Error> {
        errno::at_the_end(&self.desc).map(io::Error::from_raw_os_error)
    }
}
