//! What a handler knows about the command that it runs.

use std::sync::Arc;

use crate::event::Outbox;

mod files;
mod peer;

pub use files::{File, Files};
pub use peer::{Credentials, Peer};

/// The session that commands come from: what stays the same between them.
#[derive(Debug, Default)]
pub struct Origin {
    session: u64,
    peer: Peer,
    /// The way to the client, where there is one.
    outbox: Option<Arc<Outbox>>,
}

impl Origin {
    /// A session with this number and peer.
    #[must_use]
    pub fn new(session: u64, peer: Peer) -> Origin {
        Origin { session, peer, outbox: None }
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

    /// The same with the way to the client, which tells whether it is still there.
    pub(crate) fn with_outbox(mut self, outbox: Arc<Outbox>) -> Origin {
        self.outbox = Some(outbox);
        self
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
        Context { origin: Shared::Borrowed(origin), files: Files::default(), out_of_band: false }
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

    /// The number of the session: unique in its monitor, never used again.
    #[must_use]
    pub fn session(&self) -> u64 {
        self.shared().session
    }

    /// Who sent the command.
    #[must_use]
    pub fn peer(&self) -> &Peer {
        &self.shared().peer
    }

    /// Whether the command runs out-of-band: then it must not wait for anything that an in-band command does.
    #[must_use]
    pub fn is_out_of_band(&self) -> bool {
        self.out_of_band
    }

    /// Whether the client has left meanwhile, so that nobody will read the reply.
    ///
    /// A handler that takes long may ask and give up. A client that only ends its own direction still reads; over TCP
    /// that cannot be told from one that has left before something is written to it.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.shared().outbox.as_ref().is_some_and(|outbox| outbox.is_abandoned())
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
        }
    }

    fn shared(&self) -> &Arc<Origin> {
        match &self.origin {
            Shared::Borrowed(origin) => origin,
            Shared::Owned(origin) => origin,
        }
    }
}
