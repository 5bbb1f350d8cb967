//! A server with a small, hand-written command table, as generated code would have it.

#![allow(dead_code, clippy::unwrap_used, reason = "each test program uses a part; a stub may fail its test")]

use qapi_runtime::Output;
use qapi_runtime::{
    Any, Command, CommandFlags, CommandSpec, Context, Decode, Encode, Error, EventSender, Features, Input,
    Result,
};
use qapi_runtime::{Call, Dispatch, Outcome, Tables};
use qapi_runtime::{Event, Schema};
use std::future::poll_fn;
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Poll, Waker};
use std::time::Duration;

pub(crate) struct Protocol;

impl Schema for Protocol {
    const TABLES: &'static Tables = &TABLES;
}

const fn spec(name: &'static str) -> CommandSpec {
    with(name, CommandFlags::NONE)
}

const fn with(name: &'static str, flags: CommandFlags) -> CommandSpec {
    CommandSpec::new(name, flags, Features::NONE)
}

pub(crate) static TABLES: Tables = Tables {
    generation: 1,
    commands: &[
        with("await", CommandFlags::COROUTINE),
        with("blockdev-add", CommandFlags::BLOCKING),
        spec("cont"),
        spec("getfd"),
        with("linger", CommandFlags::BLOCKING),
        with("migrate-pause", CommandFlags::ALLOW_OOB),
        spec("nan"),
        CommandSpec::new("old", CommandFlags::NONE, Features::DEPRECATED),
        spec("panic"),
        with("panic-later", CommandFlags::COROUTINE),
        with("qmp_capabilities", CommandFlags::ALLOW_PRECONFIG),
        with("query-commands", CommandFlags::ALLOW_PRECONFIG),
        spec("query-cpus-fast"),
        spec("query-name"),
        spec("query-status"),
        with("query-version", CommandFlags::ALLOW_PRECONFIG),
        with("query-yank", CommandFlags::ALLOW_OOB),
        with("quiet", CommandFlags::NO_SUCCESS_RESPONSE),
        with("quit", CommandFlags::ALLOW_PRECONFIG),
        with("raw", CommandFlags::RAW),
        with("set-action", CommandFlags::ALLOW_PRECONFIG),
        spec("stop"),
        CommandSpec::new("x-new", CommandFlags::NONE, Features::UNSTABLE),
    ],
    events: &["RESUME", "STOP", "TICK", "WATCHDOG"],
    introspection: &[],
};

/// A command without arguments that takes any, and one that returns nothing.
pub(crate) struct NoArguments;

impl Decode for NoArguments {
    fn decode(input: Input<'_>) -> Result<NoArguments> {
        input.object(|_| Ok(NoArguments))
    }
}

impl Encode for NoArguments {
    fn encode(&self, out: &mut Output) {
        out.object(|_| ());
    }
}

impl Command for NoArguments {
    const SPEC: CommandSpec = spec("any");
    type Ok = ();
    type Protocol = Protocol;
}

/// A command that returns a value without a type.
pub(crate) struct Returns;

impl Decode for Returns {
    fn decode(input: Input<'_>) -> Result<Returns> {
        NoArguments::decode(input).map(|_| Returns)
    }
}

impl Encode for Returns {
    fn encode(&self, out: &mut Output) {
        NoArguments.encode(out);
    }
}

impl Command for Returns {
    const SPEC: CommandSpec = spec("any");
    type Ok = Any;
    type Protocol = Protocol;
}

pub(crate) struct SetAction(pub(crate) Option<usize>);

const PANIC_ACTIONS: &[&str] = &["pause", "shutdown", "exit-failure", "none"];

struct PanicAction(usize);

impl Decode for PanicAction {
    fn decode(input: Input<'_>) -> Result<PanicAction> {
        input.enum_closed(PANIC_ACTIONS, &[]).map(PanicAction)
    }
}

impl Decode for SetAction {
    fn decode(input: Input<'_>) -> Result<SetAction> {
        input
            .object(|members| Ok(SetAction(members.optional::<PanicAction>("panic")?.map(|action| action.0))))
    }
}

impl Encode for SetAction {
    fn encode(&self, out: &mut Output) {
        out.object(|_| ());
    }
}

