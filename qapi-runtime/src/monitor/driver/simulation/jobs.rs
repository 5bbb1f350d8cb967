//! Commands that run beside their sessions.

use super::client::Client;
use super::flag::Flag;
use super::world::World;
use crate::monitor::driver::Job;
use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

/// A job from its turn to its end.
pub(super) type JobFuture = Pin<Box<dyn Future<Output = ()>>>;

/// A task or a thread of its own for one job.
pub(super) struct JobTask {
    pub(super) client: Rc<Client>,
    /// Nothing while it is polled, and afterwards.
    pub(super) future: RefCell<Option<JobFuture>>,
    pub(super) bell: Arc<Flag>,
}

impl JobTask {
    pub(super) fn can_proceed(&self) -> bool {
        self.future.borrow().is_some() && self.bell.is_set()
    }

    pub(super) fn is_there(&self) -> bool {
        self.future.borrow().is_some()
    }
}

impl World {
    /// Runs a job on a task of its own.
    pub(super) fn spawn(&self, client: &Rc<Client>, job: Job) {
        let future = self.run_job(client, job, true);
        let bell = Arc::<Flag>::default();
        bell.set();
        let task = JobTask { client: Rc::clone(client), future: RefCell::new(Some(future)), bell };
        self.jobs.borrow_mut().push(Rc::new(task));
    }

    /// What is done with a job. In between, one may have to be handed to another thread.
    pub(super) fn run_job(&self, client: &Rc<Client>, mut job: Job, hops: bool) -> JobFuture {
        let client = Rc::clone(client);
        Box::pin(async move {
            if job.turn().await {
                super::with(|world| world.check_turn(&client));
                if hops {
                    pause().await;
                }
                job.run().await;
            }
        })
    }

    pub(super) fn step_job(&self, task: &JobTask) {
        let Some(mut future) = task.future.take() else { return };
        task.bell.take();
        let waker = task.bell.waker();
        if future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
            task.future.replace(Some(future));
        }
    }

    /// Its runtime ends, or its caller has lost patience.
    pub(super) fn drop_job(&self, task: &JobTask) {
        task.client.dropped_jobs.set(true);
        let future = task.future.take();
        drop(future);
    }

    /// A job's turn has come, so its client must be there.
    fn check_turn(&self, client: &Client) {
        if client.link.origin.presence().ask() {
            self.fail(format!("the turn of a job of client {} has come, which has left", client.index));
        }
    }
}

/// Is polled a second time.
async fn pause() {
    let mut paused = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut paused, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
