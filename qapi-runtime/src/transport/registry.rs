//! Who helps the sessions of a transport: looks at them when events were sent or output was left, and tells the time.
//!
//! A helper never takes a step for a client and runs no handler. A thread or a task of the transport calls
//! [`look`](Registry::look), waits as long as it says or until it is woken, and calls it again.

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

/// How the sessions of a listener begin.
pub(crate) struct Opening {
    settings: Settings,
    name: Option<Arc<str>>,
}

impl Opening {
    /// # Errors
    ///
    /// The access in the options names what the schema does not have.
    pub(crate) fn new(monitor: &Monitor, options: &SessionOptions) -> io::Result<Opening> {
        let settings = monitor.inner().settings_for(options);
        let settings = settings.map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        Ok(Opening { settings, name: options.name.as_deref().map(Arc::from) })
    }

    /// A client that arrives.
    pub(crate) fn arrival(&self, peer: Peer, probe: Option<Probe>, placement: Placement) -> Arrival {
        let (settings, name) = (self.settings.clone(), self.name.clone());
        Arrival { peer, settings, name, probe, placement, outlives_input: false }
    }
}

/// A client that can be helped.
pub(crate) trait Helped: Send + Sync {
    /// The session that it belongs to.
    fn link(&self) -> &Arc<Link>;
    /// Writes what the client takes at once.
    fn help(&self);
    /// What the transport watches for has come: room for output, or the client's end.
    fn told(&self) {}
}

/// The clients that one helper looks after.
pub(crate) struct Registry {
    monitor: Arc<Inner>,
    host: Arc<Host>,
    clients: Mutex<BTreeMap<u64, Weak<dyn Helped>>>,
    /// The newest event that all clients were helped with.
    seen: AtomicU64,
}

impl Registry {
    /// A registry whose helper is woken by `waker`.
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

    /// Looks after a client from now on, as long as it is there.
    pub(crate) fn add(&self, client: &Arc<impl Helped + 'static>) {
        let (number, client) = (client.link().number(), Arc::downgrade(client));
        lock(&self.clients).insert(number, client);
    }

    /// A client is no longer there.
    pub(crate) fn remove(&self, number: u64) {
        lock(&self.clients).remove(&number);
    }

    /// The client of a session, if it is still there.
    pub(crate) fn client(&self, number: u64) -> Option<Arc<dyn Helped>> {
        lock(&self.clients).get(&number).and_then(Weak::upgrade)
    }

    /// Helps those who need it, and says how long to wait at most until the next look.
    pub(crate) fn look(&self) -> Option<Duration> {
        self.monitor.advance(self.monitor.log.clock().now());
        let (noted, all) = self.host.look();
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
