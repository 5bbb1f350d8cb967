//! Operations: what a command only starts, waited for to its end.
//!
//! Both clients run them with `Client::run`, or start them with `Client::start` to see their progress. They need no
//! schema: a client of any schema has them, of a merged one and [`Untyped`](super::Untyped), too.
//!
//! ```no_run
//! # #[cfg(feature = "threads")]
//! # fn show() -> Result<(), Box<dyn std::error::Error>> {
//! use qapi_runtime::client::Untyped;
//! use qapi_runtime::client::blocking::Client;
//! use qapi_runtime::client::operation::{Job, Raw, Unplug};
//! use serde_json::json;
//! use std::time::Duration;
//!
//! let client = Client::<Untyped>::connect_unix("/run/vm/qmp.sock")?;
//! client.run(Unplug::new("disk1"), Duration::from_secs(30))?;
//!
//! // With a schema of your own, its command instead of `Raw`.
//! let command = json!({ "job-id": "copy", "device": "disk0", "target": "backup0", "sync": "full" });
//! let job = Job::new("copy", Raw::new("blockdev-backup", command));
//! let mut job = client.start(job, Duration::from_secs(3600))?;
//! while let Some(progress) = job.progress()? {
//!     println!("{progress}");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Races
//!
//! The client subscribes to the events before it sends the command. An event only makes it ask the server again, unless
//! the event can mean nothing else. So neither an event of an earlier operation nor a dropped one changes an outcome: when
//! events were dropped, it asks, too.
//!
//! # Limits
//!
//! Each operation has a limit, which includes the command: without a reply in this time, the command's own error says
//! so. When the limit passes later, the client asks the server once more, for at most five seconds, and then fails with
//! [`OperationErrorKind::Timeout`]. The error has the last state that was seen. The operation goes on in the server:
//! `Running::extend` sets a new limit, and the wait resumes without a gap.
//!
//! # Lost connections
//!
//! The end of the connection ends the wait. An operation of a client that heals (`Healing`) goes on with the next connection:
//! it asks again what it knew before, because events may have been missed. The limit includes the time without a connection.
//!
//! # Dropping
//!
//! Dropping a `Running` ends the wait, not the operation. Dropping a future of its methods loses nothing: the next call
//! continues where it was, with the command that was in flight. Dropping a future of `Client::start` or `Client::run`
//! cancels the command as for every call, and ends the wait. A [`Plug`] that is dropped on the way undoes nothing.

mod asking;
mod course;
mod error;
mod job;
mod migration;
mod plug;
mod power;
mod removal;
mod resize;
#[cfg(test)]
pub(super) mod script;
mod steps;
mod unplug;

pub(super) use asking::Asking;
pub(super) use course::{Action, Course};
pub use error::{OperationError, OperationErrorKind};
pub use job::{Job, JobProgress, JobSteps};
pub use migration::{Migration, MigrationProgress, MigrationSteps};
pub use plug::{Plug, PlugProgress, PlugSteps, Plugged};
pub use power::{Power, PowerState, PowerSteps};
pub use resize::{Resize, ResizeProgress, ResizeSteps};
pub use steps::Steps;
pub(super) use steps::{Began, Failure, Question};
pub use unplug::{Unplug, UnplugProgress, UnplugSteps};

use super::{CommandOf, Request};
use crate::{Any, Result};

/// What `Client::run` and `Client::start` take. Only the types of this module implement it.
pub trait Operation<S>: sealed::Operation {
    /// The wait of this operation, which says what its progress and its outcome are.
    type Steps: Steps;

    /// Encodes the command, and prepares the wait.
    #[doc(hidden)]
    fn begin(self) -> Began<Self::Steps>;
}

/// A command that starts an operation: one of the schema `S`, or [`Raw`].
pub trait Start<S>: sealed::Start<S> {}

impl<S, C: sealed::Start<S>> Start<S> for C {}

/// A command by name, for commands that are not in the schema.
#[derive(Clone, Debug)]
pub struct Raw {
    name: String,
    arguments: Any,
}

impl Raw {
    /// The command of this name. `arguments` is an object, or null.
    #[must_use]
    pub fn new(name: impl Into<String>, arguments: Any) -> Raw {
        Raw { name: name.into(), arguments }
    }
}

/// What keeps others from implementing the traits.
pub(super) mod sealed {
    use super::{CommandOf, Raw, Request, Result};

    pub trait Operation {}

    pub trait Steps {}

    pub trait Start<S> {
        /// The command's name, and the request that sends it.
        fn request(&self) -> (String, Result<Request>);
    }

    impl<S, C: CommandOf<S>> Start<S> for C {
        fn request(&self) -> (String, Result<Request>) {
            (C::NAME.to_owned(), Request::new(self))
        }
    }

    impl<S> Start<S> for Raw {
        fn request(&self) -> (String, Result<Request>) {
            (self.name.clone(), Request::raw(self.name.clone(), &self.arguments))
        }
    }
}
