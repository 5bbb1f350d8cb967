//! A client of the schema of QEMU 7.2: it works with a newer QEMU, and keeps the values that only the newer one has.

use crate::{NONE, connect, with_each};
use qapi_client_tests::driver::Driver;
use qapi_client_tests::qemu_7_2 as qemu;

#[path = "scenarios.rs"]
mod scenarios;

#[test]
fn values_that_came_later_are_kept() {
    with_each(NONE, |qemu, kind| {
        let client: Driver<qemu::Schema> = connect(qemu, kind);
        let all = client.execute(qemu::command::QueryMigrateCapabilities::new()).expect("a list");
        let known = all.iter().filter(|one| one.capability == qemu::MigrationCapability::Xbzrle).count();
        assert_eq!(known, 1);
        let unknown: Vec<String> = all
            .iter()
            .filter(|one| matches!(one.capability, qemu::MigrationCapability::Unknown(_)))
            .map(|one| one.capability.to_string())
            .collect();
        // Version 9.0 introduced it.
        let is_new = client.greeting().version.major >= 9;
        assert_eq!(unknown.contains(&"mapped-ram".to_owned()), is_new, "{unknown:?}");
        assert_eq!(unknown.is_empty(), !is_new, "{unknown:?}");
    });
}