impl Command for SetAction {
    const SPEC: CommandSpec = spec("set-action");
    type Ok = ();
    type Protocol = Protocol;
}

/// An event of the table; the latter two have a number for their data.
pub(crate) struct Simple<const N: usize>(i64);

impl<const N: usize> Simple<N> {
    pub(crate) fn new(value: i64) -> Self {
        Simple(value)
    }
}

impl<const N: usize> Decode for Simple<N> {
    fn decode(input: Input<'_>) -> Result<Self> {
        input.object(|members| members.required("value").map(Simple))
    }
}

impl<const N: usize> Encode for Simple<N> {
    fn encode(&self, out: &mut Output) {
        out.object(|out| {
            if self.0 != 0 {
                out.member("value", &self.0);
            }
        });
    }
}

impl<const N: usize> Event for Simple<N> {
    const NAME: &'static str = TABLES.events[N];
    const FEATURES: Features = Features::NONE;
    const HAS_DATA: bool = N >= 2;
    type Schema = Protocol;
}

pub(crate) type Resume = Simple<0>;
pub(crate) type Stop = Simple<1>;
pub(crate) type Tick = Simple<2>;
pub(crate) type Watchdog = Simple<3>;

/// A gate that commands wait at.
#[derive(Default)]
pub(crate) struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
}

#[derive(Default)]
struct GateState {
    open: bool,
    waiting: usize,
    wakers: Vec<Waker>,
}

impl Gate {
    pub(crate) fn open(&self) {
        let mut state = self.state.lock().unwrap();
        state.open = true;
        state.wakers.drain(..).for_each(Waker::wake);
        self.changed.notify_all();
    }

    /// Closes it again.
    pub(crate) fn close(&self) {
        self.state.lock().unwrap().open = false;
    }

    fn pass(&self) {
        let mut state = self.state.lock().unwrap();
        state.waiting += 1;
        self.changed.notify_all();
        while !state.open {
            state = self.changed.wait(state).unwrap();
        }
        state.waiting -= 1;
    }

    /// Waits until a command waits at the gate.
    pub(crate) fn until_waited_at(&self) {
        let mut state = self.state.lock().unwrap();
        while state.waiting == 0 {
            state = self.changed.wait(state).unwrap();
        }
    }

    /// Counts as waiting, and goes on.
    pub(crate) fn touch(&self) {
        self.state.lock().unwrap().waiting += 1;
        self.changed.notify_all();
    }

    /// No one has waited yet.
    pub(crate) fn forget(&self) {
        self.state.lock().unwrap().waiting = 0;
    }

    async fn pass_async(&self) {
        poll_fn(|cx| {
            let mut state = self.state.lock().unwrap();
            if state.open {
                return Poll::Ready(());
            }
            state.wakers.push(cx.waker().clone());
            state.waiting += 1;
            self.changed.notify_all();
            Poll::Pending
        })
        .await;
    }
}

/// The handlers.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) events: EventSender<Protocol>,
    pub(crate) gate: Arc<Gate>,
    /// What a handler found in its context.
    pub(crate) log: Arc<Mutex<Vec<String>>>,
    pub(crate) quit: Arc<dyn Fn() + Send + Sync>,
    /// What `query-name` does.
    pub(crate) visit: Arc<dyn Fn(&Context<'_>) + Send + Sync>,
    pub(crate) patience: Patience,
}

/// What `await` does when its client leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Patience {
    /// It goes on to its end.
    #[default]
    Endless,
    /// It lets its future be dropped, which is noted.
    Droppable,
    /// It waits for the client to leave instead of for the gate, and notes it.
    UntilCancelled,
}

/// Notes that a future was dropped before its end.
struct NotesDrop(Arc<Mutex<Vec<String>>>);

impl Drop for NotesDrop {
    fn drop(&mut self) {
        self.0.lock().unwrap().push("future dropped".to_owned());
    }
}

impl Default for Server {
    fn default() -> Server {
        Server {
            events: EventSender::new(),
            gate: Arc::default(),
            log: Arc::default(),
            quit: Arc::new(|| ()),
            visit: Arc::new(|_| ()),
            patience: Patience::default(),
        }
    }
}

