//! The schema that the two examples use; `examples/` has a client on threads, and one on tokio.
//!
//! `new` takes a command's required arguments; setters add the optional ones:
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
