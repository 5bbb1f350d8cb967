//! Serves one recorded conversation: a server for QEMU's whole schema whose handlers answer as a real QEMU did.
//!
//! `golden-server --replay FILE --socket PATH [--socket PATH]...`
//!
//! Everything but the handlers is what any user of qapi-gen gets, so what differs from the recording is a difference
//! between us and QEMU. A handler answers only after the arguments have been decoded; it never answers with an error that
//! the protocol has to find: see [`script`].
//!
//! Ends with status 0 or the recorded one, 1 when it cannot serve, 2 when it was built without QEMU's schema.

#[cfg(golden)]
mod events;
#[cfg(golden)]
mod options;
#[cfg(golden)]
mod pairing;
#[cfg(golden)]
mod replay;
#[cfg(golden)]
mod script;
#[cfg(golden)]
mod server;

/// QEMU's schema, and the handlers.
#[cfg(golden)]
#[allow(dead_code, deprecated, missing_docs, unreachable_pub, unused_imports, clippy::all)]
mod qapi {
    include!(concat!(env!("OUT_DIR"), "/golden.rs"));
}

use std::process::ExitCode;

#[cfg(golden)]
fn main() -> ExitCode {
    match server::run(std::env::args().skip(1)) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("golden-server: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(not(golden))]
fn main() -> ExitCode {
    eprintln!(
        "golden-server: built without QEMU's schema; build it where QAPI_CONFORMANCE_DATA names a folder that has one"
    );
    ExitCode::from(2)
}
