//! The version of a server.

use std::borrow::Cow;

/// The version in the greeting and in the answer to `query-version`.
///
/// ```
/// use qapi_runtime::Version;
///
/// let version = Version::new(1, 2, 3).package("built by hand");
/// assert_eq!(version.to_string(), "1.2.3 (built by hand)");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Version {
    /// The first part of the number.
    pub major: u32,
    /// The second part.
    pub minor: u32,
    /// The third part.
    pub micro: u32,
    /// The packager's version or note; often empty.
    pub package: Cow<'static, str>,
}

impl Version {
    /// Creates a version without a package text.
    #[must_use]
    pub const fn new(major: u32, minor: u32, micro: u32) -> Version {
        Version { major, minor, micro, package: Cow::Borrowed("") }
    }

    /// Sets the package text.
    #[must_use]
    pub fn package(mut self, package: impl Into<Cow<'static, str>>) -> Version {
        self.package = package.into();
        self
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.micro)?;
        if self.package.is_empty() { Ok(()) } else { write!(f, " ({})", self.package) }
    }
}
