//! The handlers of the simulated server: scripts.

use super::client::{Client, Kind};
use super::commands::{End, Name};
use super::with;
use super::world::World;
use crate::interceptor::{Finished, Incoming, Interceptor, Verdict};
use crate::monitor::Turns;
use crate::monitor::driver::Placement;
use crate::{Call, CommandFlags, CommandSpec, Context, Dispatch, Error, Features, Outcome, Result, Tables};
use std::future::{Future, poll_fn};
use std::task::{Poll, Waker};

const fn spec(name: &'static str, flags: CommandFlags) -> CommandSpec {
    CommandSpec::new(name, flags, Features::NONE)
}

const OOB: CommandFlags = CommandFlags::ALLOW_OOB;

static TABLES: Tables = Tables {
    generation: 1,
    commands: &[
        spec("await", CommandFlags::COROUTINE),
        spec("await-oob", CommandFlags::COROUTINE.union(OOB)),
        spec("block", CommandFlags::BLOCKING),
        spec("block-oob", CommandFlags::BLOCKING.union(OOB)),
        spec("quiet", CommandFlags::NO_SUCCESS_RESPONSE),
        spec("run", CommandFlags::NONE),
        spec("run-oob", OOB),
    ],
    events: &["SELDOM", "TICK"],
    introspection: &[],
};

/// The dispatcher; all that it knows is in the world.
pub(super) struct Scripts;

impl Dispatch for Scripts {
    fn tables(&self) -> &'static Tables {
        &TABLES
    }

    fn call(&self, _: usize, call: Call<'_>) -> Outcome {
        let number = call.arguments().object(|members| members.required::<u64>("n"));
        let number = match number.map(usize::try_from) {
            Ok(Ok(number)) => number,
            _ => return Outcome::Ready(Err(Error::generic("the world is over"))),
        };
        let begun = with(|world| world.begin(number, call.context()));
        let Some(name) = begun else { return Outcome::Ready(Err(Error::generic("the world is over"))) };
        if matches!(name, Name::Await | Name::AwaitOob) {
            // What it does before it returns its future.
            with(|world| world.nest(world.random.pick(&[0, 1, 2, 4])));
            return Outcome::Pending(Box::pin(run_async(number, call.context().to_owned())));
        }
        with(|world| world.work(number, call.context()));
        let running = Running(number);
        Outcome::Ready(end(number, running))
    }
}

/// A handler runs; dropped, it does not any more.
struct Running(usize);

impl Drop for Running {
    fn drop(&mut self) {
        with(|world| world.running.borrow_mut().remove(&self.0));
    }
}

async fn run_async(number: usize, cx: Context<'static>) -> Result<Vec<u8>> {
    let running = Running(number);
    let script = with(|world| world.commands.borrow()[number].script.clone());
    let script = script.ok_or_else(|| Error::generic("the world is over"))?;
    if script.abandons {
        cx.drop_when_cancelled();
    }
    with(|world| world.work(number, &cx));
    if script.waits {
        let mut cancelled = Box::pin(cx.cancelled());
        let cancelled = poll_fn(|task| {
            let open = with(|world| world.wait_at_gate(number, task.waker())).unwrap_or(true);
            // Whatever else happens while it is polled.
            with(|world| world.nest(1));
            if open {
                Poll::Ready(false)
            } else if script.listens && cancelled.as_mut().poll(task).is_ready() {
                Poll::Ready(true)
            } else {
                Poll::Pending
            }
        });
        if cancelled.await {
            return Err(Error::generic("the client has left"));
        }
        with(|world| world.send_events(number, script.events / 2));
    }
    end(number, running)
}

/// How a script ends.
fn end(number: usize, running: Running) -> Result<Vec<u8>> {
    let script = with(|world| {
        let mut commands = world.commands.borrow_mut();
        commands[number].returned = true;
        commands[number].script.clone()
    });
    drop(running);
    let Some(script) = script else { return Err(Error::generic("the world is over")) };
    match script.end {
        End::Return if script.size > 0 => Ok(format!("\"{}\"", "r".repeat(script.size)).into_bytes()),
        End::Return => Ok(b"{}".to_vec()),
        End::Fail => Err(Error::generic("failed as told")),
        // Without the hook, which would print it.
        End::Panic => std::panic::resume_unwind(Box::new("as told")),
    }
}

impl World {
    /// A handler is called.
    fn begin(&self, number: usize, cx: &Context<'_>) -> Name {
        let mut commands = self.commands.borrow_mut();
        let command = &mut commands[number];
        if std::mem::replace(&mut command.begun, true) {
            self.fail(format!("command {number} ran twice"));
        }
        let (name, index, in_band) = (command.name, command.client, !command.out_of_band);
        let waited = command.taken_at != Some(self.counts.steps.get());
        let files = cx.files().take_all().len();
        if files != command.script.files {
            self.fail(format!("command {number} got {files} descriptors and not {}", command.script.files));
        }
        if cx.is_out_of_band() == in_band {
            self.fail(format!("command {number} ran in the wrong band"));
        }
        self.trace(|| format!("command {number} begins: {command:?}"));
        drop(commands);
        self.counts.count(|counts| counts.commands += 1);
        if in_band {
            self.check_turn_of(number, index);
            self.unanswered.borrow_mut().insert(number);
        }
        self.running.borrow_mut().insert(number);
        self.check_presence_of(number, index, waited);
        name
    }

