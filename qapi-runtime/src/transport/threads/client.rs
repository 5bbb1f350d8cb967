//! A client on a socket: its reader thread, its worker thread, and what the service does for it.

use super::bell::Bell;
use super::block_on::block_on;
use crate::File;
use crate::monitor::driver::{Action, Connection, Flushed, Interest, Job, Link};
use crate::sync::{Mutex, lock};
use crate::transport::registry::Helped;
use crate::transport::service::Service;
use crate::transport::{input, socket};
use rustix::net::RecvFlags;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Waker};
use std::thread;

/// How much is read at once.
const CHUNK: usize = 32 * 1024;

/// Sends orders to a worker. After each order the worker also calls `advance` for the client.
type Orders = Sender<Order>;

/// An order to a worker.
enum Order {
    /// Run a command of this client.
    Run(Arc<Client>, Job),
    /// Call `advance`, because the reader may be blocked in a read: for instance, a command that waited for room can
    /// begin.
    Look,
}

/// A client on a socket.
pub(super) struct Client {
    link: Arc<Link>,
    socket: Arc<OwnedFd>,
    service: Arc<Service>,
    bell: Arc<Bell>,
    waker: Waker,
    /// Runs commands while the reader reads. Started for the first such command; `None` inside if that failed.
    worker: OnceLock<Option<Orders>>,
    /// The reader is parked and does not read, so the service has to watch for a hang-up.
    parked: AtomicBool,
    /// Held while the watch is being armed, see [`arm`](Client::arm).
    arming: Mutex<()>,
}

impl Client {
    /// Starts the client's reader thread.
    pub(super) fn start(
        connection: Connection,
        socket: Arc<OwnedFd>,
        service: Arc<Service>,
    ) -> io::Result<()> {
        let link = Arc::clone(connection.link());
        let bell = Arc::new(Bell::default());
        let waker = Waker::from(Arc::clone(&bell));
        let (worker, parked, arming) = (OnceLock::new(), AtomicBool::new(false), Mutex::new(()));
        let client = Arc::new(Client { link, socket, service, bell, waker, worker, parked, arming });
        client.service.registry().add(&client);
        let (number, service) = (client.link.number(), Arc::clone(&client.service));
        let serve = move || client.serve(connection);
        let started = thread::Builder::new().name(format!("qmp-{number}")).spawn(serve);
        // Without a thread, no one else would remove the client.
        started.map(drop).inspect_err(|_| service.registry().remove(number))
    }

    /// Reads until the session is over.
    fn serve(self: Arc<Client>, connection: Connection) {
        self.bell.is_for_this_thread();
        let mut buffer = vec![0; CHUNK];
        loop {
            self.bell.quiet();
            match self.obey() {
                None => break,
                Some(interest) if interest.read => self.read(&mut buffer),
                Some(_) => self.park(),
            }
        }
        self.service.registry().remove(self.link.number());
        drop(connection);
    }

    /// Carries out the driver's actions until it has to wait. `None` when the session is over.
    fn obey(self: &Arc<Client>) -> Option<Interest> {
        let mut cx = Context::from_waker(&self.waker);
        loop {
            match self.link.advance(&mut cx) {
                Action::Write => drop(self.flush()),
                Action::Beside(job) => self.run_beside(job),
                Action::Wait(interest) => return Some(interest),
                Action::Close => {
                    socket::shut(&self.socket);
                    return None;
                }
            }
        }
    }

    fn read(&self, buffer: &mut [u8]) {
        let mut files: Vec<File> = Vec::new();
        let received = socket::receive(&self.socket, buffer, &mut files, RecvFlags::empty());
        input::tell(&self.link, &self.socket, received, buffer, files);
    }

    /// Waits until the session can continue without reading.
    fn park(&self) {
        // Set before the watch is armed: when a one-shot report arrives, the service sees the mark and arms the watch
        // again.
        self.parked.store(true, Ordering::SeqCst);
        self.arm();
        self.bell.wait();
        self.parked.store(false, Ordering::SeqCst);
    }

