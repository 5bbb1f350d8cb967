//! What the blocking and the asynchronous client share: the state machine, and the callers that wait for its replies.

mod attempts;
mod hub;
mod queue;
mod roster;
mod wanted;

pub(super) use attempts::Attempts;
pub(super) use queue::{News, NoEvent, Queue};
pub(super) use roster::Roster;
pub(super) use wanted::Wanted;

use super::protocol::{CallId, Cancelled, Core, Failure, Incoming, Outgoing};
use super::{Capabilities, CommandErrorKind, Gone, GoneReason, Greeting, Options, Request};
use crate::dialect::Dialect;
use crate::json::Value;
use crate::sync::lock;
use crate::{Decode, Input, Mode, Result as DecodeResult};
use hub::Hub;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Passes a reply to its caller. Called under the lock, so it must not block.
pub(super) type Completion = Box<dyn FnOnce(Answered<'_>) + Send>;

/// The result of a call.
pub(super) type Answered<'a> = Result<Value<'a>, Failure>;

/// Called once, when the negotiation is over or has failed.
pub(super) type Ready = Box<dyn FnOnce(Result<(), Gone>) + Send>;

/// How long to wait for the error of a command that is answered only when it fails, if the caller set no limit. The
/// command may have stopped the server, which then answers nothing, not even the probe.
pub(super) const SILENCE: Duration = Duration::from_secs(5);

/// One connection, shared by its callers and its reader.
pub(super) struct Shared {
    state: Mutex<State>,
    hub: Hub,
}

struct State {
    core: Core,
    completions: HashMap<CallId, Completion>,
    ready: Option<Ready>,
}

impl Shared {
    pub(super) fn new(
        dialect: Dialect,
        options: &Options,
        peer: Option<&Arc<str>>,
        ready: Ready,
    ) -> Arc<Shared> {
        // Random, from the standard library: the seed of a hash map. Differs from the nonces of earlier clients.
        let nonce = RandomState::new().hash_one(0u8) as u32 & Core::NONCES;
        tracing::debug!(connection = nonce, peer = peer.map(|peer| &**peer), "connected, not ready yet");
        let core = Core::new(dialect, options, nonce);
        let state = State { core, completions: HashMap::new(), ready: Some(ready) };
        Arc::new(Shared { state: Mutex::new(state), hub: Hub::new(options.event_capacity) })
    }

    /// Feeds bytes that the server sent, and passes on replies and events.
    pub(super) fn receive(&self, bytes: &[u8]) {
        let mut state = lock(&self.state);
        state.core.receive(bytes);
        state.settle(&self.hub);
    }

    pub(super) fn close(&self, reason: GoneReason) {
        let mut state = lock(&self.state);
        state.core.close(reason);
        state.settle(&self.hub);
    }

    /// Ends the connection, because the server closed it or an I/O error occurred.
    pub(super) fn close_by(&self, result: io::Result<()>) {
        self.close(match result {
            // A server that exits with unread input resets the connection; whether we see a reset or an end is a race.
            Err(error)
                if !matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) =>
            {
                GoneReason::Io(error)
            }
            _ => GoneReason::Closed,
        });
    }

    pub(super) fn is_ended(&self) -> bool {
        lock(&self.state).core.is_ended()
    }

    /// Queues a command. The caller must then flush the output.
    pub(super) fn start(&self, request: Request, completion: Completion) -> Result<CallId, CommandErrorKind> {
        let mut state = lock(&self.state);
        if request.out_of_band && !state.core.is_out_of_band() && !state.core.is_ended() {
            return Err(CommandErrorKind::NoOutOfBand);
        }
        let id = state.core.send(request);
        state.completions.insert(id, completion);
        // On a connection that has ended, the call fails at once.
        state.settle(&self.hub);
        Ok(id)
    }

    /// Cancels a call.
    pub(super) fn cancel(&self, id: CallId) -> Cancelled {
        let mut state = lock(&self.state);
        let was = state.core.cancel(id);
        if state.completions.remove(&id).is_none() { Cancelled::Over } else { was }
    }

    pub(super) fn next_output(&self) -> Option<Outgoing> {
        lock(&self.state).core.next_output()
    }

    pub(super) fn subscribe(&self) -> Arc<Queue> {
        self.hub.subscribe()
    }

    pub(super) fn subscribe_from_start(&self) -> Arc<Queue> {
        self.hub.subscribe_from_start()
    }

    pub(super) fn greeting(&self) -> Greeting {
        lock(&self.state).core.greeting().clone()
    }

    pub(super) fn is_out_of_band(&self) -> bool {
        lock(&self.state).core.is_out_of_band()
    }
}

impl State {
    fn settle(&mut self, hub: &Hub) {
        let State { core, completions, ready } = self;
        while let Some(incoming) = core.next() {
            match incoming {
                Incoming::Handled => {}
                Incoming::Ready => {
                    if let Some(ready) = ready.take() {
                        ready(Ok(()));
                    }
                }
                Incoming::Reply(id, result) => {
                    if let Some(completion) = completions.remove(&id) {
                        completion(result);
                    }
                }
                Incoming::Event(event) => hub.send(event),
                Incoming::Ended(reason) => {
                    hub.end(&reason);
                    if let Some(ready) = ready.take() {
                        ready(Err(reason));
                    }
                }
            }
        }
    }
}

/// Decodes a reply to the command's return type.
pub(super) fn decode_answer<T: Decode>(answer: Answered<'_>) -> Result<T, CommandErrorKind> {
    T::decode(Input::new(&answer?, Mode::Lenient)).map_err(CommandErrorKind::Reply)
}

/// The result of a call that had no reply in time.
pub(super) fn timed_out<T: Decode>(was: Cancelled, limit: Duration) -> Result<T, CommandErrorKind> {
    match was {
        // Such a command sends no reply on success.
        Cancelled::SentSilent => decode_answer(Ok(Value::Object(crate::json::Object::new()))),
        _ => Err(CommandErrorKind::Timeout(limit)),
    }
}

/// The command that [`Capabilities`] are read from, by dialect.
pub(super) fn capabilities_request(dialect: Dialect) -> (&'static str, DecodeResult<Request>) {
    let name = if dialect == Dialect::Agent { "guest-info" } else { "query-qmp-schema" };
    (name, Request::raw(name, &crate::Any::Null))
}

/// [`Capabilities`] as a command's return value.
pub(super) struct Answer(pub(super) Capabilities);

impl Decode for Answer {
    fn decode(input: Input<'_>) -> DecodeResult<Answer> {
        let value = input.value();
        let read = if value.as_array().is_some() {
            Capabilities::from_schema(value)
        } else {
            Capabilities::from_guest_info(value)
        };
        read.map(Answer)
    }
}
