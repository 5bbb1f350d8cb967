//! The smallest loop over the driver: see the example `epoll` for a whole one.

use qapi_runtime::monitor::driver::{Action, Connection, Driver, Interest, Placement};
use qapi_runtime::transport::{Listener, socket};
use qapi_runtime::{File, Monitor};
use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::task::{Context, Wake, Waker};

/// What this loop calls by itself, to be woken. It waits by `ppoll`, which is on the list anyway.
pub(crate) const OWN: [&str; 2] = ["read", "write"];

struct Bell(OwnedFd);

impl Wake for Bell {
    fn wake(self: Arc<Bell>) {
        let _ = rustix::io::write(&self.0, &1_u64.to_ne_bytes());
    }
}

struct Client {
    connection: Connection,
    socket: Arc<OwnedFd>,
    interest: Interest,
}

pub(crate) struct Loop {
    monitor: Monitor,
    driver: Driver,
    listener: Option<Listener<()>>,
    bell: Arc<Bell>,
    clients: Vec<Client>,
}

impl Loop {
    pub(crate) fn new(path: &Path, monitor: Monitor) -> Loop {
        let bell = Arc::new(Bell(eventfd(0, EventfdFlags::NONBLOCK).expect("an eventfd")));
        let driver = Driver::new(&monitor, Waker::from(Arc::clone(&bell)), Placement::Here);
        let listener = Some(Listener::unix(path).expect("listens"));
        Loop { monitor, driver, listener, bell, clients: Vec::new() }
    }

    pub(crate) fn run(mut self, asked_to_quit: &Receiver<()>) {
        let mut stopping = false;
        while !(stopping && self.clients.is_empty()) {
            self.turn();
            if !stopping && asked_to_quit.try_recv().is_ok() {
                stopping = true;
                self.listener = None;
                self.monitor.begin_shutdown();
            }
        }
    }

    /// Waits, takes what has come, and has every connection do what it can.
    fn turn(&mut self) {
        let (client, bell) = self.wait();
        if bell {
            let _ = rustix::io::read(&self.bell.0, &mut [0; 8]);
        }
        if client && let Some(listener) = &self.listener {
            let (socket, peer) = listener.accept().expect("a client");
            let socket = Arc::new(socket);
            let probed = Arc::clone(&socket);
            let probe = Box::new(move || socket::has_hung_up(&probed));
            let connection = self.driver.connect(peer, listener.session_options(), Some(probe));
            let (connection, interest) = (connection.expect("room"), Interest::default());
            self.clients.push(Client { connection, socket, interest });
        }
        self.monitor.advance(self.monitor.clock().now());
        let waker = Waker::from(Arc::clone(&self.bell));
        self.clients.retain_mut(|client| client.turn(&waker));
    }

    /// Returns whether a client waits, and whether the bell was rung.
    fn wait(&self) -> (bool, bool) {
        let mut descriptors = vec![PollFd::new(&self.bell.0, PollFlags::IN)];
        descriptors.extend(self.clients.iter().map(Client::poll_fd));
        descriptors.extend(self.listener.iter().map(|listener| PollFd::new(listener, PollFlags::IN)));
        poll(&mut descriptors, None).expect("waits");
        let is_ready = |descriptor: &PollFd<'_>| !descriptor.revents().is_empty();
        let listener = descriptors.get(1 + self.clients.len());
        (listener.is_some_and(is_ready), is_ready(&descriptors[0]))
    }
}

impl Client {
    fn poll_fd(&self) -> PollFd<'_> {
        let mut wanted = PollFlags::empty();
        wanted.set(PollFlags::IN, self.interest.read);
        wanted.set(PollFlags::OUT, self.interest.write);
        PollFd::new(&self.socket, wanted)
    }

    fn turn(&mut self, waker: &Waker) -> bool {
        let Client { connection, socket, interest } = self;
        if interest.write {
            connection.flush(|bytes| socket::send(&*socket, bytes));
        }
        if interest.read {
            let (mut buffer, mut files) = ([0; 4096], Vec::<File>::new());
            match socket::try_receive(&*socket, &mut buffer, &mut files) {
                Ok(received) if received.bytes > 0 => connection.receive(&buffer[..received.bytes], files),
                Ok(_) => connection.leave(),
                Err(_) => {}
            }
        }
        loop {
            match connection.advance(&mut Context::from_waker(waker)) {
                Action::Write => _ = connection.flush(|bytes| socket::send(&*socket, bytes)),
                Action::Wait(next) => {
                    *interest = next;
                    return true;
                }
                Action::Beside(_) => unreachable!("every command runs here"),
                Action::Close => {
                    socket::shut(&*socket);
                    return false;
                }
            }
        }
    }
}
