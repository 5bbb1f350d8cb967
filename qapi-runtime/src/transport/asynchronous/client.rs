//! A client's task, which carries out the driver's actions.

use super::pipe::Pipe;
use crate::monitor::driver::{Action, Connection, Job};
use crate::sync::{Mutex, lock};
use crate::transport::service::Service;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::runtime::Handle;

/// A client's session and the pipe for its bytes.
pub(super) struct Client<P> {
    pub(super) connection: Connection,
    pub(super) pipe: P,
    /// Kept alive for as long as this session may need its help.
    pub(super) service: Arc<Service>,
}

impl<P: Pipe> Client<P> {
    /// Serves the client until its session is over.
    pub(super) async fn run(mut self) {
        poll_fn(|cx| self.poll(cx)).await;
        self.pipe.shut().await;
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Client { connection, pipe, .. } = self;
        loop {
            match connection.advance(cx) {
                Action::Write => pipe.flush(connection, cx),
                Action::Beside(job) => drop(tokio::spawn(run(job))),
                Action::Close => return Poll::Ready(()),
                Action::Wait(interest) => {
                    let read = interest.read && pipe.poll_receive(connection, cx).is_ready();
                    if !read && (interest.read && !interest.write) {
                        return Poll::Pending;
                    }
                    if !read {
                        ready!(pipe.poll_room(connection, cx, interest.write));
                    }
                }
            }
        }
    }
}

impl<P> Drop for Client<P> {
    fn drop(&mut self) {
        self.service.registry().remove(self.connection.number());
    }
}

/// Runs a command that may block.
async fn run(mut job: Job) {
    if !job.turn().await {
        return;
    }
    let runtime = Handle::current();
    let job = Arc::new(Mutex::new(Some(job)));
    let taken = Arc::clone(&job);
    let work = move || {
        if let Some(job) = lock(&taken).take() {
            runtime.block_on(job.run());
        }
    };
    match catch_unwind(AssertUnwindSafe(|| tokio::task::spawn_blocking(work))) {
        // Panics of handlers are caught inside. A runtime that shuts down drops the job, which makes its command fail.
        Ok(running) => drop(running.await),
        // Tokio panics when the kernel refuses it a thread, and the closure stays in its queue for ever. Taking the job
        // out and dropping it makes the command fail instead of hang.
        Err(_) => drop(lock(&job).take()),
    }
}