    /// No other command has the turn.
    fn check_turn_of(&self, number: usize, client: usize) {
        let commands = self.commands.borrow();
        let all = self.settings.turns == Turns::Shared;
        let unanswered = self.unanswered.borrow();
        if let Some(other) = unanswered.iter().find(|other| all || commands[**other].client == client) {
            self.fail(format!("command {number} begins while {other} is not answered"));
        }
    }

    /// Nothing of a client begins that has left, as far as the driver must know it.
    fn check_presence_of(&self, number: usize, index: usize, waited: bool) {
        let client = self.clients.borrow().get(index).cloned();
        let Some(client) = client else { return };
        if self.runs_beside(number, &client) {
            // Judged when its turn came, after which it may be handed from thread to thread.
            return;
        }
        if client.link.origin.presence().has_left() {
            self.fail(format!("command {number} begins though the driver knows that its client has left"));
        }
        let waiting = client.link.audit().waiting;
        if !waited && waiting > self.settings.output_limit {
            self.fail(format!("command {number} begins while {waiting} bytes wait for its client"));
        }
        let must_ask = client.probed && (waited || client.must_ask.get());
        if must_ask && client.socket.has_hung_up() {
            self.fail(format!("command {number} begins though its client has left meanwhile"));
        }
    }

    /// Whether a command runs beside its session.
    fn runs_beside(&self, number: usize, client: &Client) -> bool {
        let commands = self.commands.borrow();
        let command = &commands[number];
        let queues = client.caller.borrow().has_oob() && !command.out_of_band;
        let is_async = matches!(command.name, Name::Await | Name::AwaitOob);
        let blocks = matches!(command.name, Name::Block | Name::BlockOob);
        match client.kind {
            Kind::Loop(Placement::Here) => false,
            Kind::Thread | Kind::Loop(Placement::Thread) => queues,
            Kind::Task | Kind::Loop(Placement::Task) => !is_async && (queues || blocks),
        }
    }

    /// What handlers do before they end or wait.
    fn work(&self, number: usize, cx: &Context<'_>) {
        let script = self.commands.borrow()[number].script.clone();
        self.send_events(number, script.events);
        self.nest(script.long);
        if script.asks {
            self.check_answer_of(number, cx);
        }
    }

    fn check_answer_of(&self, number: usize, cx: &Context<'_>) {
        let index = self.commands.borrow()[number].client;
        let Some(client) = self.clients.borrow().get(index).cloned() else { return };
        let (told, hung_up) = (cx.is_cancelled(), client.socket.has_hung_up());
        let known = client.link.origin.presence().has_left();
        if told != (known || client.probed && hung_up) {
            self.fail(format!("command {number} was told {told} when it asked whether its client has left"));
        }
    }

    fn send_events(&self, number: usize, count: usize) {
        for _ in 0..count {
            let event = self.send_event(self.random.percent(15));
            if !self.events.borrow()[event].throttled {
                self.commands.borrow_mut()[number].events.push(event);
            }
        }
    }

    /// Whether a command may go on; otherwise `waker` is woken when it may.
    fn wait_at_gate(&self, number: usize, waker: &Waker) -> bool {
        let mut gates = self.gates.borrow_mut();
        let gate = gates.entry(number).or_default();
        gate.1 = Some(waker.clone());
        gate.0
    }

    /// A command is over, and its session is told.
    fn note_end_of(&self, number: usize, succeeded: bool) {
        let mut commands = self.commands.borrow_mut();
        let command = &mut commands[number];
        command.ended += 1;
        command.succeeded = succeeded;
        let (name, index, begun) = (command.name, command.client, command.begun);
        drop(commands);
        let Some(client) = self.clients.borrow().get(index).cloned() else { return };
        if succeeded && name == Name::Capabilities {
            client.negotiated_at.set(Some(self.inner.log.newest()));
        }
        let took_time = matches!(name, Name::Await | Name::AwaitOob) || self.runs_beside(number, &client);
        if took_time && begun {
            client.time_has_passed();
        }
    }

    /// Lets a command go on.
    pub(super) fn open_gate(&self, number: usize) {
        let waker = self.gates.borrow_mut().get_mut(&number).and_then(|gate| {
            gate.0 = true;
            gate.1.take()
        });
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Sees every command before and after.
pub(super) struct Spy;

impl Interceptor for Spy {
    fn before(&self, incoming: &Incoming<'_>) -> Result<()> {
        with(|world| {
            let Some(number) = incoming.id().and_then(|id| id.parse::<usize>().ok()) else { return };
            let step = world.counts.steps.get();
            let taken = world.commands.borrow_mut()[number].taken_at.replace(step);
            if taken.is_some() {
                world.fail(format!("command {number} was taken twice"));
            }
        });
        Ok(())
    }

    fn after(&self, finished: &Finished<'_>) {
        with(|world| {
            let Some(number) = finished.id().and_then(|id| id.parse::<usize>().ok()) else { return };
            world.unanswered.borrow_mut().remove(&number);
            world.note_end_of(number, finished.verdict() == Verdict::Succeeded);
        });
    }
}

/// A future's gate: whether it is open, and who waits.
pub(super) type Gate = (bool, Option<Waker>);
