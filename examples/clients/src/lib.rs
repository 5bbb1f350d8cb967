//! The schema that the two examples use; `examples/` has a client on threads, and one on tokio.
//!
//! Commands are built by what is required, and setters for the rest:
//!
//! ```
//! use clients::qapi::{PanicAction, RebootAction, command::SetAction};
//!
//! let command = SetAction::new().panic(PanicAction::Pause).reboot(RebootAction::Shutdown);
//! assert_eq!(command.panic, Some(PanicAction::Pause));
//! ```
#![deny(missing_docs)]

qapi_runtime::include_schema!(
    /// The management interface of the machine.
    pub mod qapi = "qapi-schema"
);
