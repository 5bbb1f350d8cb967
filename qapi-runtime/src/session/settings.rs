//! The settings of sessions.

use super::descriptors::LIMIT;
use super::view::{View, Views};
use super::watch::Hook;
use crate::access::{Access, AccessError, Grants};
use crate::clock::Clock;
use crate::codec::Leniency;
use crate::control::QMPCapability;
use crate::dialect::Dialect;
use crate::interceptor::Interceptor;
use crate::json::Limits;
use crate::policy::Policy;
use crate::sync::AtomicBool;
use crate::{Tables, Version};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The settings of a session, for [`Session::new`](super::Session::new). Sessions of one monitor can share them.
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
    pub(crate) dialect: Dialect,
    pub(crate) pretty: bool,
    pub(super) offers_oob: bool,
    pub(super) begins_negotiated: bool,
    pub(super) leniency: Leniency,
    pub(super) descriptors: usize,
    pub(super) hook: Option<Hook>,
    pub(super) view: Arc<View>,
    shared: Arc<Shared>,
}

/// What the settings of all listeners of a monitor share.
#[derive(Debug, Default)]
struct Shared {
    preconfig: AtomicBool,
    views: Views,
}

impl Settings {
    /// Default settings for a server with these commands.
    #[must_use]
    pub fn new(tables: &'static Tables) -> Settings {
        let shared = Arc::<Shared>::default();
        Settings {
            tables,
            version: Version::default(),
            policy: Policy::ACCEPT,
            limits: Limits::default(),
            dialect: Dialect::Monitor,
            pretty: false,
            offers_oob: true,
            begins_negotiated: false,
            leniency: Leniency::STRICT,
            descriptors: LIMIT,
            hook: None,
            view: shared.views.get(None),
            shared,
        }
    }

    /// Sets the version in the greeting and in `query-version`.
    #[must_use]
    pub fn version(mut self, version: Version) -> Settings {
        self.version = version;
        self
    }

    /// Whether the access of these sessions grants the event.
    pub(crate) fn hears(&self, event: &str) -> bool {
        self.view.hears(self.tables, event)
    }

    /// Whether the policy lets a command abort the process.
    pub(crate) fn may_crash(&self) -> bool {
        self.policy.may_crash()
    }

