//! Readers, workers and the service: `transport/threads/client.rs` and `transport/service.rs` over [wires](Wire).
//!
//! Follows these step by step; only the system is modelled.

use super::bell::Bell;
use super::block_on;
use super::wire::{Received, Watch, Wire};
use crate::monitor::driver::{Action, Connection, Flushed, Interest, Job, Link, Placement};
use crate::monitor::{Monitor, SessionOptions};
use crate::sync::{AtomicBool, Mutex, lock};
use crate::transport::registry::{Helped, Opening, Registry};
use crate::{File, Peer};
use shuttle::sync::mpsc::{Sender, channel};
use shuttle::thread::{self, JoinHandle};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::task::{Context, Wake, Waker};

/// The thread that helps the sessions.
pub(super) struct Service {
    ring: Arc<Ring>,
    pub(super) watch: Arc<Watch>,
    pub(super) registry: Registry,
    /// The threads on which commands run beside.
    pub(super) beside: Arc<Beside>,
}

/// Threads that end by themselves.
#[derive(Default)]
pub(super) struct Beside(Mutex<Vec<JoinHandle<()>>>);

impl Beside {
    pub(super) fn start(&self, work: impl FnOnce() + Send + 'static) {
        let thread = thread::spawn(work);
        lock(&self.0).push(thread);
    }

    /// Waits until they have ended, when no more are started.
    pub(super) fn join(&self) {
        let threads = std::mem::take(&mut *lock(&self.0));
        threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
    }
}

/// Wakes the thread.
struct Ring {
    watch: Arc<Watch>,
    /// There is a byte in the bell already.
    rung: AtomicBool,
}

impl Wake for Ring {
    fn wake(self: Arc<Ring>) {
        if !self.rung.swap(true, Ordering::SeqCst) {
            self.watch.ring();
        }
    }
}

impl Service {
    pub(super) fn start(monitor: &Monitor) -> (Arc<Service>, JoinHandle<()>) {
        let watch = Arc::<Watch>::default();
        let ring = Arc::new(Ring { watch: Arc::clone(&watch), rung: AtomicBool::new(false) });
        let registry = Registry::new(monitor, Waker::from(Arc::clone(&ring)));
        let service = Arc::new(Service {
            ring: Arc::clone(&ring),
            watch: Arc::clone(&watch),
            registry,
            beside: Arc::default(),
        });
        let weak = Arc::downgrade(&service);
        let thread = thread::spawn(move || serve(&weak, &watch, &ring));
        (service, thread)
    }

    /// Opens a session on a wire.
    pub(super) fn connect(&self, monitor: &Monitor, placement: Placement) -> Connection {
        let opening = Opening::new(monitor, &SessionOptions::default()).expect("grants everything");
        // On standard input and output there is any time to negotiate.
        let arrival = opening.arrival(Peer::Stdio, None, placement);
        self.registry.connect(arrival).expect("there is room")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        Arc::clone(&self.ring).wake();
    }
}

fn serve(service: &Weak<Service>, watch: &Watch, ring: &Ring) {
    loop {
        let limit = match service.upgrade() {
            Some(service) => service.registry.look(),
            None => return,
        };
        let told = watch.wait(limit);
        watch.quiet();
        ring.rung.store(false, Ordering::SeqCst);
        let Some(service) = service.upgrade() else { return };
        for session in told {
            if let Some(client) = service.registry.client(session) {
                client.told();
            }
        }
    }
}

/// A worker's orders: a command, and the client to be looked after when it is done.
type Orders = Sender<Order>;

/// What a worker is told to do.
enum Order {
    Run(Arc<Client>, Job),
    Look,
}

/// A client with a reader thread.
pub(super) struct Client {
    pub(super) link: Arc<Link>,
    wire: Arc<Wire>,
    service: Arc<Service>,
    bell: Arc<Bell>,
    waker: Waker,
    /// Started by the first command that runs beside.
    worker: Mutex<Option<Orders>>,
    parked: AtomicBool,
    arming: Mutex<()>,
}

