//! The loop.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use qapi_runtime::Monitor;
use qapi_runtime::monitor::driver::{Driver, Interest, Placement};
use qapi_runtime::transport::Listener;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::low_level::pipe;

use crate::bell::Bell;
use crate::client::Client;
use crate::poller::{Poller, Ready};
use crate::timers::Timers;

/// Tokens of the other descriptors. A session's token is its number, from 1 on.
const LISTENER: u64 = u64::MAX;
const BELL: u64 = u64::MAX - 1;
const SIGNALS: u64 = u64::MAX - 2;

const READ: Interest = Interest { read: true, write: false };

/// How long to wait before the next try when `accept` fails.
const RETRY: Duration = Duration::from_millis(100);

/// How long a shutdown waits for clients to read their last output.
const LAST_OUTPUT: Duration = Duration::from_secs(5);

/// A monitor and its clients. All of it runs on the thread that calls [`run`](Server::run).
pub(crate) struct Server {
    monitor: Monitor,
    driver: Driver,
    timers: Timers,
    poller: Poller,
    bell: Arc<Bell>,
    /// Rings the bell. All connections share it: see [`look_at_all`](Server::look_at_all).
    waker: Waker,
    /// The signal handler writes to its other end.
    signals: UnixStream,
    /// `None` once the server accepts no more clients.
    listener: Option<Listener<()>>,
    /// When to try again after `accept` has failed.
    retry: Option<Duration>,
    clients: BTreeMap<u64, Client>,
    /// Set by a shutdown: when to end even if sessions remain.
    stopping: Option<Duration>,
}

impl Server {
    pub(crate) fn new(monitor: Monitor, timers: Timers, listener: Listener<()>) -> io::Result<Server> {
        let (poller, bell) = (Poller::new()?, Arc::new(Bell::new()?));
        let signals = signals()?;
        poller.add(&bell, BELL, READ)?;
        poller.add(&signals, SIGNALS, READ)?;
        poller.add(&listener, LISTENER, READ)?;
        let waker = Waker::from(Arc::clone(&bell));
        let driver = Driver::new(&monitor, waker.clone(), Placement::Here);
        let (listener, clients) = (Some(listener), BTreeMap::new());
        Ok(Server {
            monitor,
            driver,
            timers,
            poller,
            bell,
            waker,
            signals,
            listener,
            retry: None,
            clients,
            stopping: None,
        })
    }

    /// Serves until a signal or the command `quit` ends it.
    pub(crate) fn run(mut self) -> io::Result<()> {
        while !self.is_over() {
            for ready in self.wait()? {
                self.deal_with(ready)?;
            }
            self.pass_time()?;
            if self.timers.asked_to_quit() {
                self.stop();
            }
        }
        Ok(())
    }

    fn now(&self) -> Duration {
        self.timers.now()
    }

    /// Waits for a ready descriptor or the earliest deadline.
    fn wait(&self) -> io::Result<Vec<Ready>> {
        let deadlines =
            [self.monitor.next_deadline(), self.timers.next_deadline(), self.retry, self.stopping];
        let next = deadlines.into_iter().flatten().min();
        self.poller.wait(next.map(|deadline| deadline.saturating_sub(self.now())))
    }

    fn deal_with(&mut self, ready: Ready) -> io::Result<()> {
        match ready.token {
            LISTENER => self.accept(),
            BELL => {
                self.bell.quiet();
                self.look_at_all()
            }
            SIGNALS => {
                let _ = self.signals.read(&mut [0; 64])?;
                self.stop();
                Ok(())
            }
            session => {
                // An earlier entry of this batch, the bell's, may have ended the session.
                let Some(client) = self.clients.get_mut(&session) else { return Ok(()) };
                client.take(ready);
                self.look_at(session)
            }
        }
    }

    /// Does everything that is due. Where that concerns connections, the monitor and the timers ring the bell.
    fn pass_time(&mut self) -> io::Result<()> {
        let now = self.monitor.clock().now();
        self.monitor.advance(now);
        self.timers.expire(now.monotonic);
        if let Some(listener) = &self.listener
            && self.retry.take_if(|retry| *retry <= now.monotonic).is_some()
        {
            self.poller.add(listener, LISTENER, READ)?;
        }
        Ok(())
    }

    /// Accepts one client; the level-triggered poller reports the listener again for the others.
    fn accept(&mut self) -> io::Result<()> {
        let Some(listener) = &self.listener else { return Ok(()) };
        match listener.accept() {
            Ok((socket, peer)) => {
                // The monitor logs why it refused a client.
                let opened = Client::open(&self.driver, socket, peer, listener.session_options());
                let Ok(client) = opened else { return Ok(()) };
                client.watch(&self.poller)?;
                let session = client.number();
                self.clients.insert(session, client);
                self.look_at(session)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            Err(error) => {
                eprintln!("epoll: client cannot be accepted: {error}");
                // For example, the process is out of descriptors. The socket stays ready, so stop watching it for a
                // while: the loop would spin.
                self.poller.remove(listener);
                self.retry = Some(self.now() + RETRY);
                Ok(())
            }
        }
    }

    fn look_at(&mut self, session: u64) -> io::Result<()> {
        let Some(client) = self.clients.get_mut(&session) else { return Ok(()) };
        if !client.obey(&self.waker, &self.poller)? {
            client.forget(&self.poller);
            self.clients.remove(&session);
        }
        Ok(())
    }

    /// Looks at all connections, since the bell does not say which one it was rung for.
    ///
    /// An event goes to all of them, so it costs this much anyway. A loop with thousands of clients and async handlers
    /// would give each connection its own waker, which notes the session and then rings the bell.
    fn look_at_all(&mut self) -> io::Result<()> {
        let sessions: Vec<u64> = self.clients.keys().copied().collect();
        sessions.into_iter().try_for_each(|session| self.look_at(session))
    }

    /// Stops accepting clients and beginning commands. Pending output is still written.
    fn stop(&mut self) {
        if self.stopping.is_none() {
            self.stopping = Some(self.now() + LAST_OUTPUT);
            // Dropping the listener removes the socket's file, and closing it removes it from the epoll.
            self.listener = None;
            self.monitor.begin_shutdown();
        }
    }

    fn is_over(&self) -> bool {
        self.stopping.is_some_and(|until| self.clients.is_empty() || self.now() >= until)
    }
}

/// A socket that becomes readable when SIGINT or SIGTERM arrives.
///
/// The signal handler only writes a byte to its other end, which is safe in a handler, so no thread is needed.
fn signals() -> io::Result<UnixStream> {
    let (signals, written) = UnixStream::pair()?;
    pipe::register(SIGINT, written.try_clone()?)?;
    pipe::register(SIGTERM, written)?;
    Ok(signals)
}
