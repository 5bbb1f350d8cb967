//! A real QEMU: driven by clients made from its own schema, from ours, and from one that is older.
//!
//! `QAPI_QEMU` names the program (`qemu-system-x86_64` of the path otherwise), `QAPI_QEMU_OLD` one of another version, with
//! which the same is done.

mod our_schema;
#[cfg(qemu_schema)]
mod own_schema;

use qapi_client_tests::qemu_process::{Qemu, old_program, program};
use qapi_test_support::skipped;
use std::path::PathBuf;

/// The programs to test with; says so when one is not there.
fn programs() -> Vec<PathBuf> {
    let mut programs = Vec::new();
    match program() {
        Some(program) => programs.push(program),
        None => {
            skipped("clients against QEMU", "there is no qemu-system-x86_64; QAPI_QEMU names another program")
        }
    }
    match old_program() {
        Some(program) => programs.push(program),
        None => skipped("clients against an older QEMU", "QAPI_QEMU_OLD names none"),
    }
    programs
}

/// Does the same with each program, in a machine with these arguments.
fn with_each(arguments: &[&str], test: impl Fn(&mut Qemu)) {
    for program in programs() {
        test(&mut Qemu::start(&program, arguments));
    }
}

/// Without QEMU's schema there is still something to say.
#[cfg(not(qemu_schema))]
#[test]
fn qemu_schema() {
    skipped("clients made from QEMU's schema", "there is no conformance data");
}
