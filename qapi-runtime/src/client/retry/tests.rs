use super::*;
use crate::ErrorClass;
use crate::client::{Gone, GoneReason};

const SECOND: Duration = Duration::from_secs(1);

fn request(name: &str) -> Request {
    Request::raw(name, &crate::Any::Null).expect("a request")
}

fn refused(class: ErrorClass) -> CommandErrorKind {
    CommandErrorKind::Refused(Refusal { class, desc: String::new() })
}

fn gone() -> CommandErrorKind {
    CommandErrorKind::Gone { reason: Gone::new(GoneReason::Closed), sent: true }
}

#[test]
fn only_what_asks_is_repeated() {
    let retry = Retry::new(SECOND).asking(["qom-list"]);
    let begin = |name: &str| Retries::new(retry.clone(), request(name), None, Instant::now()).map(drop);
    for name in ["query-status", "qom-list"] {
        begin(name).expect("it asks");
    }
    for name in ["stop", "qom-get", "qmp_query-x"] {
        assert!(matches!(begin(name), Err(CommandErrorKind::MayChange)), "{name}");
    }
}

#[test]
fn only_what_passes_is_repeated() {
    let retry = Retry::new(SECOND).on_refusal(|refusal| refusal.class == ErrorClass::DeviceNotActive);
    let now = Instant::now();
    let passes = |failure| {
        let retries = Retries::new(retry.clone(), request("query-x"), None, now);
        retries.expect("it asks").pause_after(failure, now).is_ok()
    };
    assert!(passes(CommandErrorKind::Timeout(SECOND)));
    assert!(passes(refused(ErrorClass::DeviceNotActive)));
    for failure in [refused(ErrorClass::GenericError), gone(), CommandErrorKind::LeftOut] {
        assert!(!passes(failure));
    }
    let plain = Retries::new(Retry::new(SECOND), request("query-x"), None, now).expect("it asks");
    let mut plain = plain;
    plain.pause_after(refused(ErrorClass::DeviceNotActive), now).expect_err("no refusal passes");
}

#[test]
fn the_limit_holds_for_all_attempts_and_pauses() {
    let start = Instant::now();
    let retry = Retry::new(SECOND * 10).pauses(SECOND, 3, SECOND * 4);
    let mut retries = Retries::new(retry, request("query-x"), Some(SECOND * 2), start).expect("it asks");
    let late = || CommandErrorKind::Timeout(SECOND);
    assert_eq!(retries.attempt(start).1, Some(SECOND * 2));
    assert_eq!(retries.pause_after(late(), start + SECOND * 2).expect("again"), SECOND);
    assert_eq!(retries.pause_after(late(), start + SECOND * 5).expect("again"), SECOND * 3);
    // Less is left than an attempt may take, and then no more than the next pause.
    assert_eq!(retries.attempt(start + SECOND * 9).1, Some(SECOND));
    retries.pause_after(late(), start + SECOND * 6).expect_err("it comes too late");
}
