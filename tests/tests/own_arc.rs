//! Handlers that start a thread, in the two ways that the documentation of `Dispatch` shows.
// A test may end with a panic.
#![allow(clippy::unwrap_used)]

use qapi_runtime::{Call, Outcome};
use qapi_runtime::{Context, Dispatch, Input, Mode, Origin, Peer, Result, control};
use qapi_tests::closed::{self, Setting, command};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Weak};
use std::thread;

/// What both servers do on a thread.
struct State {
    done: Sender<&'static str>,
}

impl State {
    fn shut_down(&self) {
        self.done.send("shut down").unwrap();
    }
}

/// A server that is a handle to its state.
struct Handle(Arc<State>);

impl control::Commands for Handle {
    fn quit(&self, _: &Context<'_>, _: control::command::Quit) -> Result<()> {
        let state = Arc::clone(&self.0);
        thread::spawn(move || state.shut_down());
        Ok(())
    }
}

/// A server that knows the `Arc` it stands in.
struct Cyclic {
    me: Weak<Cyclic>,
    state: State,
}

impl Cyclic {
    fn new(state: State) -> Arc<Cyclic> {
        Arc::new_cyclic(|me| Cyclic { me: Weak::clone(me), state })
    }
}

impl control::Commands for Cyclic {
    fn quit(&self, _: &Context<'_>, _: control::command::Quit) -> Result<()> {
        let server = self.me.upgrade().expect("the dispatcher holds it");
        thread::spawn(move || server.state.shut_down());
        Ok(())
    }
}

macro_rules! other_commands {
    ($($server:ty),*) => {$(
        impl closed::closed::Commands for $server {
            fn set(&self, _: &Context<'_>, _: command::Set) -> Result<()> {
                Ok(())
            }

            fn query(&self, _: &Context<'_>, _: command::Query) -> Result<Setting> {
                unreachable!("the tests only quit")
            }
        }
    )*};
}

other_commands!(Handle, Cyclic);

fn quit(dispatcher: &impl Dispatch) {
    let origin = Arc::new(Origin::new(1, Peer::default()));
    let context = Context::new(&origin);
    let arguments = Input::empty(Mode::Strict);
    let index = dispatcher.tables().find("quit").unwrap();
    let outcome = dispatcher.call(index, Call::new(&context, arguments));
    assert!(matches!(outcome, Outcome::Ready(Ok(_))), "{outcome:?}");
}

#[test]
fn a_handle_shares_its_state_with_a_thread() {
    let (done, told) = channel();
    quit(&closed::Dispatcher::new(Arc::new(Handle(Arc::new(State { done })))));
    assert_eq!(told.recv(), Ok("shut down"));
}

#[test]
fn a_server_shares_itself_with_a_thread_and_still_ends() {
    let (done, told) = channel();
    let server = Cyclic::new(State { done });
    let weak = Arc::downgrade(&server);
    quit(&closed::Dispatcher::new(server));
    assert_eq!(told.recv(), Ok("shut down"));
    // The channel is closed when the thread has let the last reference go.
    assert!(told.recv().is_err());
    assert!(weak.upgrade().is_none());
}
