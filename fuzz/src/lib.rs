//! Fuzz targets: functions from any bytes to nothing but an answer.
//!
//! A target fails by panicking; what is a fault of the input is no failure. It returns the features of the
//! answer that the input got, and inputs whose answers have new ones are kept and changed further. That needs no instrumentation,
//! so that all of it runs on stable Rust.
//!
//! `cargo xtask fuzz` runs the targets; `cargo test` replays the corpus.

pub mod corpus;
pub mod dictionary;
pub mod digest;
pub mod mutate;
pub mod random;
pub mod seeds;
pub mod target;

pub use target::{TARGETS, Target};
