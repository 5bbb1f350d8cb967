//! The `qapi-gen` command.
fn main() {}
