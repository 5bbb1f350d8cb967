//! A whole server in one thread, where everything that happens follows from a seed.
//!
//! A world has a monitor, hosts, sessions of every [placement](super::Placement), sockets, clients and handlers. Each step
//! picks one of all things that could happen next. Owners of sessions do what the transports do, and take a step only when
//! they can: when their waker was woken, or their socket has what their last interest named. So a wake that the driver
//! forgets is a session that hangs.
//!
//! What another thread could do while a handler runs, or between two locks, happens in there: the handler, or a
//! [gap](crate::gap), takes steps of the world.
//!
//! | part | file |
//! |---|---|
//! | everything there is, and the steps | `world`, `moves`, `settings` |
//! | clients | `caller` (sends), `reading` (reads and checks) |
//! | sessions' owners, as the transports are | `client`, `jobs`, `hosts` |
//! | handlers | `handlers`, `commands` |
//! | a shutdown | `closer` |
//! | what must hold | `checks`, `reading`, `finale` |
//! | the tests | `runs` |

mod caller;
mod checks;
mod client;
mod closer;
mod commands;
mod finale;
mod flag;
mod handlers;
mod hosts;
mod jobs;
mod moves;
mod owner;
mod random;
mod reading;
mod runs;
mod settings;
mod socket;
mod world;

use std::cell::RefCell;
use std::rc::Rc;
use world::World;

thread_local! {
    static WORLD: RefCell<Option<Rc<World>>> = const { RefCell::new(None) };
}

/// What `look` sees in this thread's world, if there is one.
fn with<R>(look: impl FnOnce(&World) -> R) -> Option<R> {
    let world = WORLD.with_borrow(Clone::clone)?;
    Some(look(&world))
}

/// Other threads come in between.
fn gap() {
    with(|world| {
        if world.random.percent(5) {
            world.nest(world.random.between(1, 4));
        }
    });
}
