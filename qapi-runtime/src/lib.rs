//! What generated code runs on.

pub mod client;
pub mod clock;
pub mod codec;
mod command;
mod context;
pub mod dispatch;
pub mod event;
mod generated;
pub mod introspection;
pub mod json;
pub mod keyval;
pub mod policy;
#[doc(hidden)]
pub mod private;

pub mod monitor;
pub mod session;
mod sync;
pub mod throttle;
pub mod transport;
mod version;

mod any;
mod error;

mod macros;

pub use any::{Any, Null, QType};
pub use codec::{
    Decode, DecodeMembers, Encode, EncodeMembers, Features, Input, JsonKind, Members, Mode, UnknownBranch,
};
pub use command::{Command, CommandFlags, CommandSpec};
pub use context::{Context, File, Files, Origin, Peer};
pub use dispatch::{Call, Dispatch, Outcome, Tables};
pub use error::{Error, ErrorClass, OrGeneric, Result};
pub use event::{Event, EventSender, Schema};
pub use generated::{control, introspect};
pub use json::Writer;
pub use monitor::Monitor;
pub use session::Session;
pub use version::Version;
