//! A client's task: obeys the driver.

use super::pipe::Pipe;
use crate::monitor::driver::{Action, Connection, Job};
use crate::transport::service::Service;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::runtime::Handle;

/// A client's session and its way in and out.
pub(super) struct Client<P> {
    pub(super) connection: Connection,
    pub(super) pipe: P,
    /// Kept as long as it may have to help.
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
    if job.turn().await {
        let runtime = Handle::current();
        // Handlers' panics are caught in there. A runtime that ends drops the job, which fails its command.
        let _ = tokio::task::spawn_blocking(move || runtime.block_on(job.run())).await;
    }
}
