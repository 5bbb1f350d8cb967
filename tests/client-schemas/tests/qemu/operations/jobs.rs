//! Jobs of the block layer, to their end.

use super::{Client, LIMIT, NONE, connect, execute, rounds, with_each};
use qapi_runtime::Any;
use qapi_runtime::client::operation::{Job, OperationErrorKind, Raw};
use serde_json::json;
use std::fs::File;
use std::path::Path;
use std::time::Duration;

const SIZE: u64 = 16 << 20;

/// Adds sources that hold nothing, which are copied at once or slowly, and a target.
fn add_nodes(client: &Client, folder: &Path) {
    let target = folder.join("target.img");
    File::create(&target).and_then(|file| file.set_len(SIZE)).expect("a file");
    for (name, zeroes) in [("source", true), ("slow", false)] {
        let node = json!({ "driver": "null-co", "node-name": name, "size": SIZE, "read-zeroes": zeroes });
        execute(client, "blockdev-add", node);
    }
    let node = json!({ "driver": "file", "node-name": "target", "filename": target, "discard": "unmap" });
    execute(client, "blockdev-add", node);
}

fn backup(extra: Any) -> Job<Raw> {
    let mut arguments = json!({ "job-id": "copy", "device": "source", "target": "target", "sync": "full" });
    for (name, value) in extra.as_object().expect("an object") {
        arguments[name] = value.clone();
    }
    Job::new("copy", Raw::new("blockdev-backup", arguments))
}

#[test]
fn a_job_is_run_to_its_end_again_and_again() {
    with_each(NONE, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        add_nodes(&client, qemu.folder());
        for round in 0..rounds(100) {
            // The same id each time: nothing may be left of the job before.
            let dismissed = backup(json!({ "auto-dismiss": round % 2 == 0 }));
            client.run(dismissed, LIMIT).unwrap_or_else(|error| panic!("round {round}: {error}"));
            if round % 16 == 0 {
                assert_eq!(execute(&client, "query-jobs", Any::Null), json!([]));
            }
        }
    });
}

#[test]
fn its_progress_and_its_error_are_told() {
    with_each(NONE, |qemu, kind| {
        let client: Client = connect(qemu, kind);
        add_nodes(&client, qemu.folder());
        let slow = json!({ "device": "slow", "speed": 1 << 20, "auto-dismiss": false });
        let mut job = client.start(backup(slow), Duration::from_millis(700)).expect("it starts");
        let first = job.progress().expect("a state").expect("not the end");
        assert_eq!((&*first.status, first.total), ("running", SIZE));
        let error = job.wait().expect_err("it is too slow");
        assert!(matches!(error.kind, OperationErrorKind::Timeout(_)), "{error}");
        assert!(error.last.as_deref().is_some_and(|last| last.starts_with("running, ")), "{error}");
        // The wait resumes where it was, and the end of a cancelled job is an error.
        execute(&client, "job-cancel", json!({ "id": "copy" }));
        job.extend(LIMIT);
        let error = job.wait().expect_err("it was cancelled");
        assert!(matches!(error.kind, OperationErrorKind::Failed(_)), "{error}");
        assert_eq!(execute(&client, "query-jobs", Any::Null), json!([]));

        let failing = json!({ "driver": "blkdebug", "node-name": "failing", "image": "target",
            "inject-error": [{ "event": "none", "iotype": "write", "errno": 28 }] });
        execute(&client, "blockdev-add", failing);
        for dismiss in [true, false] {
            let command = json!({ "device": "slow", "target": "failing", "auto-dismiss": dismiss });
            let error = client.run(backup(command), LIMIT).expect_err("it cannot write");
            let OperationErrorKind::Failed(text) = &error.kind else { panic!("{error}") };
            assert_eq!(text, "No space left on device");
        }
        let error = client.run(backup(json!({ "device": "none" })), LIMIT).expect_err("no such node");
        assert!(matches!(error.kind, OperationErrorKind::Command(_)), "{error}");
    });
}
