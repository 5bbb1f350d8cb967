use super::*;
use crate::client::CommandErrorKind;
use crate::client::operation::script::refusal;

fn removal(adds: &str, arguments: Any) -> EncodeResult<Removal> {
    Removal::of(&Request::raw(adds, &arguments).expect("it can be sent"))
}

fn node(name: &str) -> Removal {
    removal("blockdev-add", json!({ "driver": "null-co", "node-name": name })).expect("it can be undone")
}

#[test]
fn each_command_is_undone_by_its_name() {
    for (adds, arguments, removes, name) in [
        ("add-fd", json!({ "fdset-id": 3, "opaque": "x" }), "remove-fd", json!({ "fdset-id": 3 })),
        ("netdev_add", json!({ "type": "user", "id": "n" }), "netdev_del", json!({ "id": "n" })),
        ("getfd", json!({ "fdname": "f" }), "closefd", json!({ "fdname": "f" })),
    ] {
        let removal = removal(adds, arguments).expect("it can be undone");
        assert_eq!((&*removal.command, removal.arguments), (removes, name));
    }
    let error = |adds, arguments| removal(adds, arguments).expect_err("it cannot be undone").to_string();
    assert_eq!(error("eject", json!({ "id": "d" })), "no command is known that undoes 'eject'");
    assert_eq!(error("device_add", json!({ "driver": "d" })), "without 'id' it cannot be undone");
    assert_eq!(error("add-fd", Any::Null), "without 'fdset-id' it cannot be undone");
}

#[test]
fn a_descriptor_is_removed_by_the_number_that_the_server_told() {
    let add_fd = removal("add-fd", json!({ "fdset-id": 3 })).expect("it can be undone");
    let told = add_fd.told(&json!({ "fdset-id": 3, "fd": 12 }));
    assert_eq!(told.arguments, json!({ "fdset-id": 3, "fd": 12 }));
    assert_eq!(told.to_string(), "remove-fd 3");
    let unchanged = node("n").told(&json!({ "fd": 1 }));
    assert_eq!(unchanged, node("n"));
}

#[test]
fn the_last_one_is_removed_first_and_a_refused_one_again() {
    let mut removals = Removals::new(vec![node("a"), node("b")]);
    for _ in 0..3 {
        assert!(removals.question().is_some());
        assert_eq!(removals.reply(Err(refusal("blockdev-del"))), None);
        assert!(removals.question().is_none(), "it waits");
        removals.retry();
    }
    assert_eq!(removals.reply(Ok(json!({}))), Some(node("b")));
    assert_eq!(removals.reply(Ok(json!({}))), Some(node("a")));
    assert!(removals.is_over() && removals.left().is_empty());
}

#[test]
fn one_that_is_refused_for_long_is_left_and_the_others_are_tried_once() {
    let mut removals = Removals::new(vec![node("a"), node("b"), node("c")]);
    for _ in 0..TRIES {
        assert!(removals.question().is_some());
        assert_eq!(removals.reply(Err(refusal("blockdev-del"))), None);
        removals.retry();
    }
    assert_eq!(removals.reply(Err(refusal("blockdev-del"))), None);
    assert!(removals.question().is_some(), "it does not wait");
    assert_eq!(removals.reply(Ok(json!({}))), Some(node("a")));
    assert!(removals.is_over());
    assert!(matches!(removals.left(), [(c, _), (b, _)] if (c, b) == (&node("c"), &node("b"))));
    assert_eq!(removals.take_error().expect("it is left").command, "blockdev-del");
}

#[test]
fn after_the_limit_each_is_tried_once() {
    let mut removals = Removals::new(vec![node("a"), node("b")]);
    removals.reply(Err(refusal("blockdev-del")));
    removals.late();
    for _ in 0..2 {
        assert!(removals.question().is_some());
        removals.reply(Err(refusal("blockdev-del")));
    }
    assert!(removals.is_over());
    assert_eq!(removals.left().len(), 2);
}

#[test]
fn a_descriptor_that_was_taken_needs_no_removal() {
    let getfd = removal("getfd", json!({ "fdname": "f" })).expect("it can be undone");
    let mut removals = Removals::new(vec![getfd.clone()]);
    assert_eq!(removals.reply(Err(refusal("closefd"))), Some(getfd));
    assert!(removals.left().is_empty());
}

#[test]
fn only_a_refusal_says_that_it_is_gone() {
    let getfd = removal("getfd", json!({ "fdname": "f" })).expect("it can be undone");
    let mut removals = Removals::new(vec![getfd.clone()]);
    let late = CommandError::new("closefd", None, CommandErrorKind::Timeout(PAUSE));
    assert_eq!(removals.reply(Err(late)), None);
    assert!(matches!(removals.left(), [(left, _)] if *left == getfd));
}

#[test]
fn a_descriptor_of_an_unknown_number_is_not_removed() {
    let add_fd = removal("add-fd", json!({ "fdset-id": 3 })).expect("it can be undone");
    let mut removals = Removals::new(vec![add_fd.clone()]);
    let question = removals.question().expect("it asks");
    let error = question.request.expect_err("it would remove the whole set");
    assert_eq!(error.to_string(), "no reply has told the 'fd' to remove");
    let error = CommandError::new("remove-fd", None, CommandErrorKind::Arguments(error));
    assert_eq!(removals.reply(Err(error)), None);
    assert!(matches!(removals.left(), [(left, _)] if *left == add_fd));
}
