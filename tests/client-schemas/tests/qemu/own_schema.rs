//! A client of QEMU's own schema of version 10.0.2.

use crate::{NONE, connect, with_each};
use qapi_client_tests::driver::Driver;
use qapi_client_tests::qemu;
use qapi_runtime::client::ClientSchema;
use qapi_runtime::client::operation::Migration;
use std::time::Duration;

#[path = "scenarios.rs"]
mod scenarios;

#[test]
fn every_enumeration_is_found_by_its_name() {
    with_each(NONE, |qemu, kind| {
        let client: Driver<qemu::Schema> = connect(qemu, kind);
        let capabilities = client.capabilities().expect("the schema");
        let all = qemu::Schema::ENUMERATIONS;
        let missing: Vec<&str> = all
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| capabilities.enumeration(name).is_none_or(|found| found.values().is_empty()))
            .collect();
        assert!(all.len() > 150, "{}", all.len());
        match client.greeting().version.major {
            // Only a command for other architectures uses it.
            10 => assert_eq!(missing, ["CpuModelCompareResult"]),
            // An older peer lacks some enumerations entirely.
            _ => assert!(missing.len() < all.len() / 2, "{missing:?}"),
        }
    });
}

#[test]
fn an_operation_takes_a_command_of_the_schema() {
    with_each(NONE, |qemu, kind| {
        let client: Driver<qemu::Schema> = connect(qemu, kind);
        let command = qemu::command::Migrate::new().uri("exec:cat >/dev/null");
        client.run(Migration::new(command), Duration::from_secs(60)).expect("it completes");
    });
}