impl Client {
    pub(super) fn start(
        connection: Connection,
        wire: &Arc<Wire>,
        service: &Arc<Service>,
    ) -> (Arc<Link>, JoinHandle<()>) {
        let link = Arc::clone(connection.link());
        let bell = Arc::new(Bell::default());
        let waker = Waker::from(Arc::clone(&bell));
        let (worker, parked, arming) = (Mutex::default(), AtomicBool::new(false), Mutex::new(()));
        let (wire, service) = (Arc::clone(wire), Arc::clone(service));
        let client = Client { link: Arc::clone(&link), wire, service, bell, waker, worker, parked, arming };
        let client = Arc::new(client);
        client.service.registry.add(&client);
        (link, thread::spawn(move || client.serve(connection)))
    }

    fn serve(self: Arc<Client>, connection: Connection) {
        self.bell.is_for_this_thread();
        loop {
            self.bell.quiet();
            match self.obey() {
                None => break,
                Some(interest) if interest.read => tell(&self.link, self.wire.receive()),
                Some(_) => self.park(),
            }
        }
        self.service.registry.remove(self.link.number());
        drop(connection);
    }

    fn obey(self: &Arc<Client>) -> Option<Interest> {
        let mut cx = Context::from_waker(&self.waker);
        loop {
            match self.link.advance(&mut cx) {
                Action::Write => drop(self.flush()),
                Action::Beside(job) => self.run_beside(job),
                Action::Wait(interest) => return Some(interest),
                Action::Close => {
                    self.wire.shut();
                    return None;
                }
            }
        }
    }

    fn park(&self) {
        self.parked.store(true, Ordering::SeqCst);
        self.arm();
        self.bell.wait();
        self.parked.store(false, Ordering::SeqCst);
    }

    fn arm(&self) {
        let _arming = lock(&self.arming);
        let (_, blocked) = self.link.backlog();
        self.wire.watch(self.link.number(), blocked);
    }

    fn flush(&self) -> Flushed {
        self.settle(self.link.flush(|bytes| self.wire.write(bytes)))
    }

    fn settle(&self, flushed: Flushed) -> Flushed {
        match flushed {
            Flushed::Empty => {}
            Flushed::Blocked => self.arm(),
            Flushed::Over => self.wire.shut(),
        }
        flushed
    }

    fn run_beside(self: &Arc<Client>, job: Job) {
        let mut worker = lock(&self.worker);
        let worker = worker.get_or_insert_with(|| start_worker(self));
        worker.send(Order::Run(Arc::clone(self), job)).expect("the worker lives as long as its sender");
    }
}

fn start_worker(client: &Arc<Client>) -> Orders {
    let (sender, orders) = channel::<Order>();
    let this = Arc::downgrade(client);
    let told = Arc::new(AtomicBool::new(false));
    let has_told = Arc::clone(&told);
    client.service.beside.start(move || {
        for order in orders {
            let client = match order {
                Order::Run(client, job) => {
                    block_on(run(job));
                    client
                }
                Order::Look => {
                    told.store(false, Ordering::SeqCst);
                    let Some(client) = this.upgrade() else { continue };
                    client
                }
            };
            let _ = client.obey();
            client.bell.wake_thread();
        }
    });
    let teller = Mutex::new(sender.clone());
    client.bell.tells(move || {
        if !has_told.swap(true, Ordering::SeqCst) {
            let _ = lock(&teller).send(Order::Look);
        }
    });
    sender
}

/// Runs a command beside its session.
pub(super) async fn run(mut job: Job) {
    if job.turn().await {
        job.run().await;
    }
}

/// Tells the link what came of reading, as `transport/input.rs` does.
pub(super) fn tell(link: &Link, received: Received) {
    match received {
        Received::HungUp => link.leave(),
        Received::Ended => link.end_input(),
        Received::Bytes(bytes) => link.receive(&bytes, Vec::<File>::new()),
    }
}

impl Helped for Client {
    fn link(&self) -> &Arc<Link> {
        &self.link
    }

    fn help(&self) {
        if let Some(flushed) = self.link.help(|bytes| self.wire.write(bytes)) {
            self.settle(flushed);
        }
    }

    fn told(&self) {
        if self.wire.has_hung_up() {
            return self.link.leave();
        }
        if self.flush() != Flushed::Blocked && self.parked.load(Ordering::SeqCst) {
            self.arm();
        }
    }
}
