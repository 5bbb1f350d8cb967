//! Servers that a program starts itself, with their monitor on a pair of sockets.
//!
//! One end of the pair is the process's standard input, and a character device on it is the monitor. So there is no path
//! that another process could use, nothing to wait for before connecting, and no socket to remove afterwards. QEMU 7.2 and
//! later can do it, and `qemu-storage-daemon`.
//!
//! ```no_run
//! # #[cfg(feature = "threads")]
//! # fn show() -> Result<(), Box<dyn std::error::Error>> {
//! use qapi_runtime::client::blocking::Process;
//! use qapi_runtime::client::operation::Power;
//! use qapi_runtime::client::process::Starting;
//! use qapi_runtime::client::{Options, Untyped};
//! use std::process::Command;
//! use std::time::Duration;
//!
//! let mut command = Command::new("qemu-system-x86_64");
//! command.args(["-machine", "none", "-display", "none"]);
//! let mut qemu = Process::<Untyped>::start(Starting::qemu(command), &Options::new())?;
//!
//! let status = qemu.client().execute_raw("query-status", serde_json::Value::Null);
//! // If QEMU has died, the error has its exit status and its last words.
//! let status = status.map_err(|error| qemu.explain(error))?;
//! println!("{status}");
//!
//! qemu.client().run(Power::Quit, Duration::from_secs(10))?;
//! assert!(qemu.wait(Duration::from_secs(10))?.success());
//! # Ok(())
//! # }
//! ```
//!
//! # The end of the process
//!
//! Dropping a `Process` kills the process with SIGKILL: without its monitor it would be out of reach. A clean end is
//! [`Power::Quit`](super::operation::Power::Quit) and `wait`. A program that is killed itself drops nothing, so its
//! processes run on, unless they were started by [`dying_with_parent`].
//!
//! # Standard error
//!
//! A thread for each process reads its standard error, and keeps the last lines ([`Starting::stderr_lines`]). The program's
//! own standard error gets none of it. Standard output is as the command says.

mod child;
mod parent;
mod starting;
mod tail;

pub(super) use child::{Look, Spawned};
pub use parent::dying_with_parent;
pub use starting::Starting;
