//! The sessions that a transport's service helps: it writes their events and leftover output, and expires deadlines.
//!
//! The service never takes a step for a client and runs no handler. Its thread calls [`look`](Registry::look), waits
//! for as long as that returns or until it is woken, and calls it again.

use crate::Monitor;
use crate::Peer;
use crate::context::Probe;
use crate::monitor::driver::{Arrival, Connection, Host, Link, Placement, Refused};
use crate::monitor::{Inner, SessionOptions};
use crate::session::Settings;
use crate::sync::{AtomicU64, Mutex, lock};
use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::task::Waker;
use std::time::Duration;

/// The settings for the sessions of a listener, checked once.
pub(crate) struct Opening {
    settings: Settings,
    name: Option<Arc<str>>,
}

impl Opening {
    /// # Errors
    ///
    /// The access in the options names a command or event that the schema does not have.
    pub(crate) fn new(monitor: &Monitor, options: &SessionOptions) -> io::Result<Opening> {
        let settings = monitor.inner().settings_for(options);
        let settings = settings.map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        Ok(Opening { settings, name: options.name.as_deref().map(Arc::from) })
    }

    /// Describes a client that connects.
    pub(crate) fn arrival(&self, peer: Peer, probe: Option<Probe>, placement: Placement) -> Arrival {
        let (settings, name) = (self.settings.clone(), self.name.clone());
        Arrival { peer, settings, name, probe, placement, outlives_input: false }
    }
}

/// A client that can be helped.
pub(crate) trait Helped: Send + Sync {
    /// Its session.
    fn link(&self) -> &Arc<Link>;
    /// Writes output without blocking.
    fn help(&self);
    /// The watched socket has room for output, or the client has hung up.
    fn told(&self) {}
}

/// The clients that one service helps.
pub(crate) struct Registry {
    monitor: Arc<Inner>,
    host: Arc<Host>,
    clients: Mutex<BTreeMap<u64, Weak<dyn Helped>>>,
    /// The newest event when all clients were last helped.
    seen: AtomicU64,
}

impl Registry {
    /// A registry whose service is woken by `waker`.
    pub(crate) fn new(monitor: &Monitor, waker: Waker) -> Registry {
        let monitor = monitor.inner();
        let host = monitor.add_host(waker, true);
        Registry { monitor, host, clients: Mutex::default(), seen: AtomicU64::new(0) }
    }

    pub(crate) fn monitor(&self) -> &Arc<Inner> {
        &self.monitor
    }

    /// Opens a session.
    pub(crate) fn connect(&self, arrival: Arrival) -> Result<Connection, Refused> {
        self.monitor.connect(&self.host, arrival)
    }

    /// Adds a client. Weak: it is helped for as long as its owner keeps it.
    pub(crate) fn add(&self, client: &Arc<impl Helped + 'static>) {
        let (number, client) = (client.link().number(), Arc::downgrade(client));
        lock(&self.clients).insert(number, client);
    }

    /// Removes a client.
    pub(crate) fn remove(&self, number: u64) {
        lock(&self.clients).remove(&number);
    }

    /// The client of a session, if it is still there.
    pub(crate) fn client(&self, number: u64) -> Option<Arc<dyn Helped>> {
        lock(&self.clients).get(&number).and_then(Weak::upgrade)
    }

    /// Helps the clients that need it, and returns how long to wait at most until the next look.
    pub(crate) fn look(&self) -> Option<Duration> {
        self.monitor.advance(self.monitor.log.clock().now());
        let (noted, all) = self.host.look();
        // Loaded before the clients are helped, so that the next look helps them with events that are appended
        // meanwhile.
        let newest = self.monitor.log.newest();
        if self.seen.swap(newest, Ordering::Relaxed) != newest || all {
            let clients: Vec<_> = lock(&self.clients).values().filter_map(Weak::upgrade).collect();
            clients.iter().for_each(|client| client.help());
        }
        for link in noted {
            if let Some(client) = self.client(link.number()) {
                client.help();
            }
        }
        let now = self.monitor.log.clock().now().monotonic;
        let deadline = self.monitor.next_deadline().map(|deadline| deadline.saturating_sub(now));
        deadline.into_iter().chain(self.host.wait()).min()
    }
}
