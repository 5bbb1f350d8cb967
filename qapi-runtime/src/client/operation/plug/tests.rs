use super::*;
use crate::client::Untyped;
use crate::client::operation::script::Script;
use crate::client::operation::{Action, Course};
use crate::client::shared::Queue;
use std::time::Instant;

fn plug() -> Plug<Untyped> {
    let device = json!({ "driver": "virtio-blk-pci", "id": "d", "drive": "n" });
    Plug::new(Raw::new("device_add", device))
        .backend(Raw::new("add-fd", json!({ "fdset-id": 1, "opaque": "ro" })))
        .backend(Raw::new("add-fd", json!({ "fdset-id": 1, "opaque": "rw" })))
        .backend(Raw::new("blockdev-add", json!({ "driver": "null-co", "node-name": "n" })))
}

fn script() -> Script<PlugSteps> {
    let began = Operation::<Untyped>::begin(plug());
    assert!(began.command.is_none());
    Script(began.steps)
}

impl Script<PlugSteps> {
    fn adds(&mut self, command: &str, name: &str, reply: Any) {
        self.answer(command, reply);
        assert_eq!(self.0.report(), Some(PlugProgress::Done(format!("{command} {name}"))));
    }

    fn adds_descriptors(&mut self) {
        self.adds("add-fd", "1", json!({ "fdset-id": 1, "fd": 7 }));
        self.adds("add-fd", "1", json!({ "fdset-id": 1, "fd": 8 }));
    }

    fn adds_backends(&mut self) {
        self.adds_descriptors();
        self.adds("blockdev-add", "n", json!({}));
    }

    fn undoes(&mut self, command: &str, name: &str, arguments: Any) {
        assert_eq!(self.asked(command), arguments);
        self.0.reply(Ok(json!({}))).expect("it takes the reply");
        assert_eq!(self.0.report(), Some(PlugProgress::Undone(format!("{command} {name}"))));
    }

    fn undoes_blockdev(&mut self) {
        self.undoes("blockdev-del", "n", json!({ "node-name": "n" }));
    }

    fn undoes_descriptors(&mut self) {
        self.undoes("remove-fd", "1", json!({ "fdset-id": 1, "fd": 8 }));
        self.undoes("remove-fd", "1", json!({ "fdset-id": 1, "fd": 7 }));
    }
}

fn timeout(command: &str) -> CommandError {
    CommandError::new(command, None, CommandErrorKind::Timeout(Duration::ZERO))
}

#[test]
fn the_device_is_added_last_and_unplugged_first() {
    let mut plug = script();
    plug.adds_backends();
    assert!(plug.0.outcome().is_none());
    plug.adds("device_add", "d", json!({}));
    let plugged = plug.done();
    assert_eq!(plugged.id(), "d");

    let mut unplug = Script(Operation::<Untyped>::begin(plugged.unplug()).steps);
    unplug.answer("qom-list", json!([{ "name": "d" }]));
    unplug.waits();
    unplug.event("DEVICE_DELETED", json!({ "device": "d", "path": "/machine/peripheral/d" }));
    unplug.refuse("blockdev-del").expect("it is tried again");
    unplug.waits();
    unplug.0.look_again();
    assert_eq!(unplug.asked("blockdev-del"), json!({ "node-name": "n" }));
    unplug.0.reply(Ok(json!({}))).expect("it takes the reply");
    for fd in [8, 7] {
        assert_eq!(unplug.asked("remove-fd"), json!({ "fdset-id": 1, "fd": fd }));
        unplug.0.reply(Ok(json!({}))).expect("it takes the reply");
    }
    unplug.done();
}

#[test]
fn a_step_that_fails_undoes_those_before() {
    let mut plug = script();
    plug.adds_backends();
    plug.refuse("device_add").expect("it goes on to undo");
    plug.undoes_blockdev();
    plug.answer("remove-fd", json!({}));
    // It is gone already.
    let error = plug.refuse("remove-fd").expect_err("everything is undone");
    assert!(matches!(error, OperationErrorKind::Command(error) if error.command == "device_add"));
    assert_eq!(plug.0.report(), Some(PlugProgress::Undone("remove-fd 1".into())));
}

#[test]
fn the_first_step_that_fails_has_nothing_to_undo() {
    let mut plug = script();
    let error = plug.refuse("add-fd").expect_err("there is nothing to undo");
    assert!(matches!(error, OperationErrorKind::Command(error) if error.command == "add-fd"));
}

#[test]
fn what_cannot_be_undone_is_told() {
    let mut plug = script();
    plug.adds_backends();
    plug.refuse("device_add").expect("it goes on to undo");
    plug.0.late();
    plug.refuse("blockdev-del").expect("it goes on to undo");
    plug.answer("remove-fd", json!({}));
    plug.asked("remove-fd");
    plug.0.reply(Ok(json!({}))).expect_err("everything else is undone");
    assert_eq!(plug.0.report(), Some(PlugProgress::NotUndone("blockdev-del n (no)".into())));
}

#[test]
fn what_is_not_undone_in_time_is_told() {
    // In the past, because the queue waits by the real clock. A machine that has just started waits, too.
    let start = Instant::now();
    let start = start.checked_sub(Duration::from_secs(60)).unwrap_or(start);
    let steps = Operation::<Untyped>::begin(plug()).steps;
    let mut course = Course::new(steps, None, Duration::from_secs(1), start);
    let queue = Queue::lasting(1);
    let mut asked = Vec::new();
    let mut now = start;
    let error = loop {
        let Action::Ask(question, limit) = (match course.next(now) {
            Ok(action) => action,
            Err(error) => break error,
        }) else {
            continue;
        };
        // The server answers once, and then stops.
        let reply = match asked.is_empty() {
            true => Ok(json!({ "fdset-id": 1, "fd": 7 })),
            false => Err(timeout(&question.command)),
        };
        now += if reply.is_ok() { Duration::ZERO } else { limit };
        asked.push(question.command);
        if let Err(error) = course.reply(&queue, reply, now) {
            break error;
        }
    };
    assert_eq!(asked, ["add-fd", "add-fd", "remove-fd"]);
    assert!(matches!(error.kind, OperationErrorKind::Timeout(_)), "{error}");
    assert_eq!(error.last.as_deref(), Some("not undone: remove-fd 1, remove-fd 1"));
}

#[test]
fn a_step_without_a_reply_is_undone_too() {
    let mut plug = script();
    plug.adds_descriptors();
    plug.asked("blockdev-add");
    plug.0.reply(Err(timeout("blockdev-add"))).expect("it goes on to undo");
    plug.undoes_blockdev();
    plug.undoes_descriptors();
    assert!(matches!(plug.0.outcome(), Some(Err(Failure::Late))));
}

#[test]
fn no_step_begins_after_the_limit() {
    let mut plug = script();
    plug.adds_descriptors();
    plug.0.late();
    plug.undoes_descriptors();
    assert!(matches!(plug.0.outcome(), Some(Err(Failure::Late))));
}

#[test]
fn what_has_no_name_is_refused_before_anything_is_sent() {
    for (command, arguments) in [("blockdev-add", json!({ "driver": "null-co" })), ("eject", json!({}))] {
        let began = Operation::<Untyped>::begin(plug().backend(Raw::new(command, arguments)));
        let (name, request) = began.command.expect("the first command");
        assert_eq!(name, command);
        request.expect_err("it is not sent");
    }
}