impl Server {
    fn name(&self, cx: &Context<'_>, _: Returns) -> Result<Any> {
        (self.visit)(cx);
        Ok(Any::Object(serde_json::Map::new()))
    }

    fn note(&self, text: impl Into<String>) {
        self.log.lock().unwrap().push(text.into());
    }
}

impl Dispatch for Server {
    fn tables(&self) -> &'static Tables {
        &TABLES
    }

    fn call(&self, index: usize, call: Call<'_>) -> Outcome {
        match TABLES.commands[index].name {
            "query-name" => call.run::<Returns>(|cx, args| self.name(cx, args)),
            "query-status" => call.run::<Returns>(|_, _| {
                Ok(serde_json::from_str(r#"{"status": "prelaunch", "running": false}"#).unwrap())
            }),
            "query-yank" => call.run::<Returns>(|cx, _| {
                self.note(format!("query-yank oob={}", cx.is_out_of_band()));
                Ok(serde_json::from_str(r#"[{"type": "chardev", "id": "compat_monitor0"}]"#).unwrap())
            }),
            "migrate-pause" => call.run::<NoArguments>(|_, _| {
                Err(Error::generic(
                    "migrate-pause is currently only supported during postcopy-active or postcopy-recover state",
                ))
            }),
            "cont" => call.run::<NoArguments>(|_, _| {
                self.events.send(&Resume::new(0));
                Ok(())
            }),
            "stop" => call.run::<NoArguments>(|_, _| {
                self.events.send(&Stop::new(0));
                Ok(())
            }),
            "set-action" => call.run::<SetAction>(|_, args| {
                self.note(format!("set-action {:?}", args.0));
                Ok(())
            }),
            "blockdev-add" => call.run_raw(|_, _| {
                self.gate.pass();
                Ok(Any::Object(serde_json::Map::new()))
            }),
            "await" => {
                let gate = Arc::clone(&self.gate);
                let (patience, log) = (self.patience, Arc::clone(&self.log));
                call.run_async::<NoArguments, _, _>(move |cx, _| async move {
                    let notes = (patience == Patience::Droppable).then(|| {
                        cx.drop_when_cancelled();
                        NotesDrop(Arc::clone(&log))
                    });
                    if patience == Patience::UntilCancelled {
                        gate.touch();
                        cx.cancelled().await;
                        log.lock().unwrap().push("cancelled".to_owned());
                    } else {
                        gate.pass_async().await;
                    }
                    std::mem::forget(notes);
                    Ok(())
                })
            }
            // Until the client leaves, or longer than a test may take.
            "linger" => call.run::<NoArguments>(|cx, _| {
                self.gate.touch();
                let gone = (0..20_000).any(|_| {
                    std::thread::sleep(Duration::from_millis(3));
                    cx.is_cancelled()
                });
                self.note(format!("client gone: {gone}"));
                Ok(())
            }),
            // A panic's text may quote what the client sent.
            "panic" => call.run_raw(|_, arguments| panic!("as ordered by {arguments}, {arguments:#}")),
            "panic-later" => call.run_async::<NoArguments, _, _>(|_, _| async { panic!("as ordered") }),
            "nan" => call.run_raw(|_, _| Err(Error::generic("not a number"))),
            "quiet" | "old" | "x-new" => call.run_raw(|_, arguments| match arguments.get("fail") {
                Some(_) => Err(Error::generic("failed as told")),
                None => Ok(Any::Object(serde_json::Map::new())),
            }),
            "raw" => call.run_raw(|_, arguments| Ok(arguments)),
            "getfd" => call.run_raw(|cx, _| {
                let files = cx.files().take_all();
                #[cfg(unix)]
                for file in files {
                    use std::io::Read;
                    let mut text = String::new();
                    std::fs::File::from(file).read_to_string(&mut text).unwrap();
                    self.note(text);
                }
                #[cfg(not(unix))]
                drop(files);
                Ok(Any::Object(serde_json::Map::new()))
            }),
            "quit" => call.run::<NoArguments>(|_, _| {
                self.events.send(&Stop::new(7));
                (self.quit)();
                Ok(())
            }),
            other => call.run::<NoArguments>(|_, _| Err(Error::generic(format_args!("{other} does nothing")))),
        }
    }
}
