//! A client in the same process as its server, without a socket or a thread.
//!
//! For tests of handlers, and for embedders that execute commands as typed calls with everything a session does:
//! checks, policy, access, turns, events. The calling thread drives the session and runs the handlers.

use super::protocol::{CallId, Core, Failure, Incoming};
use super::{
    ClientSchema, CommandError, CommandErrorKind, CommandOf, ConnectError, ConnectErrorKind, EventError,
    Gone, GoneReason, Options, RawEvent, Received, Request,
};
use crate::Monitor;
use crate::json::{Object, Value};
use crate::monitor::SessionOptions;
use crate::monitor::driver::{Action, Connection, Driver, Placement};
use crate::sync::{Mutex, lock};
use crate::{Any, Decode, File, Input, Mode, Peer};
use std::collections::VecDeque;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use std::thread::{self, Thread};

/// A client of the schema `S`, in the same process as its monitor.
///
/// ```
/// # use qapi_runtime::{Call, Dispatch, Outcome, Tables};
/// # static TABLES: Tables = Tables { generation: 1, commands: &[], events: &[], introspection: &[] };
/// # struct NoCommands;
/// # impl Dispatch for NoCommands {
/// #     fn tables(&self) -> &'static Tables { &TABLES }
/// #     fn call(&self, _: usize, _: Call<'_>) -> Outcome { unreachable!() }
/// # }
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use qapi_runtime::client::Untyped;
/// use qapi_runtime::control::command::QueryVersion;
/// use qapi_runtime::{Monitor, Version};
///
/// let monitor = Monitor::builder(NoCommands).version(Version::new(1, 2, 3)).build();
/// // With a schema of your own: `in_process::<qapi::Schema>`.
/// let client = monitor.in_process::<Untyped>()?;
/// assert_eq!(client.execute(QueryVersion::new())?.qemu.minor, 2);
/// # Ok(())
/// # }
/// ```
///
/// Calls from several threads wait for each other. A handler must not wait for a command of such a client: its turn
/// does not come before the handler returns.
pub struct Client<S> {
    state: Mutex<State>,
    waker: Waker,
    ring: Arc<Ring>,
    schema: PhantomData<fn() -> S>,
}

struct State {
    core: Core,
    connection: Connection,
    events: VecDeque<RawEvent<'static>>,
    /// How many events are kept at most.
    capacity: usize,
    /// How many events were dropped since the last [`Client::take_missed`].
    missed: u64,
    ready: bool,
    ended: Option<Gone>,
}

/// Wakes the thread that waits.
#[derive(Default)]
struct Ring(Mutex<Option<Thread>>);

impl Wake for Ring {
    fn wake(self: Arc<Ring>) {
        if let Some(thread) = &*lock(&self.0) {
            thread.unpark();
        }
    }
}

impl Monitor {
    /// Creates a client in this process, without a socket.
    ///
    /// # Errors
    ///
    /// The monitor refuses the session, or its capabilities cannot be negotiated.
    pub fn in_process<S: ClientSchema>(&self) -> Result<Client<S>, ConnectError> {
        Client::new(self, &SessionOptions::new().dialect(S::DIALECT), &Options::new())
    }
}

impl<S: ClientSchema> Client<S> {
    /// Creates a client whose session has the given options, for instance an access.
    ///
    /// # Errors
    ///
    /// The monitor refuses the session, or its capabilities cannot be negotiated.
    pub fn new(
        monitor: &Monitor,
        session: &SessionOptions,
        options: &Options,
    ) -> Result<Client<S>, ConnectError> {
        let ring = Arc::new(Ring::default());
        let waker = Waker::from(Arc::clone(&ring));
        let driver = Driver::new(monitor, waker.clone(), Placement::Here);
        let connection = driver.connect(Peer::Unknown, session, None).map_err(|refused| {
            ConnectError::new(None, ConnectErrorKind::Io(std::io::Error::other(refused)))
        })?;
        // No earlier client has used this connection, so the ids need no nonce.
        let core = Core::new(S::DIALECT, options, 0);
        let state = State {
            core,
            connection,
            events: VecDeque::new(),
            capacity: options.event_capacity.max(1),
            missed: 0,
            ready: false,
            ended: None,
        };
        let client = Client { state: Mutex::new(state), waker, ring, schema: PhantomData };
        let mut state = lock(&client.state);
        while !state.ready {
            client.turn_over(&mut state, &mut |_, _| ());
            if let Some(reason) = &state.ended {
                return Err(ConnectError::new(None, ConnectErrorKind::Gone(reason.clone())));
            }
        }
        drop(state);
        Ok(client)
    }

