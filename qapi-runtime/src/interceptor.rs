//! Code of the server's own around every command: who sent what, how it ended, and whether it may run at all.
//!
//! An [`Interceptor`] sees every command of every session, those too that no handler ever sees: the protocol's own,
//! unknown ones, and input that is malformed. So it can keep an audit log, count, or limit rates.
//!
//! ```
//! use qapi_runtime::interceptor::{Finished, Incoming, Interceptor, Verdict};
//! use qapi_runtime::{Error, ErrorClass, Escaped};
//! use std::sync::atomic::{AtomicU32, Ordering};
//!
//! struct Limited(AtomicU32);
//!
//! impl Interceptor for Limited {
//!     fn before(&self, incoming: &Incoming<'_>) -> Result<(), Error> {
//!         if self.0.fetch_add(1, Ordering::Relaxed) < 1000 {
//!             return Ok(());
//!         }
//!         Err(Error::new(ErrorClass::from("RateLimited"), "Too many commands"))
//!     }
//!
//!     fn after(&self, finished: &Finished<'_>) {
//!         if let Verdict::Failed(class) = finished.verdict() {
//!             // The name is what the client sent, whatever that may be.
//!             let name = Escaped::new(finished.name().unwrap_or("malformed input"));
//!             println!("session {}: {name}: {class} after {:?}", finished.session(), finished.duration());
//!         }
//!     }
//! }
//! ```

use crate::context::{Origin, Peer};
use crate::json::Value;
use crate::{Error, ErrorClass, Escaped};
use std::fmt;
use std::time::Duration;

/// Is called before and after every command.
///
/// Both calls come from the thread or task that serves the client, as a rule while its session is locked, so that they
/// hold up this client. They may send events. They must not wait for another command, nor shut the monitor down.
///
/// One that panics is caught, as handlers are: before a command, that refuses it with a `GenericError`.
pub trait Interceptor: Send + Sync + 'static {
    /// A command has come, or something malformed, and is about to be checked. It is called before all checks. A
    /// command that waits in the queue behind another one is seen when its turn comes, not when it is read.
    ///
    /// # Errors
    ///
    /// The command is not to run: the client is answered with this error, of whatever class, and with the command's
    /// `id`.
    fn before(&self, incoming: &Incoming<'_>) -> Result<(), Error> {
        let _ = incoming;
        Ok(())
    }

    /// It is over, in whatever way: called exactly once for every call of [`before`](Interceptor::before), also when
    /// that refused the command.
    fn after(&self, finished: &Finished<'_>) {
        let _ = finished;
    }

    /// Whether [`Incoming::arguments`] tells the arguments. They may be secrets, passwords for instance, so an
    /// interceptor has to ask for them: it does not unless this says so.
    fn wants_arguments(&self) -> bool {
        false
    }
}

/// A command before it is checked.
///
/// Name and id are the client's: of any length, with any characters. [`Escaped`] makes them fit for a log; the `Debug`
/// form of this type has them so, and never has the arguments.
#[derive(Clone, Copy)]
pub struct Incoming<'a> {
    pub(crate) label: Label<'a>,
    pub(crate) arguments: Option<&'a Value<'a>>,
}

/// A command when it is over. What was said of [`Incoming`] about names and ids holds here, too.
#[derive(Clone, Copy)]
pub struct Finished<'a> {
    pub(crate) label: Label<'a>,
    pub(crate) verdict: Verdict<'a>,
    pub(crate) duration: Duration,
}

/// What both know of a command.
#[derive(Clone, Copy)]
pub(crate) struct Label<'a> {
    pub(crate) origin: &'a Origin,
    pub(crate) name: Option<&'a str>,
    pub(crate) id: Option<&'a str>,
    pub(crate) out_of_band: bool,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict<'a> {
    /// It was done.
    Succeeded,
    /// It was refused or failed, and the client was answered with an error of this class.
    Failed(&'a ErrorClass),
    /// The client left, or the monitor shut down, before the command began or while it ran, and its result is not
    /// known.
    ///
    /// A command that was finished all the same, though its client had left, has the result that it had.
    Abandoned,
}

/// Both types answer these questions alike.
macro_rules! label {
    ($type:ident) => {
        impl<'a> $type<'a> {
            /// The number of the session: unique in the process, never used again. 0 where the session was told of no
            /// [`Origin`].
            #[must_use]
            pub fn session(&self) -> u64 {
                self.label.origin.session()
            }

            /// Who sent the command.
            #[must_use]
            pub fn peer(&self) -> &'a Peer {
                self.label.origin.peer()
            }

            /// The name of the listener that the client came by, if it has one.
            #[must_use]
            pub fn listener(&self) -> Option<&'a str> {
                self.label.origin.listener()
            }

            /// The command's name as the client sent it, whether or not there is such a command; `None` where the input
            /// does not tell one.
            #[must_use]
            pub fn name(&self) -> Option<&'a str> {
                self.label.name
            }

            /// The client's `id` as JSON text, in ASCII without control characters; `None` where there is none.
            #[must_use]
            pub fn id(&self) -> Option<&'a str> {
                self.label.id
            }

            /// Whether the command overtakes in-band ones.
            #[must_use]
            pub fn is_out_of_band(&self) -> bool {
                self.label.out_of_band
            }
        }
    };
}

label!(Incoming);
label!(Finished);

impl<'a> Incoming<'a> {
    /// The member `arguments` as it was sent, of whatever type: not yet checked. `None` where there is none, and unless
    /// the interceptor [asks](Interceptor::wants_arguments) for arguments.
    #[must_use]
    pub fn arguments(&self) -> Option<&'a Value<'a>> {
        self.arguments
    }
}

impl<'a> Finished<'a> {
    /// How it ended.
    #[must_use]
    pub fn verdict(&self) -> Verdict<'a> {
        self.verdict
    }

    /// How long it took since it was seen [before](Interceptor::before): its wait for the turn of in-band commands and
    /// the handler's own time are part of it; its wait in the queue, and that of the reply for the client, are not.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.duration
    }
}

impl Label<'_> {
    fn debug(&self, out: &mut fmt::DebugStruct<'_, '_>) {
        let Label { origin, name, id, out_of_band } = self;
        out.field("session", &origin.session())
            .field("peer", origin.peer())
            .field("name", &name.map(Escaped::new))
            .field("id", &id.map(Escaped::new))
            .field("out_of_band", out_of_band);
    }
}

impl fmt::Debug for Incoming<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Incoming");
        self.label.debug(&mut out);
        out.finish_non_exhaustive()
    }
}

impl fmt::Debug for Finished<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Finished");
        self.label.debug(&mut out);
        out.field("verdict", &self.verdict).field("duration", &self.duration).finish()
    }
}
