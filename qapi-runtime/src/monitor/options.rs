//! What may differ between the listeners of a monitor.

use crate::access::Access;
use crate::dialect::Dialect;

/// How a session is to be: what may differ between the listeners of a monitor.
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
    /// A session that speaks QMP, each message on a line, whose client may do everything.
    #[must_use]
    pub fn new() -> SessionOptions {
        SessionOptions::default()
    }

    /// The same with output on several lines, for people, or not.
    #[must_use]
    pub fn pretty(mut self, pretty: bool) -> SessionOptions {
        self.pretty = pretty;
        self
    }

    /// The same in another dialect.
    #[must_use]
    pub fn dialect(mut self, dialect: Dialect) -> SessionOptions {
        self.dialect = dialect;
        self
    }

    /// The same with what the client may do.
    #[must_use]
    pub fn access(mut self, access: Access) -> SessionOptions {
        self.access = access;
        self
    }

    /// The same with what logs, handlers and hooks call the way by which the client comes.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> SessionOptions {
        self.name = Some(name.into());
        self
    }
}
