//! Runs code of yours before and after every command: for audit logs, metrics and rate limits.
//!
//! An [`Interceptor`] sees every command of every session, including those that reach no handler: the protocol's own
//! commands, unknown commands, and malformed input. It can also refuse a command.
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
//!             // The client chose the name, so it may contain anything.
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
/// The thread or task that serves the client makes both calls, usually while its session is locked, so a slow
/// interceptor delays the client. It may send events. It must not wait for another command or shut the monitor down.
///
/// Panics are caught, as those of handlers are. A panic in [`before`](Interceptor::before) refuses the command with a
/// `GenericError`.
pub trait Interceptor: Send + Sync + 'static {
    /// Called for every command and for malformed input, before any check. For a queued command it is called when the
    /// command leaves the queue, not when it is read.
    ///
    /// # Errors
    ///
    /// An error refuses the command: the client gets it as the reply, with its class and the command's `id`.
    fn before(&self, incoming: &Incoming<'_>) -> Result<(), Error> {
        let _ = incoming;
        Ok(())
    }

    /// Called when the command has ended, however it ended: exactly once for every call of
    /// [`before`](Interceptor::before), even if that refused the command.
    fn after(&self, finished: &Finished<'_>) {
        let _ = finished;
    }

    /// Whether [`Incoming::arguments`] returns the arguments. Default: no, because they may contain secrets such as
    /// passwords.
    fn wants_arguments(&self) -> bool {
        false
    }
}

/// A command before it is checked.
///
/// The client chooses name and id: any length, any characters. Use [`Escaped`] to write them to a log. The `Debug` form
/// of this type escapes them, and never contains the arguments.
#[derive(Clone, Copy)]
pub struct Incoming<'a> {
    pub(crate) label: Label<'a>,
    pub(crate) arguments: Option<&'a Value<'a>>,
}

/// A command that has ended. As in [`Incoming`], the client chooses name and id.
#[derive(Clone, Copy)]
pub struct Finished<'a> {
    pub(crate) label: Label<'a>,
    pub(crate) verdict: Verdict<'a>,
    pub(crate) duration: Duration,
}

/// What [`Incoming`] and [`Finished`] share.
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
    /// The command succeeded.
    Succeeded,
    /// The command was refused or failed, and the client got an error of this class.
    Failed(&'a ErrorClass),
    /// The client left, or the monitor shut down, before the command began or while it ran, and its result is not
    /// known.
    ///
    /// A command that finishes after its client has left is reported with its result, not as abandoned.
    Abandoned,
}

/// Methods that both types have.
macro_rules! label {
    ($type:ident) => {
        impl<'a> $type<'a> {
            /// The number of the session: unique in the process, never reused. 0 if the session has no [`Origin`].
            #[must_use]
            pub fn session(&self) -> u64 {
                self.label.origin.session()
            }

            /// The peer that sent the command.
            #[must_use]
            pub fn peer(&self) -> &'a Peer {
                self.label.origin.peer()
            }

            /// The name of the listener that accepted the client, if it has one.
            #[must_use]
            pub fn listener(&self) -> Option<&'a str> {
                self.label.origin.listener()
            }

            /// The command's name as the client sent it, even if there is no such command. `None` if the input has
            /// none.
            #[must_use]
            pub fn name(&self) -> Option<&'a str> {
                self.label.name
            }

            /// The client's `id` as JSON text, in ASCII without control characters. `None` if there is none.
            #[must_use]
            pub fn id(&self) -> Option<&'a str> {
                self.label.id
            }

            /// Whether the command runs out-of-band.
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
    /// The member `arguments` as sent: unchecked, of any type. `None` if there is none, or if
    /// [`wants_arguments`](Interceptor::wants_arguments) is false.
    #[must_use]
    pub fn arguments(&self) -> Option<&'a Value<'a>> {
        self.arguments
    }
}

impl<'a> Finished<'a> {
    /// How the command ended.
    #[must_use]
    pub fn verdict(&self) -> Verdict<'a> {
        self.verdict
    }

    /// The time since the call of [`before`](Interceptor::before). It includes the wait for the turn of in-band
    /// commands and the time of the handler, but not the time in the queue or until the client reads the reply.
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
