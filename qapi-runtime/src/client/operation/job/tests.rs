use super::*;
use crate::client::operation::script::Script;

fn script() -> Script<JobSteps> {
    Script(JobSteps::new("a".into()))
}

fn jobs(status: &str, current: u64) -> Any {
    json!([
        { "id": "b", "type": "backup", "status": "concluded", "current-progress": 9, "total-progress": 9 },
        { "id": "a", "type": "backup", "status": status, "current-progress": current, "total-progress": 9 },
    ])
}

fn changed(id: &str, status: &str) -> (&'static str, Any) {
    ("JOB_STATUS_CHANGE", json!({ "id": id, "status": status }))
}

fn completed(error: Option<&str>) -> (&'static str, Any) {
    let mut data = json!({ "type": "backup", "device": "a", "len": 9, "offset": 9, "speed": 0 });
    if let Some(error) = error {
        data["error"] = error.into();
    }
    ("BLOCK_JOB_COMPLETED", data)
}

impl Script<JobSteps> {
    fn tell(&mut self, (name, data): (&str, Any)) {
        self.event(name, data);
    }
}

#[test]
fn it_is_dismissed_when_it_has_concluded() {
    let mut job = script();
    job.answer("query-jobs", jobs("running", 1));
    assert_eq!(job.0.report().expect("a report").to_string(), "running, 1 of 9");
    assert_eq!(job.0.report(), None);
    job.waits();
    job.tell(changed("b", "concluded"));
    job.waits();
    job.tell(changed("a", "concluded"));
    job.answer("query-jobs", jobs("concluded", 9));
    assert_eq!(job.0.report().expect("a report").current, 9);
    assert_eq!(job.asked("job-dismiss"), json!({ "id": "a" }));
    job.answer("job-dismiss", json!({}));
    job.done();
}

#[test]
fn its_error_is_told_after_the_dismissal() {
    let mut job = script();
    let mut reply = jobs("concluded", 3);
    reply[1]["error"] = "No space left on device".into();
    job.answer("query-jobs", reply);
    assert!(job.0.outcome().is_none());
    job.answer("job-dismiss", json!({}));
    assert_eq!(job.failed(), "job a failed: No space left on device");
}

#[test]
fn one_that_dismisses_itself_is_taken_by_its_last_event() {
    for (last, error) in [
        (completed(None), None),
        (completed(Some("x")), Some("job a failed: x")),
        (("BLOCK_JOB_CANCELLED", completed(None).1), Some("job a failed: it was cancelled")),
    ] {
        let mut job = script();
        job.tell(changed("a", "created"));
        job.tell(last);
        job.tell(changed("a", "null"));
        job.answer("query-jobs", json!([]));
        match error {
            None => job.done(),
            Some(error) => assert_eq!(job.failed(), error),
        }
    }
}

#[test]
fn the_last_event_of_an_earlier_job_of_this_id_is_none_of_it() {
    let mut job = script();
    job.tell(completed(Some("old")));
    job.tell(changed("a", "null"));
    job.tell(changed("a", "created"));
    job.answer("query-jobs", jobs("running", 0));
    job.tell(completed(None));
    job.tell(changed("a", "null"));
    job.answer("query-jobs", json!([]));
    job.done();
}

#[test]
fn an_event_while_it_asks_makes_it_ask_again() {
    let mut job = script();
    job.asked("query-jobs");
    job.tell(changed("a", "concluded"));
    // The event is from after the question: the reply may be older.
    job.0.reply(Ok(jobs("running", 1))).expect("it takes the reply");
    job.answer("query-jobs", jobs("concluded", 9));
    job.asked("job-dismiss");
}

#[test]
fn an_abandoned_dismissal_is_found_out() {
    let mut job = script();
    job.answer("query-jobs", jobs("concluded", 9));
    job.refuse("job-dismiss").expect("it looks why");
    job.answer("query-jobs", json!([]));
    job.done();
    let mut job = script();
    job.answer("query-jobs", jobs("concluded", 9));
    job.refuse("job-dismiss").expect("it looks why");
    job.answer("query-jobs", jobs("concluded", 9));
    assert!(matches!(job.refuse("job-dismiss"), Err(OperationErrorKind::Command(_))));
}

#[test]
fn without_its_last_event_the_outcome_is_not_known() {
    let mut job = script();
    job.0.look_again();
    job.answer("query-jobs", json!([]));
    assert_eq!(job.failed(), "job a failed: it is gone, and its last event was not seen");
}

#[test]
fn a_malformed_reply_is_an_error() {
    for reply in [json!({}), json!([{ "id": "a" }])] {
        let mut job = script();
        job.asked("query-jobs");
        let error = job.0.reply(Ok(reply)).expect_err("it is malformed");
        assert!(matches!(error, OperationErrorKind::Reply("query-jobs")));
    }
}
