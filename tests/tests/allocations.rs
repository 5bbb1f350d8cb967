//! How often memory is asked for, which no load of the machine changes.

mod machine_handlers;

use allocation_counter::measure;
use qapi_runtime::session::{Session, Settings};
use qapi_runtime::{Dispatch, Origin, Peer};
use std::sync::Arc;

const SET_ACTION: &[u8] =
    b"{\"execute\": \"set-action\", \"arguments\": {\"panic\": \"pause\", \"reboot\": \"shutdown\"}, \"id\": 7}\r\n";

/// Has a session answer `command` as often as told, and counts from the second time on.
fn allocations(command: &[u8], times: u64) -> u64 {
    let dispatcher = machine_handlers::dispatcher();
    let origin = Arc::new(Origin::new(1, Peer::default()));
    let mut session = Session::new(Arc::new(Settings::new(dispatcher.tables())));
    let mut ask = |bytes: &[u8]| {
        session.receive(bytes);
        assert!(session.run(&dispatcher, &origin).is_empty(), "no handler is async");
        session.take_output()
    };
    ask(b"{\"execute\": \"qmp_capabilities\"}");
    let reply = ask(command);
    assert!(reply.starts_with(b"{\"return\": "), "{}", String::from_utf8_lossy(&reply));
    measure(|| (0..times).for_each(|_| drop(ask(command)))).count_total
}

#[test]
fn set_action_takes_less_than_ten_allocations() {
    let count = allocations(SET_ACTION, 100);
    assert!(count < 1000, "{count} for a hundred commands");
}

#[test]
fn the_counter_counts() {
    assert_eq!(measure(|| drop(std::hint::black_box(vec![0_u8; 100]))).count_total, 1);
    assert!(allocations(SET_ACTION, 1) > 0, "at least the output that was taken away");
}

#[test]
fn a_longer_stream_of_commands_takes_no_more_for_each() {
    let (few, many) = (allocations(SET_ACTION, 10), allocations(SET_ACTION, 1000));
    assert!(many <= few * 100, "{few} for ten, {many} for a thousand");
}
