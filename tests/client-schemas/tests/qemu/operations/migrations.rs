//! Migrations, to their end.

use super::{Client, LIMIT, NONE, connect, execute, rounds, with_each};
use qapi_runtime::Any;
use qapi_runtime::client::operation::{Migration, OperationErrorKind, Raw};
use serde_json::json;
use std::time::Duration;

fn migration(uri: &str) -> Migration<Raw> {
    Migration::new(Raw::new("migrate", json!({ "uri": uri })))
}

#[test]
fn each_of_many_ends_by_itself() {
    with_each(NONE, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        let events = json!({ "capabilities": [{ "capability": "events", "state": true }] });
        for round in 0..rounds(20) {
            if round == 10 {
                // From here on with events, too.
                execute(&client, "migrate-set-capabilities", events.clone());
            }
            // In turns, so that the status of the one before would be the wrong one.
            client
                .run(migration("exec:cat >/dev/null"), LIMIT)
                .unwrap_or_else(|error| panic!("{round}: {error:?}"));
            // A machine that was migrated away is not migrated again.
            execute(&client, "cont", Any::Null);
            let error = client.run(migration("unix:/nowhere"), LIMIT).expect_err("there is no such socket");
            assert!(matches!(error.kind, OperationErrorKind::Failed(_)), "{round}: {error:?}");
        }
        let error = client.run(migration("nowhere"), LIMIT).expect_err("no such address");
        assert!(matches!(error.kind, OperationErrorKind::Command(_)), "{error}");
    });
}

#[test]
fn its_progress_is_told_and_it_can_be_cancelled() {
    with_each(&["-machine", "pc", "-m", "128"], |qemu, kind| {
        let client: Client = connect(qemu, kind);
        execute(&client, "migrate-set-parameters", json!({ "max-bandwidth": 4096 }));
        let mut slow =
            client.start(migration("exec:cat >/dev/null"), Duration::from_millis(300)).expect("it starts");
        let error = slow.wait().expect_err("it takes minutes");
        assert!(matches!(error.kind, OperationErrorKind::Timeout(_)), "{error}");
        assert!(error.last.as_deref().is_some_and(|last| last.starts_with("active, ")), "{error}");
        execute(&client, "migrate_cancel", Any::Null);
        slow.extend(LIMIT);
        let mut last = None;
        let error = loop {
            match slow.progress() {
                Ok(progress) => last = Some(progress.expect("it was cancelled")),
                Err(error) => break error,
            }
        };
        assert!(matches!(&error.kind, OperationErrorKind::Failed(_)), "{error}");
        assert_eq!(last.expect("a state").status, "cancelled");
    });
}