    /// Sets the policy. Replies that were rendered under another policy are discarded.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Settings {
        self.policy = policy;
        let preconfig = AtomicBool::new(self.is_preconfig());
        self.shared = Arc::new(Shared { preconfig, ..Shared::default() });
        self.view = self.shared.views.get_like(&self.view);
        self
    }

    /// Sets the access: what it leaves out does not exist for the session. Default: everything is granted.
    ///
    /// Clones of these settings share rendered replies if their accesses grant the same.
    ///
    /// ```
    /// use qapi_runtime::Tables;
    /// use qapi_runtime::access::Access;
    /// use qapi_runtime::session::Settings;
    ///
    /// static TABLES: Tables = Tables { generation: 1, commands: &[], events: &["STOP"], introspection: &[] };
    ///
    /// let settings = Settings::new(&TABLES);
    /// assert!(settings.clone().access(&Access::read_only().without(["STOP"])).is_ok());
    /// let error = settings.access(&Access::read_only().without(["SOTP"])).unwrap_err();
    /// assert_eq!(error.to_string(), "the schema has no command or event 'SOTP'");
    /// ```
    ///
    /// # Errors
    ///
    /// The access names something that the schema does not have, see [`Access::check`].
    pub fn access(mut self, access: &Access) -> Result<Settings, AccessError> {
        self.view = self.shared.views.get(Grants::new(access, self.tables)?);
        Ok(self)
    }

    /// Sets the limits for what a client sends.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Settings {
        self.limits = limits;
        self
    }

    /// Sets the dialect.
    #[must_use]
    pub fn dialect(mut self, dialect: Dialect) -> Settings {
        self.dialect = dialect;
        self
    }

    /// Sets whether output is indented over several lines, for people to read.
    #[must_use]
    pub fn pretty(mut self, pretty: bool) -> Settings {
        self.pretty = pretty;
        self
    }

    /// Sets the capabilities that the greeting offers. Default: all. A client that enables another one is refused with
    /// a `GenericError` and may try again.
    #[must_use]
    pub fn capabilities(mut self, offered: impl IntoIterator<Item = QMPCapability>) -> Settings {
        self.offers_oob = offered.into_iter().any(|capability| capability == QMPCapability::Oob);
        self
    }

    /// Sets whether sessions skip the negotiation. Default: they do not.
    ///
    /// Such a session sends the greeting, then accepts every command and receives events at once. It never has a
    /// capability, and refuses `qmp_capabilities` like any session that has negotiated.
    #[must_use]
    pub fn begin_negotiated(mut self, yes: bool) -> Settings {
        self.begins_negotiated = yes;
        self
    }

    /// Accepts faults in command arguments that QEMU refuses. Default: none. Faults outside of the arguments, and
    /// values of the wrong type, are still refused.
    #[must_use]
    pub fn leniency(mut self, leniency: Leniency) -> Settings {
        self.leniency = leniency;
        self
    }

    /// Sets how many descriptors may wait in a session for their commands to be completed and taken. Default: 253. With
    /// 0, none are accepted.
    ///
    /// Descriptors beyond the limit are closed at once, and the command that they were sent with is refused with a
    /// `GenericError`, because it would run without them.
    #[must_use]
    pub fn descriptors(mut self, limit: usize) -> Settings {
        self.descriptors = limit;
        self
    }

    /// Sets the interceptor, which is called before and after every command. It replaces an earlier one. Durations are
    /// measured by `clock`.
    #[must_use]
    pub fn interceptor(mut self, interceptor: Arc<dyn Interceptor>, clock: Arc<dyn Clock>) -> Settings {
        self.hook = Some(Hook { interceptor, clock });
        self
    }

    /// Sets whether the machine is still being configured. All clones of these settings share the flag.
    pub fn set_preconfig(&self, preconfig: bool) {
        self.shared.preconfig.store(preconfig, Ordering::Release);
    }

    /// Whether the machine is still being configured, in which case most commands are refused.
    #[must_use]
    pub fn is_preconfig(&self) -> bool {
        self.shared.preconfig.load(Ordering::Acquire)
    }

    /// The answer to `query-commands`: the commands that the access grants. The policy hides none.
    pub(super) fn commands_reply(&self) -> &[u8] {
        self.view.commands_reply(self.tables)
    }

    /// The answer to `query-qmp-schema`, rendered on first use.
    pub(super) fn schema_reply(&self) -> &[u8] {
        self.view.schema_reply(self.tables, self.policy.hidden())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static TABLES: Tables =
        Tables { generation: 1, commands: &[], events: &["STOP", "TICK"], introspection: &[] };

    #[test]
    fn equal_accesses_share_what_is_rendered() {
        let settings = Settings::new(&TABLES);
        let with =
            |settings: &Settings, access: Access| settings.clone().access(&access).expect("known names");
        let quiet = with(&settings, Access::everything().without(["STOP"]));
        // Said in other words it comes to the same.
        let same = with(&quiet, Access::read_only().without(["STOP"]));
        assert!(Arc::ptr_eq(&quiet.view, &same.view));
        assert!(!Arc::ptr_eq(&quiet.view, &settings.view));
        assert!(Arc::ptr_eq(&settings.view, &with(&same, Access::read_only()).view));
        // Another policy renders other texts, for the same access.
        let hiding = same.policy(Policy::ACCEPT);
        assert!(!Arc::ptr_eq(&quiet.view, &hiding.view));
        assert!(!hiding.view.hears(&TABLES, "STOP") && hiding.view.hears(&TABLES, "TICK"));
    }

    #[test]
    fn accesses_that_nobody_uses_any_more_are_forgotten() {
        let settings = Settings::new(&TABLES);
        for _ in 0..100 {
            drop(settings.clone().access(&Access::only([], ["STOP"])));
            drop(settings.clone().access(&Access::only([], ["TICK"])));
        }
        assert!(settings.shared.views.len() <= 2);
    }
}
