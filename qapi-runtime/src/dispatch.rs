//! Calls handlers by their index in the command table.

use crate::codec::{Any, Decode, Input, encode};
use crate::tables::Tables;
use crate::{Command, Context, Result};
use std::fmt;
use std::future::Future;
use std::pin::Pin;

/// Runs the commands of a schema. Generated code implements it over the handler traits.
///
/// # Handlers that need an `Arc` of their own
///
/// The generated `Dispatcher` holds the server in an [`Arc`](std::sync::Arc), and passes a reference to each handler.
/// That is not enough for a handler that starts a thread or registers a callback: what outlives the call has to own
/// what it uses.
///
/// Usually the state is a struct of its own and the server is a handle to it. The handle implements the handler traits,
/// and a handler clones the `Arc` inside:
///
/// ```
/// use qapi_runtime::{Context, Result, control};
/// use std::sync::Arc;
/// use std::thread;
///
/// struct State {/* guest, disks, ... */}
///
/// impl State {
///     fn shut_down(&self) {}
/// }
///
/// struct Server(Arc<State>);
///
/// impl control::Commands for Server {
///     fn quit(&self, _: &Context<'_>, _: control::command::Quit) -> Result<()> {
///         let state = Arc::clone(&self.0);
///         thread::spawn(move || state.shut_down());
///         Ok(())
///     }
/// }
/// // Dispatcher::new(Arc::new(Server(Arc::new(State {}))))
/// ```
///
/// If the server itself has to be shared, it keeps a weak reference to itself, from
/// [`Arc::new_cyclic`](std::sync::Arc::new_cyclic). The upgrade always succeeds during a call, because the dispatcher
/// holds the server. A strong reference would be a cycle that is never freed:
///
/// ```
/// use qapi_runtime::{Context, Result, control};
/// use std::sync::{Arc, Weak};
/// use std::thread;
///
/// struct Server {
///     me: Weak<Server>,
/// }
///
/// impl Server {
///     fn new() -> Arc<Server> {
///         Arc::new_cyclic(|me| Server { me: Weak::clone(me) })
///     }
///
///     fn shut_down(&self) {}
/// }
///
/// impl control::Commands for Server {
///     fn quit(&self, _: &Context<'_>, _: control::command::Quit) -> Result<()> {
///         if let Some(server) = self.me.upgrade() {
///             thread::spawn(move || server.shut_down());
///         }
///         Ok(())
///     }
/// }
/// // Dispatcher::new(Server::new())
/// ```
pub trait Dispatch: Send + Sync + 'static {
    /// The schema's tables.
    fn tables(&self) -> &'static Tables;

    /// Runs the command at `index` of the command table.
    ///
    /// The arguments are decoded, and faulty ones refused, before the handler is called.
    ///
    /// If a handler panics, its command fails with a `GenericError`, and other commands and sessions continue. The
    /// command is logged at level ERROR, and the panic's text, which may quote an argument, at TRACE. In a program
    /// built with `panic = "abort"`, a panic cannot be caught and ends the process.
    fn call(&self, index: usize, call: Call<'_>) -> Outcome;
}

/// A command's encoded return value: one JSON value.
pub type Reply = Vec<u8>;

/// The future of a command whose handler is async.
pub type PendingReply = Pin<Box<dyn Future<Output = Result<Reply>> + Send>>;

/// The outcome of a call.
pub enum Outcome {
    /// The command is done.
    Ready(Result<Reply>),
    /// The handler is async: the caller polls the future.
    Pending(PendingReply),
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Ready(Ok(_)) => f.write_str("Ready(Ok)"),
            Outcome::Ready(Err(error)) => write!(f, "Ready({error:?})"),
            Outcome::Pending(_) => f.write_str("Pending"),
        }
    }
}

/// A command to be run: its arguments, not yet decoded, and its context.
pub struct Call<'a> {
    context: &'a Context<'a>,
    arguments: Input<'a>,
}

impl<'a> Call<'a> {
    /// Creates a call with these arguments. Their policy also applies to the return value.
    #[must_use]
    pub fn new(context: &'a Context<'a>, arguments: Input<'a>) -> Call<'a> {
        Call { context, arguments }
    }

    /// The context of the command.
    #[must_use]
    pub fn context(&self) -> &Context<'a> {
        self.context
    }

    /// The arguments, not yet decoded: an object.
    #[must_use]
    pub fn arguments(&self) -> Input<'a> {
        self.arguments
    }

    /// Decodes the arguments, runs the handler, and encodes its return value.
    #[inline]
    pub fn run<C: Command>(self, handler: impl FnOnce(&Context<'_>, C) -> Result<C::Ok>) -> Outcome {
        let result = C::decode(self.arguments)
            .and_then(|arguments| handler(self.context, arguments))
            .and_then(|returned| encode(&returned, self.arguments.policy()));
        Outcome::Ready(result)
    }

    /// The same for an async handler: decodes the arguments at once, and runs the handler when polled.
    #[inline]
    pub fn run_async<C, F, Fut>(self, handler: F) -> Outcome
    where
        C: Command,
        F: FnOnce(Context<'static>, C) -> Fut,
        Fut: Future<Output = Result<C::Ok>> + Send + 'static,
    {
        let policy = self.arguments.policy();
        match C::decode(self.arguments) {
            Err(error) => Outcome::Ready(Err(error)),
            Ok(arguments) => {
                let future = handler(self.context.to_owned(), arguments);
                Outcome::Pending(Box::pin(async move { encode(&future.await?, policy) }))
            }
        }
    }

    /// The same for a command with `'gen': false`: any arguments, any return value.
    #[inline]
    pub fn run_raw(self, handler: impl FnOnce(&Context<'_>, Any) -> Result<Any>) -> Outcome {
        let result = Any::decode(self.arguments)
            .and_then(|arguments| handler(self.context, arguments))
            .and_then(|returned| encode(&returned, self.arguments.policy()));
        Outcome::Ready(result)
    }
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The arguments are left out, because they may contain secrets.
        f.debug_struct("Call").field("context", self.context).finish_non_exhaustive()
    }
}
