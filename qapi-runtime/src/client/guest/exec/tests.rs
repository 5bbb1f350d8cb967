use super::*;
use crate::client::operation::script::Script;

fn running(exec: Exec) -> Script<ExecSteps> {
    let mut script = Script(Operation::<()>::begin(exec).steps);
    script.0.started(Ok(json!({ "pid": 12 }))).expect("it runs");
    assert_eq!(script.0.report().expect("it runs").to_string(), "it runs as process 12");
    script
}

#[test]
fn all_goes_into_the_request() {
    let exec = Exec::new("/p").arg("-v").args(["a", "b"]).env("N", 1).input("in");
    let wanted = json!({
        "path": "/p", "arg": ["-v", "a", "b"], "env": ["N=1"], "input-data": "aW4=", "capture-output": true,
    });
    assert_eq!(exec.request(), wanted);
    let plain = json!({ "path": "/p", "arg": [], "capture-output": true });
    assert_eq!(Exec::new("/p").request(), plain);
}

#[test]
fn it_is_asked_for_until_it_has_exited() {
    let mut script = running(Exec::new("/p"));
    assert_eq!(script.asked("guest-exec-status"), json!({ "pid": 12 }));
    script.0.reply(Ok(json!({ "exited": false }))).expect("it takes the reply");
    script.waits();
    let pauses: Vec<_> = (0..3).filter_map(|_| script.0.pause()).map(|pause| pause.as_millis()).collect();
    assert_eq!(pauses, [10, 20, 40]);
    script.0.look_again();
    let status = json!({ "exited": true, "exitcode": 3, "out-data": "b3V0", "err-data": "ZXJy",
        "out-truncated": true });
    script.answer("guest-exec-status", status);
    let exited = script.done();
    assert!(!exited.success() && exited.code == Some(3) && exited.signal.is_none());
    assert_eq!((&exited.stdout[..], &exited.stderr[..]), (&b"out"[..], &b"err"[..]));
    assert!(exited.stdout_truncated && !exited.stderr_truncated);
}

#[test]
fn a_signal_is_no_exit_code() {
    let mut script = running(Exec::new("/p"));
    script.answer("guest-exec-status", json!({ "exited": true, "signal": 9 }));
    let wanted = Exited { signal: Some(9), ..Exited::default() };
    assert_eq!(script.done(), wanted);
}

#[test]
fn an_agent_that_was_restarted_knows_it_no_longer() {
    let mut script = running(Exec::new("/p"));
    let error = script.refuse("guest-exec-status").expect_err("it is not known");
    assert!(matches!(error, OperationErrorKind::Command(_)), "{error:?}");
}

#[test]
fn a_reply_that_is_none() {
    assert!(ExecSteps::new("/p".into()).started(Ok(json!({}))).is_err());
    for reply in [json!({}), json!({ "exited": true, "out-data": "?" })] {
        let mut script = running(Exec::new("/p"));
        script.asked("guest-exec-status");
        let error = script.0.reply(Ok(reply)).expect_err("it is no reply");
        assert!(matches!(error, OperationErrorKind::Reply("guest-exec-status")), "{error:?}");
    }
}
