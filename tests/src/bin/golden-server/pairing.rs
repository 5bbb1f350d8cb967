//! Which recorded answer belongs to which recorded command.
//!
//! A connection answers its in-band input in order, malformed input too; out-of-band commands overtake it, and are told by
//! their `id`, or by the fifo that holds up everything else.

use qapi_runtime::json::{Item, Object, Parser, Value};
use qapi_test_support::recording::{FIFO, Recording, Step, is_same};
use std::collections::{BTreeMap, VecDeque};

/// The commands of a recording.
#[derive(Debug, Default)]
pub(crate) struct Pairs {
    pub(crate) calls: Vec<Paired>,
    /// The events that came for a signal.
    pub(crate) signal_events: Vec<Value<'static>>,
    pub(crate) exit_code: u8,
}

/// A command that was sent, and its answer.
#[derive(Debug)]
pub(crate) struct Paired {
    pub(crate) name: String,
    pub(crate) arguments: Value<'static>,
    pub(crate) out_of_band: bool,
    pub(crate) has_file: bool,
    /// The events that came before the answer.
    pub(crate) events_before: Vec<Value<'static>>,
    pub(crate) reply: Option<Value<'static>>,
    /// Events that came behind it, with no other answer after them.
    pub(crate) events_after: Vec<Value<'static>>,
    /// The server ended behind the answer.
    pub(crate) is_last: bool,
}

#[derive(Default)]
struct Connection {
    parser: Parser,
    negotiated: bool,
    out_of_band: bool,
    in_band: VecDeque<Waiting>,
    overtaking: VecDeque<Waiting>,
    /// Events that went to all connections, were recorded on another one, and are still to be seen on this one.
    copies: Vec<Value<'static>>,
}

/// Input without its answer.
struct Waiting {
    id: Option<Value<'static>>,
    /// The index among the calls, for a command.
    call: Option<usize>,
    /// It waits for the fifo.
    is_held: bool,
}

/// Goes through a recording.
pub(crate) fn pair(recording: &Recording) -> Pairs {
    let mut pairs = Pairs::default();
    let mut connections: BTreeMap<&str, Connection> = BTreeMap::new();
    let mut is_unblocked = false;
    for step in &recording.steps {
        if let Some(code) = step.exit_code {
            // A signal's number is for those that the policy kills.
            pairs.exit_code = u8::try_from(code).unwrap_or(0);
        }
        let connection = connections.entry(&step.connection).or_default();
        if step.connect {
            *connection = Connection::default();
        }
        connection.send(step, &mut pairs.calls);
        is_unblocked |= step.unblock;
        let mut events = Vec::new();
        let mut new_events = Vec::new();
        let mut last = None;
        let mut repaired = step.repaired.iter();
        for reply in &step.replies {
            match reply {
                Some(event) if event.get("event").is_some() => {
                    if !connection.saw_copy(event) {
                        events.push(event.clone());
                        new_events.push(event.clone());
                    }
                }
                Some(greeting) if greeting.get("QMP").is_some() => {}
                reply => {
                    let call =
                        connection.settle(reply.as_ref(), is_unblocked).and_then(|waiting| waiting.call);
                    if let Some(paired) = call.and_then(|call| pairs.calls.get_mut(call)) {
                        paired.reply = reply.as_ref().or_else(|| repaired.next()).cloned();
                        paired.events_before = std::mem::take(&mut events);
                        last = call;
                    }
                }
            }
        }
        if let Some(paired) = last.and_then(|call| pairs.calls.get_mut(call)) {
            paired.events_after = events;
            paired.is_last = step.ends_server();
        } else if step.signal.is_some() {
            pairs.signal_events = events;
        }
        if step.close {
            connections.remove(step.connection.as_str());
        }
        for (name, connection) in &mut connections {
            if *name != step.connection && connection.negotiated {
                connection.copies.extend(new_events.iter().cloned());
            }
        }
    }
    pairs
}

impl Connection {
    /// Notes what a step sends.
    fn send(&mut self, step: &Step, calls: &mut Vec<Paired>) {
        self.parser.feed(&step.send);
        let mut has_file = step.send_fd;
        loop {
            let message = match self.parser.next() {
                None => return,
                Some(Item::Error(_)) => {
                    self.in_band.push_back(Waiting { id: None, call: None, is_held: false });
                    continue;
                }
                Some(Item::Message(message)) => message.into_value().into_owned(),
            };
            let text = |name| message.get(name).and_then(Value::as_str);
            let overtakes =
                self.out_of_band && message.get("exec-oob").is_some() && message.get("execute").is_none();
            let name = if overtakes { text("exec-oob") } else { text("execute") };
            let arguments = message.get("arguments").cloned().unwrap_or(Value::Object(Object::new()));
            let id = message.get("id").cloned();
            let mut waiting = Waiting { id, call: None, is_held: mentions_fifo(&arguments) };
            if let Some(name) = name {
                if name == "qmp_capabilities" {
                    self.negotiate(&arguments);
                }
                waiting.call = Some(calls.len());
                calls.push(Paired {
                    name: name.to_owned(),
                    arguments,
                    out_of_band: overtakes,
                    has_file: std::mem::take(&mut has_file),
                    events_before: Vec::new(),
                    reply: None,
                    events_after: Vec::new(),
                    is_last: false,
                });
            }
            if overtakes { self.overtaking.push_back(waiting) } else { self.in_band.push_back(waiting) }
        }
    }

    /// What follows in the same write may already be sent out-of-band.
    fn negotiate(&mut self, arguments: &Value<'_>) {
        let enable: &[Value<'_>] = match arguments.get("enable") {
            None => &[],
            Some(Value::Array(enable)) => enable,
            Some(_) => return,
        };
        let is_good = enable.iter().all(|capability| capability.as_str() == Some("oob"))
            && arguments.as_object().is_some_and(|members| members.iter().all(|(name, _)| name == "enable"));
        if is_good && !self.negotiated {
            self.negotiated = true;
            self.out_of_band = !enable.is_empty();
        }
    }

    /// Whether an event was caused on another connection, where it was recorded before.
    fn saw_copy(&mut self, event: &Value<'_>) -> bool {
        let place = self.copies.iter().position(|copy| is_same(copy, event));
        place.map(|place| self.copies.remove(place)).is_some()
    }

    /// Finds what a reply answers.
    fn settle(&mut self, reply: Option<&Value<'_>>, is_unblocked: bool) -> Option<Waiting> {
        let id = match reply {
            // No JSON: QEMU's way to say an infinite number, so it is in order, with an id that is none.
            None => return self.in_band.pop_front(),
            Some(reply) => reply.get("id"),
        };
        let is_like = |waiting: &Waiting| match (&waiting.id, id) {
            (None, None) => true,
            (Some(sent), Some(id)) => is_same(sent, id),
            _ => false,
        };
        let is_next = |waiting: &&Waiting| is_like(waiting) && (is_unblocked || !waiting.is_held);
        if self.in_band.front().filter(is_next).is_some() {
            return self.in_band.pop_front();
        }
        if let Some(place) = self.overtaking.iter().position(is_like) {
            return self.overtaking.remove(place);
        }
        // A racy order.
        let place = self.in_band.iter().position(is_like)?;
        self.in_band.remove(place)
    }
}

fn mentions_fifo(value: &Value<'_>) -> bool {
    match value {
        Value::String(text) => text.contains(FIFO),
        Value::Object(members) => members.iter().any(|(_, value)| mentions_fifo(value)),
        Value::Array(elements) => elements.iter().any(mentions_fifo),
        _ => false,
    }
}
