//! What a handler knows about the command that it runs.

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

/// What a session belongs to: nothing in here knows monitors.
pub(crate) type Owner = dyn Any + Send + Sync;

/// The session that commands come from: what stays the same between them.
#[derive(Debug, Default)]
pub struct Origin {
    session: u64,
    peer: Peer,
    listener: Option<Arc<str>>,
    /// Whether the client is still there.
    presence: Presence,
    /// What the session belongs to, if anything. Weak, since it owns the session.
    owner: Option<Weak<Owner>>,
}

impl Origin {
    /// A session with this number and peer.
    #[must_use]
    pub fn new(session: u64, peer: Peer) -> Origin {
        Origin { session, peer, ..Origin::default() }
    }

    /// The session's number.
    #[must_use]
    pub fn session(&self) -> u64 {
        self.session
    }

    /// Who sits at the other end.
    #[must_use]
    pub fn peer(&self) -> &Peer {
        &self.peer
    }

    /// A session of `owner`, whose client may leave.
    pub(crate) fn of_client(
        session: u64,
        peer: Peer,
        listener: Option<Arc<str>>,
        probe: Option<Probe>,
        owner: Weak<Owner>,
    ) -> Origin {
        Origin { session, peer, listener, presence: Presence::new(probe), owner: Some(owner) }
    }

    /// The name of the listener that the client came by, if it has one.
    #[must_use]
    pub fn listener(&self) -> Option<&str> {
        self.listener.as_deref()
    }

    pub(crate) fn presence(&self) -> &Presence {
        &self.presence
    }
}

/// What a handler knows about the command that it runs: its session, the peer, and descriptors that came with it.
///
/// A handler gets it by reference. An async handler that outlives the call works on the copy that
/// [`to_owned`](Context::to_owned) makes.
#[derive(Debug)]
pub struct Context<'a> {
    origin: Shared<'a>,
    files: Files,
    out_of_band: bool,
    abandonable: Abandonable,
}

/// Whether an async handler lets its future be dropped when its client has left. Clones share it.
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
    /// The context of a command that came from `origin`.
    #[must_use]
    pub fn new(origin: &'a Arc<Origin>) -> Context<'a> {
        Context {
            origin: Shared::Borrowed(origin),
            files: Files::default(),
            out_of_band: false,
            abandonable: Abandonable::default(),
        }
    }

    /// The same with the descriptors that came with the command.
    #[must_use]
    pub fn with_files(mut self, files: Vec<File>) -> Context<'a> {
        self.files = Files::new(files);
        self
    }

    /// The same for a command that runs out-of-band.
    #[must_use]
    pub fn out_of_band(mut self, yes: bool) -> Context<'a> {
        self.out_of_band = yes;
        self
    }

    /// The number of the session: unique in the process, never used again.
    #[must_use]
    pub fn session(&self) -> u64 {
        self.shared().session
    }

    /// Who sent the command.
    #[must_use]
    pub fn peer(&self) -> &Peer {
        &self.shared().peer
    }

    /// The name of the listener that the client came by, if it has one: several roles may have one each.
    #[must_use]
    pub fn listener(&self) -> Option<&str> {
        self.shared().listener()
    }

    /// Whether the command runs out-of-band: then it must not wait for anything that an in-band command does.
    #[must_use]
    pub fn is_out_of_band(&self) -> bool {
        self.out_of_band
    }

    /// Whether the client has left meanwhile, so that it will not read the reply.
    ///
    /// A handler that takes long may ask and give up. A client that only ends its own direction still reads; over TCP
    /// that cannot be told from one that has left before something is written to it.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.shared().presence.ask()
    }

    /// Waits until the client has left, for async handlers that would rather do something about it.
    ///
    /// It is noticed in time by the transports of this crate, for clients of sockets.
    pub async fn cancelled(&self) {
        std::future::poll_fn(|cx| self.shared().presence.poll_left(cx)).await;
    }

    /// Lets the future of this async handler be dropped when its client has left: it then ends at its next `await`, and
    /// the turn goes to the next command. Without it the handler goes on to its end.
    pub fn drop_when_cancelled(&self) {
        if let Some(set) = &self.abandonable.0 {
            set.store(true, Ordering::Release);
        }
    }

    /// What the session belongs to, while it is there.
    pub(crate) fn owner(&self) -> Option<Arc<Owner>> {
        self.shared().owner.as_ref()?.upgrade()
    }

    /// The descriptors that came with the command, in the order sent.
    ///
    /// Those that no handler takes are closed when the command is done.
    #[must_use]
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// The same context, free of borrows; it shares the descriptors.
    #[must_use]
    pub fn to_owned(&self) -> Context<'static> {
        Context {
            origin: Shared::Owned(Arc::clone(self.shared())),
            files: self.files.clone(),
            out_of_band: self.out_of_band,
            abandonable: self.abandonable.clone(),
        }
    }

    /// The same for a command whose handler may let go of it.
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
