//! What the blocking and the asynchronous client share, although their types differ: methods that do no I/O and never
//! wait.

mod client;
mod events;
mod healing;
mod operations;
mod process;
mod waits;

pub(super) use {
    client::client, events::events, healing::healing, operations::operations, process::process, waits::waits,
};
