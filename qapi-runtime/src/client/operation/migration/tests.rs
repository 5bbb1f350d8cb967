use super::*;
use crate::client::operation::script::Script;
use serde_json::json;

fn script() -> Script<MigrationSteps> {
    Script(MigrationSteps::new())
}

fn active(transferred: u64) -> Any {
    json!({ "status": "active", "ram": { "transferred": transferred, "remaining": 9 - transferred, "total": 9 } })
}

#[test]
fn it_reports_and_completes() {
    let mut migration = script();
    migration.answer("query-migrate", json!({}));
    assert_eq!(migration.0.report().expect("a report").status, "none");
    migration.waits();
    migration.0.look_again();
    migration.answer("query-migrate", active(1));
    let report = migration.0.report().expect("a report");
    assert_eq!(report.to_string(), "active, 1 bytes sent, 8 of 9 to send");
    migration.0.look_again();
    migration.answer("query-migrate", active(1));
    assert_eq!(migration.0.report(), None);
    migration.waits();
    migration.event("MIGRATION", json!({ "status": "completed" }));
    // An event may be of an earlier migration: the reply counts.
    migration.answer("query-migrate", active(2));
    migration.waits();
    migration.0.look_again();
    migration.answer("query-migrate", json!({ "status": "completed" }));
    assert!(migration.0.outcome().is_none());
    migration.answer("query-status", json!({ "status": "finish-migrate", "running": false }));
    assert!(migration.0.report().is_some());
    migration.waits();
    migration.0.look_again();
    migration.answer("query-status", json!({ "status": "postmigrate", "running": false }));
    migration.done();
}

#[test]
fn it_fails_and_is_cancelled() {
    for (reply, text) in [
        (json!({ "status": "failed", "error-desc": "no route" }), "migration failed: no route"),
        (json!({ "status": "failed" }), "migration failed: failed"),
        (json!({ "status": "cancelled" }), "migration failed: cancelled"),
    ] {
        let mut migration = script();
        migration.answer("query-migrate", reply);
        migration.answer("query-status", json!({ "status": "running", "running": true }));
        assert_eq!(migration.failed(), text);
    }
}

#[test]
fn what_is_on_its_way_is_no_end() {
    for status in ["setup", "device", "cancelling", "postcopy-paused", "wait-unplug", "of-a-later-version"] {
        let mut migration = script();
        migration.answer("query-migrate", json!({ "status": status }));
        migration.waits();
    }
}

#[test]
fn a_malformed_reply_is_an_error() {
    let mut migration = script();
    migration.asked("query-migrate");
    let error = migration.0.reply(Ok(json!([])));
    assert!(matches!(error, Err(OperationErrorKind::Reply("query-migrate"))));
    assert!(migration.refuse("query-migrate").is_err());
}
