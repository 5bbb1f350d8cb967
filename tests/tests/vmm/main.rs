//! End to end: the example machine as a process, driven over real sockets.
// A test may end with a panic.
#![allow(clippy::unwrap_used)]

mod bad_input;
mod clients;
mod foreign;
mod machine;
mod readme;
