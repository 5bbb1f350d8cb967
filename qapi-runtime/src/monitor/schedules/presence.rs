//! Waiters for a client's departure are woken, whenever it leaves.

use super::{block_on, check};
use crate::context::Presence;
use shuttle::thread;
use std::future::poll_fn;
use std::sync::Arc;

fn left() {
    let presence = Arc::new(Presence::new(None));
    let wait = |_| {
        let presence = Arc::clone(&presence);
        thread::spawn(move || block_on(poll_fn(|cx| presence.poll_left(cx))))
    };
    let threads: Vec<_> = (0..3).map(wait).collect();
    presence.leave();
    threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
}

#[test]
fn presence_ends_once_for_all() {
    check("presence_ends_once_for_all", left);
}
