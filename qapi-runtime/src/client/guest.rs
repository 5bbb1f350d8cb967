//! Longer tasks of the guest agent: a program run to its end, files read and written.
//!
//! They are [operations](super::operation), so any client of an agent runs them: one of the agent's schema, or of
//! [`UntypedAgent`](super::UntypedAgent).
//!
//! ```no_run
//! # #[cfg(feature = "threads")]
//! # fn show() -> Result<(), Box<dyn std::error::Error>> {
//! use qapi_runtime::client::UntypedAgent;
//! use qapi_runtime::client::blocking::Client;
//! use qapi_runtime::client::guest::{Exec, ReadFile, WriteFile};
//! use std::time::Duration;
//!
//! let limit = Duration::from_secs(30);
//! let agent = Client::<UntypedAgent>::connect_unix("/run/vm/agent.sock")?;
//! let listed = agent.run(Exec::new("/bin/ls").arg("-l").arg("/etc"), limit)?;
//! println!("{:?}: {}", listed.code, String::from_utf8_lossy(&listed.stdout));
//!
//! let name = agent.run(ReadFile::new("/etc/hostname"), limit)?;
//! let mut copy = agent.start(WriteFile::new("/tmp/name", name), limit)?;
//! while let Some(progress) = copy.progress()? {
//!     println!("{progress}");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Limits
//!
//! A transfer begins no block after its limit. Its file stays open, so that `Running::extend` can resume it, until the
//! `Running` is dropped. A program runs on after the limit, and the agent has no command to end it.
//!
//! # Dropping
//!
//! Dropping the `Running` of a transfer, which `Client::run` does at any end, closes the file: the client sends the
//! command without waiting for its reply. Dropping the `Running` of a program leaves the program and its output to the
//! agent. If a future of `Client::start` or `Client::run` is dropped, or its limit passes, before the agent has answered
//! the command that opens a file or starts a program, the file stays open, or the program runs on.

mod base64;
mod exec;
mod file;
mod read;
mod write;

pub use exec::{Exec, ExecProgress, ExecSteps, Exited};
pub use file::Transferred;
pub use read::{ReadFile, ReadSteps};
pub use write::{WriteFile, WriteSteps};
