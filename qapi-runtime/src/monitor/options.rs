//! Options that may differ between the listeners of a monitor.

use crate::access::Access;
use crate::dialect::Dialect;

/// Options of a session, which may differ between the listeners of a monitor.
///
/// ```
/// use qapi_runtime::access::Access;
/// use qapi_runtime::monitor::SessionOptions;
///
/// let options = SessionOptions::new().access(Access::read_only()).name("guests");
/// ```
#[derive(Clone, Debug, Default)]
pub struct SessionOptions {
    pub(crate) pretty: bool,
    pub(crate) dialect: Dialect,
    pub(crate) access: Access,
    pub(crate) name: Option<String>,
}

impl SessionOptions {
    /// The defaults: QMP with one message per line, and full access.
    #[must_use]
    pub fn new() -> SessionOptions {
        SessionOptions::default()
    }

    /// Sets whether output is indented over several lines, for people to read.
    #[must_use]
    pub fn pretty(mut self, pretty: bool) -> SessionOptions {
        self.pretty = pretty;
        self
    }

    /// Sets the dialect.
    #[must_use]
    pub fn dialect(mut self, dialect: Dialect) -> SessionOptions {
        self.dialect = dialect;
        self
    }

    /// Sets what the client may do.
    #[must_use]
    pub fn access(mut self, access: Access) -> SessionOptions {
        self.access = access;
        self
    }

    /// Sets the listener's name, as logs, handlers and hooks see it.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> SessionOptions {
        self.name = Some(name.into());
        self
    }
}