    /// Makes the service watch for a hang-up and, while output waits, for room in the socket.
    ///
    /// The watch keeps only its latest setting, and three threads arm it: reader, worker, service. So each asks the
    /// link under `arming`, and arms the watch before it unlocks. A thread that acted on an older answer could undo the
    /// setting of another one, and output would wait for ever although the socket has room.
    fn arm(&self) {
        let arming = lock(&self.arming);
        let (_, blocked) = self.link.backlog();
        let armed = self.service.watch(self.link.number(), &self.socket, blocked);
        drop(arming);
        if let Err(error) = armed {
            tracing::error!(session = self.link.number(), %error, "client cannot be waited for: session dropped");
            self.link.leave();
        }
    }

    fn flush(&self) -> Flushed {
        self.settle(self.link.flush(|bytes| socket::send(&self.socket, bytes)))
    }

    fn settle(&self, flushed: Flushed) -> Flushed {
        match flushed {
            Flushed::Empty => {}
            Flushed::Blocked => self.arm(),
            Flushed::Over => socket::shut(&self.socket),
        }
        flushed
    }

    /// Runs a command on the session's worker, which then also takes the steps that follow.
    fn run_beside(self: &Arc<Client>, job: Job) {
        let worker = self.worker.get_or_init(|| match start_worker(self) {
            Ok(worker) => Some(worker),
            Err(error) => {
                tracing::error!(session = self.link.number(), %error, "no worker: out-of-band commands will wait");
                None
            }
        });
        match worker {
            // Sending cannot fail: the worker runs for as long as this sender exists.
            Some(worker) => drop(worker.send(Order::Run(Arc::clone(self), job))),
            None => block_on(run(job)),
        }
    }
}

async fn run(mut job: Job) {
    if job.turn().await {
        job.run().await;
    }
}

/// Starts a client's worker. It ends when all senders are dropped, with the client and its bell.
fn start_worker(client: &Arc<Client>) -> io::Result<Orders> {
    let (sender, orders) = channel::<Order>();
    let this = Arc::downgrade(client);
    let told = Arc::new(AtomicBool::new(false));
    let has_told = Arc::clone(&told);
    let name = format!("qmp-{}-run", client.link.number());
    thread::Builder::new().name(name).spawn(move || {
        for order in orders {
            let client = match order {
                Order::Run(client, job) => {
                    block_on(run(job));
                    client
                }
                Order::Look => {
                    // Cleared before `advance`, so that a later notification sends another order.
                    told.store(false, Ordering::SeqCst);
                    let Some(client) = this.upgrade() else { continue };
                    client
                }
            };
            // The reader may be blocked in a read, so the steps that follow are taken here. The next command in the
            // queue comes back as another order.
            let _ = client.obey();
            // The reader may have called `advance` meanwhile, and wait for something that no longer applies.
            client.bell.wake_thread();
        }
    })?;
    let teller = sender.clone();
    client.bell.tells(move || {
        if !has_told.swap(true, Ordering::SeqCst) {
            let _ = teller.send(Order::Look);
        }
    });
    Ok(sender)
}

impl Helped for Client {
    fn link(&self) -> &Arc<Link> {
        &self.link
    }

    fn help(&self) {
        if let Some(flushed) = self.link.help(|bytes| socket::send(&self.socket, bytes)) {
            self.settle(flushed);
        }
    }

    fn told(&self) {
        if socket::has_hung_up(&self.socket) {
            // The watch is not armed again: it would report the hang-up at once, again and again.
            return self.link.leave();
        }
        if self.flush() != Flushed::Blocked && self.parked.load(Ordering::SeqCst) {
            // The watch reports once, and the parked reader still depends on it to learn of a hang-up.
            self.arm();
        }
    }
}