    /// Executes a command and waits for its result.
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub fn execute<C: CommandOf<S>>(&self, command: C) -> Result<C::Ok, CommandError> {
        self.run(C::NAME, Request::new(&command))
    }

    /// Executes a command with descriptors.
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub fn execute_with_files<C: CommandOf<S>>(
        &self,
        command: C,
        files: Vec<File>,
    ) -> Result<C::Ok, CommandError> {
        self.run(C::NAME, Request::new(&command).map(|request| request.files(files)))
    }

    /// Executes a command by name, for commands that are not in the schema. `arguments` is an object, or null.
    ///
    /// # Errors
    ///
    /// See [`CommandError`].
    pub fn execute_raw(&self, name: &str, arguments: &Any) -> Result<Any, CommandError> {
        self.run(name, Request::raw(name, arguments))
    }

    /// The next event, if there is one.
    ///
    /// The monitor ends the session of a client that takes no events and executes no commands for long, like that of
    /// any other client.
    ///
    /// # Errors
    ///
    /// The data of the event does not match the schema.
    pub fn next_event(&self) -> Option<Result<Received<S::Event>, EventError>> {
        let mut state = lock(&self.state);
        if state.events.is_empty() {
            self.turn_over(&mut state, &mut |_, _| ());
        }
        state.events.pop_front().map(|event| event.decode())
    }

    /// How many events were dropped since the last call: the oldest ones, when more than [`Options::event_capacity`]
    /// waited.
    pub fn take_missed(&self) -> u64 {
        std::mem::take(&mut lock(&self.state).missed)
    }

    fn run<T: Decode>(&self, name: &str, request: crate::Result<Request>) -> Result<T, CommandError> {
        self.answer(request).map_err(|kind| CommandError::new(name, None, kind))
    }

    fn answer<T: Decode>(&self, request: crate::Result<Request>) -> Result<T, CommandErrorKind> {
        let request = request.map_err(CommandErrorKind::Arguments)?;
        let silent = request.silent;
        let mut state = lock(&self.state);
        // Set before the first look: whatever happens after the look unparks this thread.
        *lock(&self.ring.0) = Some(thread::current());
        let call = state.core.send(request);
        let mut answer = None;
        loop {
            let moved = self.turn_over(&mut state, &mut |id, result| {
                if id == call {
                    answer = Some(decode(result));
                }
            });
            if let Some(answer) = answer {
                return answer;
            }
            if silent && !state.connection.link().is_running() {
                // It is answered only when it fails, and it has ended without an answer.
                state.core.cancel(call);
                return decode(Ok(Value::Object(Object::new())));
            }
            if !moved {
                thread::park();
            }
        }
    }

    /// Does all that can be done now on both sides, and passes the replies to `told`. Returns whether any bytes were
    /// passed.
    fn turn_over(&self, state: &mut State, told: &mut dyn FnMut(CallId, Result<Value<'_>, Failure>)) -> bool {
        let mut moved = false;
        while let Some(output) = state.core.next_output() {
            moved = true;
            state.connection.receive(&output.bytes, output.files);
        }
        loop {
            match state.connection.advance(&mut Context::from_waker(&self.waker)) {
                Action::Write => {
                    moved = true;
                    let core = &mut state.core;
                    state.connection.flush(|bytes| {
                        core.receive(bytes);
                        Ok(bytes.len())
                    });
                }
                Action::Close => {
                    state.core.close(GoneReason::Closed);
                    break;
                }
                Action::Wait(_) => break,
                Action::Beside(_) => unreachable!("with Placement::Here every command runs in advance"),
            }
        }
        while let Some(incoming) = state.core.next() {
            match incoming {
                Incoming::Handled => {}
                Incoming::Ready => state.ready = true,
                Incoming::Reply(id, result) => told(id, result),
                Incoming::Event(event) => {
                    if state.events.len() == state.capacity {
                        state.events.pop_front();
                        state.missed += 1;
                    }
                    state.events.push_back(event.into_owned());
                }
                Incoming::Ended(reason) => state.ended = Some(reason),
            }
        }
        moved
    }
}

impl<S> fmt::Debug for Client<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

fn decode<T: Decode>(result: Result<Value<'_>, Failure>) -> Result<T, CommandErrorKind> {
    T::decode(Input::new(&result?, Mode::Lenient)).map_err(CommandErrorKind::Reply)
}
