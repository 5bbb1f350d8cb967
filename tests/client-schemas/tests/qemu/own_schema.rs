//! A client made from QEMU's own schema of version 10.0.2.

use qapi_client_tests::qemu;

#[path = "scenarios.rs"]
mod scenarios;
