//! A client of a socket: its reader thread, its worker, and what the service does for it.

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

/// Where a worker gets its orders from. It looks after the client when it has done what it was told.
type Orders = Sender<Order>;

/// What a worker is told.
enum Order {
    /// Run a command of this client.
    Run(Arc<Client>, Job),
    /// Its session can go on, and the reader may be reading: a command that waited for room can begin.
    Look,
}

/// A client of a socket.
pub(super) struct Client {
    link: Arc<Link>,
    socket: Arc<OwnedFd>,
    service: Arc<Service>,
    bell: Arc<Bell>,
    waker: Waker,
    /// Runs commands while the reader reads. Started by the first of them.
    worker: OnceLock<Option<Orders>>,
    /// The reader does not read, so that the service has to watch whether the client leaves.
    parked: AtomicBool,
    /// Held while the watch is armed, see [`arm`](Client::arm).
    arming: Mutex<()>,
}

impl Client {
    /// Serves a client on a thread of its own.
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
        // Without its thread, the client would never be removed.
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

    /// Does what the driver says until it says to wait, or that the session is over.
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

    /// Waits for anything but input.
    fn park(&self) {
        // Before the watch is armed, so that the service arms it again when it has told of something else.
        self.parked.store(true, Ordering::SeqCst);
        self.arm();
        self.bell.wait();
        self.parked.store(false, Ordering::SeqCst);
    }

    /// Has the service told when the client has left and, while output waits for room, when there is room.
    ///
    /// The watch knows only what it was last armed for, and three threads arm it: reader, worker, service. So each asks
    /// the link anew, and no one comes between the answer and the watch. One who acted on what it knew before would take
    /// back what another has armed since, and a client that has room would wait for ever.
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

    /// Runs a command on the session's worker, which then goes on with what follows from it.
    fn run_beside(self: &Arc<Client>, job: Job) {
        let worker = self.worker.get_or_init(|| match start_worker(self) {
            Ok(worker) => Some(worker),
            Err(error) => {
                tracing::error!(session = self.link.number(), %error, "no worker: out-of-band commands will wait");
                None
            }
        });
        match worker {
            // The worker lives as long as the sender, which is ours.
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

/// Starts a client's worker, which ends when all its senders are dropped: with the client and its bell.
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
                    // Before it looks, so that it looks again after whatever comes from here on.
                    told.store(false, Ordering::SeqCst);
                    let Some(client) = this.upgrade() else { continue };
                    client
                }
            };
            // The reader may be reading, so what follows is done here. What is next in the queue comes back as a job.
            let _ = client.obey();
            // The reader may have looked meanwhile, and waits for what was to be waited for then.
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
            // Not watched any more: it would be told at once, again and again.
            return self.link.leave();
        }
        if self.flush() != Flushed::Blocked && self.parked.load(Ordering::SeqCst) {
            // It was told once. The reader still waits for the client to leave.
            self.arm();
        }
    }
}
