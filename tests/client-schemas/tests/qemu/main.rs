//! A real QEMU, driven by clients of its own schema, of ours, and of older ones.
//!
//! `QAPI_QEMU` names the program (`qemu-system-x86_64` from `PATH` otherwise). `QAPI_QEMU_OLD` names one of another
//! version; all tests run with both.

#![allow(clippy::duplicate_mod, reason = "the same is done with clients of several schemas")]

#[cfg(qemu_schema)]
mod cut_schema;
mod devices;
mod guest;
#[cfg(qemu_7_2_schema)]
mod old_schema;
mod operations;
mod our_schema;
#[cfg(qemu_schema)]
mod own_schema;
mod ways;

use qapi_client_tests::driver::{Driver, Kind};
use qapi_runtime::client::{ClientSchema, Options};
use qapi_test_support::server::{Server, old_qemu, qemu};
use qapi_test_support::{say, skipped};
use std::cell::Cell;
use std::path::PathBuf;

/// An empty machine.
const NONE: &[&str] = &["-machine", "none"];

/// The programs to test with; reports a missing one as skipped.
fn programs() -> Vec<PathBuf> {
    let mut programs = Vec::new();
    match qemu() {
        Some(program) => programs.push(program),
        None => {
            skipped("clients against QEMU", "there is no qemu-system-x86_64; QAPI_QEMU names another program")
        }
    }
    match old_qemu() {
        Some(program) => programs.push(program),
        None => skipped("clients against an older QEMU", "QAPI_QEMU_OLD names none"),
    }
    programs
}

/// Runs the test with each program, in a stopped machine with these arguments, and with each client.
fn with_each(arguments: &[&str], test: impl Fn(&mut Server, Kind)) {
    for program in programs() {
        for kind in Kind::ALL {
            test(&mut Server::qemu(&program, &[&["-S"][..], arguments].concat()), kind);
            if let Some(rounds) = ROUNDS.take() {
                let thread = std::thread::current();
                let name = thread.name().unwrap_or_default();
                say(&format!("{name}: {rounds} of {rounds}, {kind:?}, {}", program.display()));
            }
        }
    }
}

/// A disk whose boot sector only reports a panic to the pvpanic device.
#[cfg(any(qemu_schema, qemu_7_2_schema))]
fn panic_disk() -> Vec<u8> {
    let mut sector = vec![0; 512];
    // mov dx, 0x505; mov al, 1; out dx, al; hlt; jmp to the hlt
    let program = [0xBA, 0x05, 0x05, 0xB0, 0x01, 0xEE, 0xF4, 0xEB, 0xFD];
    sector[..program.len()].copy_from_slice(&program);
    sector[510..].copy_from_slice(&[0x55, 0xAA]);
    sector
}

thread_local! {
    /// How often the test of this thread repeats a wait, to be told when it has passed.
    static ROUNDS: Cell<Option<u32>> = const { Cell::new(None) };
}

/// How often a wait is repeated: as `QAPI_WAITS` says.
fn rounds(short: u32) -> u32 {
    rare_rounds(short, 1)
}

/// As [`rounds`], for a test that takes so many times as long for each.
fn rare_rounds(short: u32, slowness: u32) -> u32 {
    let rounds = std::env::var("QAPI_WAITS").map_or(short, |rounds| rounds.parse().expect("a number"));
    let rounds = rounds.div_ceil(slowness);
    ROUNDS.set(Some(rounds));
    rounds
}

fn connect<S: ClientSchema>(qemu: &mut Server, kind: Kind) -> Driver<S> {
    Driver::unix(kind, qemu.connect(), &Options::new()).expect("it connects")
}

/// Reports the skipped tests when QEMU's schema is missing.
#[cfg(not(qemu_schema))]
#[test]
fn qemu_schema() {
    skipped("clients made from QEMU's schema", "there is no conformance data");
}

/// Reports the skipped tests when the older schema is missing.
#[cfg(not(qemu_7_2_schema))]
#[test]
fn old_schema() {
    skipped("clients made from the schema of QEMU 7.2", "QAPI_QEMU_7_2 names no folder of its source");
}
