use super::*;
use crate::client::{GoneReason, Timestamp};
use crate::json::{Object, Value};

fn event(queue: &Queue, name: &str) {
    let data = Value::Object(Object::new());
    queue.push(Arc::new(RawEvent { name: name.into(), data, timestamp: Timestamp::default() }));
}

fn lost(queue: &Queue) {
    queue.connection_ended(&Gone::new(GoneReason::Closed));
}

/// All that the reader reads, as words.
fn read(queue: &Queue) -> String {
    let now = Some(Instant::now());
    let news = std::iter::from_fn(|| queue.wait(now).ok());
    let words = news.map(|news| match news {
        News::Event(event) => event.name.clone(),
        News::Lost(_) => "lost".into(),
        News::Healed => "healed".into(),
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_lasting_queue_goes_on_and_another_one_ends() {
    let queue = Queue::lasting(4);
    event(&queue, "A");
    lost(&queue);
    queue.healed();
    event(&queue, "B");
    assert_eq!(read(&queue), "A lost healed B");
    assert!(queue.ended().is_none());
    queue.finish(&Gone::new(GoneReason::Local));
    assert!(matches!(queue.wait(None), Err(NoEvent::Ended(_))));

    let queue = Queue::of_connection(Backlog::default(), 4);
    lost(&queue);
    assert!(queue.ended().is_some());
}

#[test]
fn marks_do_not_pile_up() {
    let queue = Queue::lasting(2);
    for _ in 0..10 {
        lost(&queue);
        queue.healed();
    }
    assert_eq!(lock(&queue.state).backlog.news.len(), 2);
    assert_eq!(read(&queue), "lost healed");
    for name in ["A", "B", "C", "D"] {
        lost(&queue);
        queue.healed();
        event(&queue, name);
    }
    // The dropped events leave one mark of each kind.
    assert_eq!(queue.take_missed(), 2);
    assert_eq!(read(&queue), "lost healed C lost healed D");
    lost(&queue);
    queue.healed();
    lost(&queue);
    assert_eq!(read(&queue), "lost");
}

#[test]
fn a_queue_without_room_hears_of_connections_only() {
    let queue = Queue::lasting(0);
    event(&queue, "A");
    lost(&queue);
    assert_eq!(queue.take_missed(), 0);
    assert_eq!(read(&queue), "lost");
}
