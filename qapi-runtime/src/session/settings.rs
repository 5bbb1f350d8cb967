//! What all sessions of a monitor share.

use crate::json::{Limits, Writer};
use crate::policy::Policy;
use crate::{Tables, Version, introspection};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// Which protocol a session speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// QMP as a virtual machine monitor speaks it.
    #[default]
    Monitor,
    /// As the guest agent speaks it: no greeting, no negotiation, no events, and `guest-sync`.
    Agent,
}

/// What a session has to know of its server. Sessions of one monitor share it; see [`Session::new`](super::Session::new).
///
/// ```
/// use qapi_runtime::{Tables, Version};
/// use qapi_runtime::session::{Session, Settings};
/// use std::sync::Arc;
///
/// static TABLES: Tables = Tables { generation: 1, commands: &[], events: &[], introspection: &[] };
///
/// let settings = Settings::new(&TABLES).version(Version::new(1, 0, 0));
/// let session = Session::new(Arc::new(settings));
/// assert!(session.output().starts_with(b"{\"QMP\": "));
/// ```
#[derive(Clone, Debug)]
pub struct Settings {
    pub(super) tables: &'static Tables,
    pub(super) version: Version,
    pub(super) policy: Policy,
    pub(super) limits: Limits,
    pub(super) dialect: Dialect,
    pub(super) pretty: bool,
    shared: Arc<Shared>,
}

/// What also the settings of a monitor's several listeners share.
#[derive(Debug, Default)]
struct Shared {
    preconfig: AtomicBool,
    commands: OnceLock<Vec<u8>>,
    schema: OnceLock<Vec<u8>>,
}

impl Settings {
    /// Settings for a server with these commands.
    #[must_use]
    pub fn new(tables: &'static Tables) -> Settings {
        Settings {
            tables,
            version: Version::default(),
            policy: Policy::ACCEPT,
            limits: Limits::default(),
            dialect: Dialect::Monitor,
            pretty: false,
            shared: Arc::default(),
        }
    }

    /// The same with a version to tell.
    #[must_use]
    pub fn version(mut self, version: Version) -> Settings {
        self.version = version;
        self
    }

    /// Whether a command may end the process by the policy.
    pub(crate) fn may_crash(&self) -> bool {
        self.policy.may_crash()
    }

    /// The same with a policy. What was rendered under another one is forgotten.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Settings {
        self.policy = policy;
        let preconfig = AtomicBool::new(self.is_preconfig());
        self.shared = Arc::new(Shared { preconfig, ..Shared::default() });
        self
    }

    /// The same with limits for what a client sends.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Settings {
        self.limits = limits;
        self
    }

    /// The same in another dialect.
    #[must_use]
    pub fn dialect(mut self, dialect: Dialect) -> Settings {
        self.dialect = dialect;
        self
    }

    /// The same with output on several lines, for people.
    #[must_use]
    pub fn pretty(mut self, pretty: bool) -> Settings {
        self.pretty = pretty;
        self
    }

    /// Says whether the machine is still being configured. All settings cloned from these are told, too.
    pub fn set_preconfig(&self, preconfig: bool) {
        self.shared.preconfig.store(preconfig, Ordering::Release);
    }

    /// Whether the machine is still being configured, so that most commands are refused.
    #[must_use]
    pub fn is_preconfig(&self) -> bool {
        self.shared.preconfig.load(Ordering::Acquire)
    }

    /// The answer to `query-commands`. The policy hides none.
    pub(super) fn commands_reply(&self) -> &[u8] {
        self.shared.commands.get_or_init(|| {
            let mut out = Writer::new();
            out.open(b'[');
            for (index, spec) in self.tables.commands.iter().enumerate() {
                out.raw(if index == 0 { b"" } else { b", " });
                out.object(|out| out.member("name", spec.name));
            }
            out.raw(b"]");
            out.as_bytes().to_vec()
        })
    }

    /// The answer to `query-qmp-schema`: rendered once, then copied.
    pub(super) fn schema_reply(&self) -> &[u8] {
        self.shared.schema.get_or_init(|| {
            introspection::render(self.tables.introspection, self.policy.hidden()).into_bytes()
        })
    }
}
