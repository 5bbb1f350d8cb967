//! A session on any blocking stream: standard input and output, a serial device, TLS.
//!
//! One thread reads and one writes. Other processes may share the files, so they are not made non-blocking.

use super::bell::Bell;
use super::block_on::block_on;
use crate::Monitor;
use crate::Peer;
use crate::monitor::SessionOptions;
use crate::monitor::driver::{Action, Arrival, Connection, Interest, Link, Placement};
use crate::sync::{Condvar, Mutex, lock, wait};
use crate::transport::registry::{Helped, Opening};
use crate::transport::service::Service;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::task::{Context, Waker};
use std::thread;

/// Serves one session on standard input and output.
///
/// The end of the input ends neither the process nor the session; events are still written.
///
/// # Errors
///
/// A thread cannot be started, or the monitor refuses the session.
pub fn serve_stdio(monitor: &Monitor, options: &SessionOptions) -> io::Result<()> {
    start(monitor, Peer::Stdio, options, io::stdin(), io::stdout())
}

/// Serves one session on any stream. The end of the input ends the session, once its commands are answered.
///
/// The session notices that its client has left only when a read or write fails. For sockets, use
/// [`attach_socket`](super::attach_socket), which notices it sooner and receives descriptors.
///
/// ```no_run
/// # fn serve(monitor: &qapi_runtime::Monitor) -> std::io::Result<()> {
/// use qapi_runtime::monitor::SessionOptions;
/// use qapi_runtime::transport::threads::attach;
/// use std::fs::File;
///
/// let serial = File::options().read(true).write(true).open("/dev/ttyS0")?;
/// attach(monitor, &SessionOptions::default(), serial.try_clone()?, serial)
/// # }
/// ```
///
/// # Errors
///
/// A thread cannot be started, or the monitor refuses the session.
pub fn attach(
    monitor: &Monitor,
    options: &SessionOptions,
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
) -> io::Result<()> {
    start(monitor, Peer::Unknown, options, input, output)
}

fn start(
    monitor: &Monitor,
    peer: Peer,
    options: &SessionOptions,
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
) -> io::Result<()> {
    let service = Service::of(monitor)?;
    let outlives_input = matches!(peer, Peer::Stdio);
    let arrival = Opening::new(monitor, options)?.arrival(peer, None, Placement::Thread);
    let arrival = Arrival { outlives_input, ..arrival };
    let connection = service.registry().connect(arrival).map_err(io::Error::other)?;
    let link = Arc::clone(connection.link());
    let bell = Arc::new(Bell::default());
    let waker = Waker::from(Arc::clone(&bell));
    let (output_left, connection) = (Writer::default(), Mutex::new(Some(connection)));
    let pipe = Arc::new(Pipe { link, service, bell, waker, writer: output_left, connection });
    pipe.service.registry().add(&pipe);
    let (number, writing, reading) = (pipe.link.number(), Arc::clone(&pipe), Arc::clone(&pipe));
    let spawn = |way: &str, work: Box<dyn FnOnce() + Send>| {
        thread::Builder::new().name(format!("qmp-{number}-{way}")).spawn(work)
    };
    spawn("out", Box::new(move || writing.write_all(output)))
        .and_then(|_| spawn("in", Box::new(move || reading.read_all(input))))
        .map(drop)
        // One of the two threads alone would keep the session open for ever.
        .inspect_err(|_| pipe.give_up())
}

struct Pipe {
    link: Arc<Link>,
    service: Arc<Service>,
    bell: Arc<Bell>,
    waker: Waker,
    writer: Writer,
    /// Dropped by the thread that first sees that the session is over. The other one may be blocked.
    connection: Mutex<Option<Connection>>,
}

/// Wakes the writer.
#[derive(Default)]
struct Writer {
    /// There may be output.
    due: Mutex<bool>,
    changed: Condvar,
}

impl Writer {
    fn ring(&self) {
        *lock(&self.due) = true;
        self.changed.notify_one();
    }

    fn wait(&self) {
        let mut due = lock(&self.due);
        while !std::mem::take(&mut *due) {
            due = wait(&self.changed, due);
        }
    }
}

