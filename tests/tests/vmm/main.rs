//! End to end: the example machine as a process, driven over real sockets.

mod bad_input;
mod clients;
mod foreign;
mod machine;
mod readme;
