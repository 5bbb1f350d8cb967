//! The handlers: each answers what the recording has at its place.

use crate::script::{Answer, Call, Script};
use crate::{events, qapi};
use qapi_runtime::json::Value;
use qapi_runtime::{
    Any, Command, Context, Decode, Dispatch, Error, ErrorClass, EventSender, Input, Mode, Monitor, OrGeneric,
    Outcome, Result, Tables, control,
};
use qapi_test_support::recording::FIFO;
use std::cell::RefCell;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

thread_local! {
    /// The call that this thread's handler answers; its arguments with the path of the fifo, if there is one.
    static CURRENT: RefCell<Option<(Call, Option<String>)>> = const { RefCell::new(None) };
}

/// Implements the handlers of all commands: see `golden-build.rs`.
pub(crate) struct Replay {
    script: Mutex<Script>,
    events: EventSender<qapi::Schema>,
    ended: Sender<()>,
    monitor: OnceLock<Monitor>,
}

impl Replay {
    pub(crate) fn new(script: Script, events: EventSender<qapi::Schema>, ended: Sender<()>) -> Self {
        Self { script: Mutex::new(script), events, ended, monitor: OnceLock::new() }
    }

    /// Tells the handlers their monitor, which is made after them.
    pub(crate) fn attach(&self, monitor: &Monitor) {
        // It is called once.
        let _ = self.monitor.set(monitor.clone());
    }

    /// Sends what the recorded server sent when it got a signal.
    pub(crate) fn send_events_of_signal(&self) {
        let recorded = self.script().take_signal_events();
        self.send(&recorded);
    }

    /// Answers a command whose arguments have been decoded.
    pub(crate) fn answer<C: Command>(&self, cx: &Context<'_>, _decoded: C) -> Result<C::Ok> {
        let returned = self.perform(cx)?;
        let options = Mode::Strict;
        C::Ok::decode(Input::new(&returned, options)).map_err(|error| {
            fault(format_args!("{}: the recorded return value is refused: {error}", C::NAME))
        })
    }

    /// Answers a command that takes and returns anything.
    pub(crate) fn answer_raw(&self, cx: &Context<'_>, _arguments: Any) -> Result<Any> {
        self.perform(cx).map(Any::from)
    }

    fn perform(&self, cx: &Context<'_>) -> Result<Value<'static>> {
        let (call, fifo) = CURRENT
            .with_borrow_mut(Option::take)
            .ok_or_else(|| fault("the recording has no such command here"))?;
        if call.has_file && cx.files().take().is_none() {
            return Err(fault("the descriptor that came along is not there"));
        }
        if let Some(path) = fifo {
            // Waits for a writer, and until that is gone.
            std::fs::read(path).or_generic()?;
        }
        self.send(&call.events_before);
        let answer = match call.answer {
            Answer::Return(value) => Ok(value),
            Answer::Error { class, text } => Err(Error::new(class.as_str().into(), text)),
            Answer::Refused(text) => {
                return Err(fault(format_args!("accepted, where QEMU refuses: {text}")));
            }
            Answer::None => Err(fault("the recording has no answer to this command")),
        };
        if call.name == "x-exit-preconfig"
            && answer.is_ok()
            && let Some(monitor) = self.monitor.get()
        {
            monitor.set_preconfig(false);
        }
        self.send_later(call.events_after);
        if call.is_last {
            // The receiver of this waits for the reply to be written.
            let _ = self.ended.send(());
        }
        answer
    }

    fn send(&self, recorded: &[Value<'_>]) {
        for event in recorded {
            if let Err(error) = events::send(&self.events, event) {
                eprintln!("golden-server: event not sent: {error}");
            }
        }
    }

    /// Sends events behind the answer that the handler is about to give. There is no telling when that is written, so they
    /// come after a while.
    fn send_later(&self, recorded: Vec<Value<'static>>) {
        if recorded.is_empty() {
            return;
        }
        let events = self.events.clone();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(100));
            for event in &recorded {
                if let Err(error) = events::send(&events, event) {
                    eprintln!("golden-server: event not sent: {error}");
                }
            }
        });
    }

    fn script(&self) -> std::sync::MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An error of the replay. Its class is none that QEMU has, so that it passes for no recorded one.
fn fault(text: impl std::fmt::Display) -> Error {
    Error::new(ErrorClass::Other("ReplayFault".to_owned()), text)
}

impl control::Commands for Replay {
    fn quit(&self, cx: &Context<'_>, args: control::command::Quit) -> Result<()> {
        self.answer(cx, args)
    }
}

/// The generated dispatcher, and before each of its calls a look into the recording: which command it is.
pub(crate) struct Watched {
    inner: qapi::Dispatcher<Replay>,
    replay: Arc<Replay>,
}

impl Watched {
    pub(crate) fn new(replay: Arc<Replay>) -> Self {
        Self { inner: qapi::Dispatcher::new(Arc::clone(&replay)), replay }
    }
}

impl Dispatch for Watched {
    fn tables(&self) -> &'static Tables {
        self.inner.tables()
    }

    fn call(&self, index: usize, call: qapi_runtime::Call<'_>) -> Outcome {
        let name = self.tables().commands[index].name;
        let arguments = call.arguments().value();
        let found = self.replay.script().take(name, arguments, call.context().is_out_of_band());
        CURRENT.set(found.map(|found| {
            let fifo = path_of_fifo(&found.arguments, arguments);
            (found, fifo)
        }));
        // The transport polls a handler's future on the thread that made the call.
        self.inner.call(index, call)
    }
}

/// What stands in the arguments where the recording has its fifo.
fn path_of_fifo(recorded: &Value<'_>, sent: &Value<'_>) -> Option<String> {
    match (recorded, sent) {
        (Value::Object(recorded), Value::Object(sent)) => {
            recorded.iter().find_map(|(name, value)| path_of_fifo(value, sent.get(name)?))
        }
        (Value::Array(recorded), Value::Array(sent)) => {
            recorded.iter().zip(sent).find_map(|(recorded, sent)| path_of_fifo(recorded, sent))
        }
        (Value::String(recorded), Value::String(sent)) => {
            let (before, after) = recorded.split_once(FIFO)?;
            let path = sent.strip_prefix(before)?.strip_suffix(after)?;
            // A driver may stand in front, as in `raw:PATH`.
            Some(path.to_owned())
        }
        _ => None,
    }
}
