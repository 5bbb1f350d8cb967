//! Explores schedules of threads with a model checker: `cargo xtask schedules`.
//!
//! The code under test is the crate's own, with the checker's locks, atomics and threads (see `sync.rs`). The checker
//! tries thousands of interleavings of each model, and reports a deadlock when all threads wait, which is how a lost
//! wake-up shows. The models replace what the system provides: clients, sockets, a service thread that waits for them,
//! reader threads, tasks. Time is not modelled: a moment may pass at any time, and a longer wait never ends.
//!
//! | module | contents |
//! |---|---|
//! | `wire` | a client's socket, and a wait for many sockets |
//! | `threads` | readers, workers and the service, like `transport/threads` and `transport/service.rs` |
//! | `pipes` | the two threads of a blocking pipe, like `transport/threads/pipe.rs`, and their models |
//! | `tasks` | a session's task on a runtime, and an embedder's event loop |
//! | `world` | a monitor with handlers, and what must hold at the end |
//! | `faults` | small faulty variants, which the checker must find |
//! | the others | the models |

mod beside;
mod events;
mod faults;
mod leaving;
mod pipes;
mod presence;
mod shutdown;
mod tasks;
mod threads;
mod turns;
mod wire;
mod world;

/// The real one, compiled for the checker.
#[path = "../transport/threads/bell.rs"]
mod bell;

use shuttle::scheduler::{PctScheduler, RandomScheduler};
use shuttle::{Config, Runner};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// How many schedules of a model are tried, unless the environment says otherwise: half of them random, half with few
/// changes of priority.
const SCHEDULES: usize = 2000;

/// Tries schedules of `model`.
fn check(name: &str, model: fn()) {
    let schedules = number("QAPI_SCHEDULES").map_or(SCHEDULES, |count| count as usize);
    let seed = number("QAPI_SCHEDULES_SEED").unwrap_or(0);
    let (random, few) = (schedules - schedules / 2, schedules / 2);
    Runner::new(RandomScheduler::new_from_seed(seed, random), Config::default()).run(model);
    Runner::new(PctScheduler::new_from_seed(seed, 3, few), Config::default()).run(model);
    println!("schedules {name}: {}", random + few);
}

/// A number that the environment sets.
fn number(variable: &str) -> Option<u64> {
    let set = std::env::var(variable).ok()?;
    Some(set.parse().unwrap_or_else(|_| panic!("{variable} is not a number: {set}")))
}

/// Waits for a future, as `transport/threads/block_on.rs` does.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let bell = Arc::new(bell::Bell::default());
    bell.is_for_this_thread();
    let waker = Waker::from(Arc::clone(&bell));
    loop {
        bell.quiet();
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => bell.wait(),
        }
    }
}
