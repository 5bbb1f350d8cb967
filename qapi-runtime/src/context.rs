//! The context of a command, for its handler.

use crate::sync::AtomicBool;
use std::any::Any;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};

mod files;
mod peer;
mod presence;

pub use files::{File, Files};
pub use peer::{Credentials, Peer};
pub(crate) use presence::{Presence, Probe};

/// What a session belongs to. Not a monitor's type, so that this module does not depend on monitors.
pub(crate) type Owner = dyn Any + Send + Sync;

/// The session that commands come from: what is the same for all its commands.
#[derive(Debug, Default)]
pub struct Origin {
    session: u64,
    peer: Peer,
    listener: Option<Arc<str>>,
    /// Whether the client is still there.
    presence: Presence,
    /// What the session belongs to, if anything. Weak, since the owner holds the session.
    owner: Option<Weak<Owner>>,
}

impl Origin {
    /// Describes a session with this number and peer.
    #[must_use]
    pub fn new(session: u64, peer: Peer) -> Origin {
        Origin { session, peer, ..Origin::default() }
    }

    /// The session's number.
    #[must_use]
    pub fn session(&self) -> u64 {
        self.session
    }

    /// The session's peer.
    #[must_use]
    pub fn peer(&self) -> &Peer {
        &self.peer
    }

    /// Describes a session of `owner`, whose client may leave.
    pub(crate) fn of_client(
        session: u64,
        peer: Peer,
        listener: Option<Arc<str>>,
        probe: Option<Probe>,
        owner: Weak<Owner>,
    ) -> Origin {
        Origin { session, peer, listener, presence: Presence::new(probe), owner: Some(owner) }
    }

    /// The name of the listener that accepted the client, if it has one.
    #[must_use]
    pub fn listener(&self) -> Option<&str> {
        self.listener.as_deref()
    }

    pub(crate) fn presence(&self) -> &Presence {
        &self.presence
    }
}

/// The context of a running command: its session, its peer, and the descriptors sent with it.
///
/// A handler gets a reference. An async handler, which outlives the call, gets the copy that
/// [`to_owned`](Context::to_owned) makes.
#[derive(Debug)]
pub struct Context<'a> {
    origin: Shared<'a>,
    files: Files,
    out_of_band: bool,
    abandonable: Abandonable,
}

/// Whether an async handler allows its future to be dropped when its client has left. Clones share the flag.
#[derive(Clone, Debug, Default)]
pub(crate) struct Abandonable(Option<Arc<AtomicBool>>);

impl Abandonable {
    /// For a command whose handler may be async.
    pub(crate) fn new() -> Abandonable {
        Abandonable(Some(Arc::default()))
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.as_ref().is_some_and(|set| set.load(Ordering::Acquire))
    }
}

#[derive(Debug)]
enum Shared<'a> {
    Borrowed(&'a Arc<Origin>),
    Owned(Arc<Origin>),
}

impl<'a> Context<'a> {
    /// Creates the context of a command from `origin`.
    #[must_use]
    pub fn new(origin: &'a Arc<Origin>) -> Context<'a> {
        Context {
            origin: Shared::Borrowed(origin),
            files: Files::default(),
            out_of_band: false,
            abandonable: Abandonable::default(),
        }
    }

    /// Sets the descriptors that were sent with the command.
    #[must_use]
    pub fn with_files(mut self, files: Vec<File>) -> Context<'a> {
        self.files = Files::new(files);
        self
    }

    /// Sets whether the command runs out-of-band.
    #[must_use]
    pub fn out_of_band(mut self, yes: bool) -> Context<'a> {
        self.out_of_band = yes;
        self
    }

    /// The number of the session: unique in the process, never reused.
    #[must_use]
    pub fn session(&self) -> u64 {
        self.shared().session
    }

    /// The peer that sent the command.
    #[must_use]
    pub fn peer(&self) -> &Peer {
        &self.shared().peer
    }

    /// The name of the listener that accepted the client, if it has one. It can stand for the client's role.
    #[must_use]
    pub fn listener(&self) -> Option<&str> {
        self.shared().listener()
    }

    /// Whether the command runs out-of-band. If so, its handler must not wait for anything that an in-band command
    /// does.
    #[must_use]
    pub fn is_out_of_band(&self) -> bool {
        self.out_of_band
    }

    /// Whether the client has left and so will not read the reply.
    ///
    /// A long-running handler can check this and stop. A client that only shuts down its sending side still reads; over
    /// TCP the kernel cannot distinguish it from one that has left until something is written to it.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.shared().presence.ask()
    }

    /// Waits until the client has left, for async handlers that have to clean up then.
    ///
    /// The transports of this crate notice promptly when a client on a socket leaves.
    pub async fn cancelled(&self) {
        std::future::poll_fn(|cx| self.shared().presence.poll_left(cx)).await;
    }

    /// Allows the future of this async handler to be dropped when its client has left. The handler then ends at an
    /// `await`, and the next command gets the turn. Without this call the handler runs to its end.
    pub fn drop_when_cancelled(&self) {
        if let Some(set) = &self.abandonable.0 {
            set.store(true, Ordering::Release);
        }
    }

    /// What the session belongs to, while that exists.
    pub(crate) fn owner(&self) -> Option<Arc<Owner>> {
        self.shared().owner.as_ref()?.upgrade()
    }

    /// The descriptors that were sent with the command, in order.
    ///
    /// Descriptors that the handler does not take are closed when the command is done.
    #[must_use]
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// Clones the context so that it borrows nothing. The clone shares the descriptors.
    #[must_use]
    pub fn to_owned(&self) -> Context<'static> {
        Context {
            origin: Shared::Owned(Arc::clone(self.shared())),
            files: self.files.clone(),
            out_of_band: self.out_of_band,
            abandonable: self.abandonable.clone(),
        }
    }

    /// Sets the flag with which the handler allows its future to be dropped.
    pub(crate) fn with_abandonable(mut self, abandonable: Abandonable) -> Context<'a> {
        self.abandonable = abandonable;
        self
    }

    fn shared(&self) -> &Arc<Origin> {
        match &self.origin {
            Shared::Borrowed(origin) => origin,
            Shared::Owned(origin) => origin,
        }
    }
}