impl Pipe {
    fn read_all(self: Arc<Pipe>, mut input: impl Read) {
        self.bell.is_for_this_thread();
        let mut buffer = vec![0; 32 * 1024];
        loop {
            self.bell.quiet();
            let Some(interest) = self.obey() else { break };
            if !interest.read {
                self.bell.wait();
                continue;
            }
            match input.read(&mut buffer) {
                Ok(0) => self.link.end_input(),
                Ok(count) => self.link.receive(&buffer[..count], Vec::new()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    tracing::warn!(session = self.link.number(), %error, "input cannot be read");
                    self.link.end_input();
                }
            }
        }
        self.end();
    }

    fn obey(&self) -> Option<Interest> {
        let mut cx = Context::from_waker(&self.waker);
        loop {
            match self.link.advance(&mut cx) {
                Action::Write => self.hand_over(),
                // Run on this thread, which does not read meanwhile: a stream gets no worker thread.
                Action::Beside(mut job) => block_on(async {
                    if job.turn().await {
                        job.run().await;
                    }
                }),
                Action::Wait(interest) => return Some(interest),
                Action::Close => return None,
            }
        }
    }

    /// Leaves the output to the writer thread.
    fn hand_over(&self) {
        self.link.flush(|_| Err(io::ErrorKind::WouldBlock.into()));
        self.writer.ring();
    }

    fn write_all(&self, mut output: impl Write) {
        let mut bytes = Vec::new();
        loop {
            let over = self.link.take_output(&mut bytes);
            if over {
                return self.end();
            }
            if bytes.is_empty() {
                self.writer.wait();
                continue;
            }
            let written = output.write_all(&bytes).and_then(|()| output.flush());
            self.link.written();
            if let Err(error) = written {
                tracing::warn!(session = self.link.number(), %error, "output cannot be written");
                self.link.leave();
            }
        }
    }

    fn give_up(&self) {
        self.link.leave();
        self.end();
    }

    fn end(&self) {
        self.service.registry().remove(self.link.number());
        drop(lock(&self.connection).take());
        self.writer.ring();
    }
}

impl Helped for Pipe {
    fn link(&self) -> &Arc<Link> {
        &self.link
    }

    fn help(&self) {
        self.link.help(|_| Err(io::ErrorKind::WouldBlock.into()));
        self.writer.ring();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Call, Dispatch, Outcome, Tables};
    use std::io::{BufRead, BufReader, Lines};
    use std::os::unix::net::UnixStream;
    use std::time::Duration;

    static TABLES: Tables = Tables { generation: 1, commands: &[], events: &["STOP"], introspection: &[] };
    const LONG: Duration = Duration::from_secs(60);

    struct NoCommands;

    impl Dispatch for NoCommands {
        fn tables(&self) -> &'static Tables {
            &TABLES
        }

        fn call(&self, _: usize, _: Call<'_>) -> Outcome {
            unreachable!("the table is empty")
        }
    }

    /// A session whose input is over after a command and a half.
    fn session(peer: Peer) -> (Monitor, Lines<BufReader<UnixStream>>) {
        let monitor = Monitor::builder(NoCommands).build();
        let input = io::Cursor::new(b"{'execute': 'qmp_capabilities'} {'execute': 'query-commands'".to_vec());
        let (output, read) = UnixStream::pair().expect("a pair");
        read.set_read_timeout(Some(LONG)).expect("a time limit");
        start(&monitor, peer, &SessionOptions::default(), input, output).expect("threads start");
        let mut lines = BufReader::new(read).lines();
        let mut line = || lines.next().expect("a line").expect("reads");
        assert!(line().starts_with("{\"QMP\""));
        assert_eq!(line(), "{\"return\": {}}");
        (monitor, lines)
    }

    #[test]
    fn output_goes_on_after_the_end_of_standard_input() {
        let (monitor, mut lines) = session(Peer::Stdio);
        assert_eq!(monitor.sessions(), 1);
        monitor.inner().log.send("STOP", crate::Features::NONE, None);
        assert!(lines.next().expect("an event").expect("reads").contains("\"STOP\""));
        assert!(monitor.shutdown(LONG), "everything is written");
        assert_eq!(monitor.sessions(), 0);
    }

    #[test]
    fn any_other_stream_ends_with_its_input() {
        let (monitor, mut lines) = session(Peer::Unknown);
        assert!(lines.next().is_none(), "the half command is not answered");
        while monitor.sessions() > 0 {
            thread::yield_now();
        }
    }
}
