//! Clients: typed access to a server that speaks QMP, or the dialect of the guest agent.
//!
//! The protocol is in [`protocol`], a state machine without I/O. `blocking` drives it with standard threads (feature
//! `threads`), `asynchronous` with tokio (feature `tokio`), [`in_process`] without a transport. Each has a `Client<S>`
//! with the same methods, where `S` is the `Schema` of code generated with `Builder::client(true)`.
//!
//! ```no_run
//! # #[cfg(all(unix, feature = "threads"))]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use qapi_runtime::client::blocking::Client;
//! use qapi_runtime::client::Untyped;
//! use qapi_runtime::control::command;
//!
//! // With a schema of your own: `Client::<qapi::Schema>`.
//! let client = Client::<Untyped>::connect_unix("/run/vm/qmp.sock")?;
//! let version = client.execute(command::QueryVersion::new())?;
//! println!("{}.{}", version.qemu.major, version.qemu.minor);
//! # Ok(())
//! # }
//! # #[cfg(not(all(unix, feature = "threads")))]
//! # fn main() {}
//! ```
//!
//! # Servers of another version
//!
//! Replies and events are decoded leniently: unknown members are ignored, and unknown values, branches and events are
//! kept as `Unknown`, which can be read and encoded again. A missing member that the schema requires is an error with
//! the path to the member. [`Capabilities`] say in advance what the server supports.
//!
//! # Connecting after another client
//!
//! QEMU serves one client at a time. It answers the commands of a client that has left to the next one, before its
//! greeting or after it, and may even run that client's negotiation in the new session. So a client skips up to 16 MiB
//! of replies and events until it is ready, and `connect_unix` and `connect_tcp` connect again, within
//! [`Options::connect_timeout`], when the server hangs up before the client is ready or has negotiated already. Nothing
//! of yours was sent by then. A client on a socket that you connected (`Client::unix`) fails instead, with
//! [`GoneReason::Closed`] or [`GoneReason::AlreadyNegotiated`]. The same holds for a guest agent, which neither greets
//! nor negotiates.
//!
//! A server that hangs up before its greeting each time looks the same, so connecting to it fails at the limit only.
//! [`Options::wait_for_server`] does the same for a server that does not listen yet.
//!
//! # What is logged
//!
//! A client logs by `tracing`: connecting, the negotiation, time-outs, lost events and the end at debug level, each
//! message at trace level, with its command and id. [`Options::log_contents`] adds what the messages hold.
//!
//! # Cancellation and the end of a connection
//!
//! Replies are matched to calls by an id that no other connection uses. A call that is dropped or times out is
//! cancelled: if it was not sent yet, it never is; otherwise its reply is discarded, and the server may still execute the
//! command. When the connection ends, every call in flight fails with [`CommandErrorKind::Gone`]. A future of the client
//! on tokio that is never polled sends nothing.
//!
//! A `Client` stays ended. `Healing` of both clients connects again by itself: its subscriptions go on and say that events
//! may have been missed, and its operations ask the server again. It never sends a command a second time.
//!
//! | | when its limit passes | when it is dropped |
//! |---|---|---|
//! | connecting | the socket is closed, [`ConnectErrorKind::Timeout`] | the socket is closed |
//! | `execute`, `execute_oob`, `execute_raw` | the call is cancelled, [`CommandErrorKind::Timeout`] | the same |
//! | `capabilities`, `has` | as a call; the next one asks again | the same |
//! | a call with [`Retry`] | the last attempt is cancelled, its error | no further attempt is made |
//! | `wait_for` | [`WaitErrorKind::Timeout`] | the wait ends |
//! | `execute_and_wait` | the call or the wait ends; the command goes on in the server | the same |
//! | `Events::next_within` | [`NextError::Timeout`]; no event is lost | no event is lost |
//! | `Events` | it has none | the subscription ends, others continue |
//! | `run`, `start` until the reply | as a call: the server may start the operation | the same |
//! | a running operation | it goes on in the server; `Running::extend` resumes the wait | it goes on in the server |
//! | a [`Plug`](operation::Plug) | what it has added is removed | what it has added stays |
//! | a transfer of [`guest`] | no further block; `Running::extend` resumes it | its file is closed |
//! | `Call` that is not executed | | nothing was sent |
//! | `Client` | | the last clone closes the connection |
//! | `Healing` | its own limit is for each outage: then all calls and subscriptions end | the last clone closes the connection, and no other follows |
//! | `HealingEvents` | it has none; `next_within` as for `Events` | the subscription ends, others continue |
//! | `Healing::client` | [`ConnectErrorKind::Timeout`]; the client goes on to connect | the same |
//! | `Process::start` | the process is killed, [`ProcessErrorKind::Connect`] | the process is killed |
//! | `Process::wait` | [`ProcessErrorKind::Runs`]; the process runs on | the same |
//! | `Process` | | the process is killed |

#[cfg(all(unix, feature = "tokio"))]
pub mod asynchronous;
/// A client on tokio. **This documentation was built without it**: it is in the documentation of a build with the feature
/// `tokio`, for instance by `cargo doc --package qapi-runtime --features tokio`.
///
/// ```toml
/// [dependencies]
/// qapi-runtime = { version = "0.1", default-features = false, features = ["tokio"] }
/// ```
///
/// `Client<S>`, `Healing<S>` and `Process<S>` have the methods of those in [`blocking`] as async ones, and the subscriptions are
/// `Stream`s. Every future can be dropped at any time: that cancels its call and affects no other.
///
/// ```ignore
/// let client = qapi_runtime::client::asynchronous::Client::<qapi::Schema>::connect_unix(path).await?;
/// let mut events = client.events();
/// client.execute(qapi::command::Stop::new()).await?;
/// while let Some(event) = events.next().await {
///     println!("{:?}", event?);
/// }
/// ```
#[cfg(all(doc, not(feature = "tokio"), feature = "threads", unix))]
pub mod asynchronous {}
#[cfg(all(unix, feature = "threads"))]
pub mod blocking;
mod capabilities;
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
mod common;
mod error;
mod event;
mod greeting;
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
mod guard;
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
pub mod guest;
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
mod healing;
#[cfg(feature = "server")]
pub mod in_process;
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
pub mod operation;
mod options;
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
mod pause;
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
pub mod process;
pub mod protocol;
mod request;
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
mod retry;
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
mod shared;
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
mod socket;

pub use crate::schema::{AnyEvent, ClientSchema, CommandOf, Speaks, UnknownEvent, Untyped, UntypedAgent};
pub use capabilities::{Capabilities, Member, Type, Unsupported};
pub use error::{
    CommandError, CommandErrorKind, ConnectError, ConnectErrorKind, EventError, Gone, GoneReason, NextError,
    Refusal, WaitError, WaitErrorKind,
};
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
pub use error::{ProcessError, ProcessErrorKind};
pub use event::{RawEvent, Received, Timestamp};
pub use greeting::Greeting;
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
pub use healing::Heard;
pub use options::Options;
pub use request::Request;
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
pub use retry::Retry;
