//! A small virtual machine process.
fn main() {}
