//! The roles: what each may do, and its socket.

use std::error::Error;

use qapi_runtime::access::Access;
use qapi_runtime::transport::UnixOptions;
use qapi_runtime::transport::threads::Listener;

use crate::options::{Options, Paths};

/// The role of a listener's clients.
///
/// Its name is the listener's, which handlers, hooks and interceptors see with each session.
#[derive(Clone, Copy, Debug)]
enum Role {
    /// May do everything.
    Admin,
    /// May read state, and receives all events.
    Observer,
}

impl Role {
    fn named(name: &str) -> Option<Role> {
        [Role::Admin, Role::Observer].into_iter().find(|role| role.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Observer => "observer",
        }
    }

    fn access(self) -> Access {
        match self {
            Role::Admin => Access::everything(),
            // Observers must not see what other clients do.
            Role::Observer => Access::read_only().without(["query-metrics"]),
        }
    }

    /// Who may connect, for a socket that this process creates.
    fn socket(self) -> UnixOptions {
        match self {
            Role::Admin => UnixOptions::new(),
            // Any local user.
            Role::Observer => UnixOptions::new().mode(0o666),
        }
    }
}

/// Opens the sockets, or takes them from systemd. Must be called before any thread starts: see
/// [`Listener::from_systemd`].
pub(crate) fn listen(options: &Options) -> Result<Vec<Listener>, Box<dyn Error>> {
    let sockets = match &options.paths {
        None => passed()?,
        Some(Paths { admin, observer }) => vec![
            (Role::Admin, Listener::unix_with(admin, &Role::Admin.socket())?),
            (Role::Observer, Listener::unix_with(observer, &Role::Observer.socket())?),
        ],
    };
    let serve = |(role, listener): (Role, Listener)| listener.name(role.name()).access(role.access());
    Ok(sockets.into_iter().map(serve).collect())
}

fn passed() -> Result<Vec<(Role, Listener)>, Box<dyn Error>> {
    let passed = Listener::from_systemd()?;
    if passed.is_empty() {
        return Err("systemd passes no sockets, and the command line names none".into());
    }
    // An unknown name is an error: a socket must not get a role by accident.
    let role =
        |name: String| Role::named(&name).ok_or(format!("systemd passes a socket for no role: {name}"));
    passed.into_iter().map(|(name, listener)| Ok((role(name)?, listener))).collect()
}
