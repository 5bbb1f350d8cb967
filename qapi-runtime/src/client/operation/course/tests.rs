use super::*;
use crate::client::operation::{Resize, ResizeProgress, ResizeSteps};
use crate::client::{Gone, GoneReason};
use serde_json::json;

const LIMIT: Duration = Duration::from_secs(10);

fn course(now: Instant) -> Course<ResizeSteps> {
    Course::new(ResizeSteps::new(Resize::new("m", 1)), None, LIMIT, now)
}

fn kind(
    result: Result<Action<ResizeProgress, ()>, OperationError>,
) -> Result<&'static str, OperationErrorKind> {
    match result {
        Ok(Action::Ask(..)) => Ok("ask"),
        Ok(Action::Listen(_)) => Ok("listen"),
        Ok(Action::Report(_)) => Ok("report"),
        Ok(Action::Done(())) => Ok("done"),
        Err(error) => Err(error.kind),
    }
}

impl Course<ResizeSteps> {
    #[track_caller]
    fn does(&mut self, now: Instant, what: &str) {
        assert_eq!(kind(self.next(now)).expect("no error"), what);
    }

    fn told(&mut self, size: u64) {
        self.steps.reply(Ok(json!(size))).expect("it takes the reply");
    }
}

#[test]
fn at_the_limit_it_asks_once_more_and_then_gives_up() {
    let start = Instant::now();
    let mut course = course(start);
    course.does(start, "ask");
    course.told(0);
    course.does(start, "report");
    course.does(start, "listen");
    course.does(start + LIMIT, "ask");
    course.told(0);
    let error = course.next(start + LIMIT).err().expect("the limit has passed");
    assert!(matches!(error.kind, OperationErrorKind::Timeout(LIMIT)));
    assert_eq!(error.to_string(), "resizing m did not end within 10s; last seen: 0 bytes, 1 requested");
    // It resumes, and asks at the new limit again.
    course.extend(LIMIT, start + LIMIT);
    course.does(start + LIMIT, "listen");
    course.does(start + LIMIT * 2, "ask");
    course.told(1);
    course.does(start + LIMIT * 2, "report");
    course.does(start + LIMIT * 2, "done");
}

#[test]
fn a_question_has_until_the_end_of_the_grace() {
    let start = Instant::now();
    let mut course = course(start);
    for (now, left) in [(start, LIMIT + GRACE), (start + LIMIT, GRACE)] {
        let Ok(Action::Ask(_, limit)) = course.next(now) else { panic!("it asks") };
        assert_eq!(limit, left);
    }
    let late = kind(course.next(start + LIMIT + GRACE));
    assert!(matches!(late, Err(OperationErrorKind::Timeout(_))), "{late:?}");
}

#[test]
fn without_a_connection_it_asks_nothing_and_then_again() {
    let start = Instant::now();
    let queue = Queue::lasting(1);
    let mut course = course(start);
    course.does(start, "ask");
    // The connection is lost in the middle of the question.
    let gone = Gone::new(GoneReason::Closed);
    queue.connection_ended(&gone);
    let lost = CommandErrorKind::Gone { reason: gone, sent: true };
    course.reply(&queue, Err(CommandError::new("qom-get", None, lost)), start).expect("it may heal");
    course.does(start, "listen");
    course.hear(&queue, Ok(News::Healed), start).expect("it has healed");
    course.does(start, "ask");
    course.told(0);
    course.does(start, "report");
    course.does(start, "listen");
    // The state may have changed meanwhile, although no event says so.
    let gone = Gone::new(GoneReason::Closed);
    course.hear(&queue, Ok(News::Lost(gone)), start).expect("it may heal");
    course.does(start, "listen");
    course.hear(&queue, Ok(News::Healed), start).expect("it has healed");
    course.does(start, "ask");
}

#[test]
fn an_outage_does_not_extend_the_limit() {
    let start = Instant::now();
    let queue = Queue::lasting(1);
    let mut course = course(start);
    let gone = Gone::new(GoneReason::Closed);
    course.hear(&queue, Ok(News::Lost(gone)), start).expect("it may heal");
    course.does(start, "listen");
    let late = kind(course.next(start + LIMIT));
    assert!(matches!(late, Err(OperationErrorKind::Timeout(LIMIT))), "{late:?}");
}
