//! A process that runs, and what it wrote to its standard error.

use super::tail::Tail;
use crate::client::pause::Pauses;
use crate::client::{ProcessError, ProcessErrorKind};
use crate::sync::lock;
use std::convert::Infallible;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// How often to look whether the process has ended.
const PAUSES: Pauses = Pauses::new(Duration::from_millis(1), 2, Duration::from_millis(50));

/// How long the process may take to end after it has closed the connection, and its standard error after that.
const GRACE: Duration = Duration::from_secs(5);

/// A process. Dropping it kills the process.
#[derive(Debug)]
pub(in crate::client) struct Spawned {
    program: String,
    /// Shared with the thread that waits for the end of a process that was killed.
    child: Arc<Mutex<Child>>,
    stderr: Arc<Mutex<Stderr>>,
    /// Never used: dropping it ends the keeper.
    _keep: mpsc::Sender<Infallible>,
}

#[derive(Debug)]
struct Stderr {
    tail: Tail,
    /// The process, and all to which it passed its standard error, have closed it.
    is_closed: bool,
}

/// Looks again and again whether a process has ended.
pub(in crate::client) struct Look {
    limit: Duration,
    started: Instant,
    pauses: Pauses,
    /// When the process was seen to have ended.
    ended: Option<Instant>,
}

impl Spawned {
    pub(super) fn new(
        program: String,
        mut command: Command,
        lines: usize,
    ) -> Result<(UnixStream, Spawned), ProcessError> {
        let stderr = Arc::new(Mutex::new(Stderr { tail: Tail::new(lines), is_closed: false }));
        let (keep, end) = mpsc::channel();
        let start = || {
            let (near, far) = UnixStream::pair()?;
            command.stdin(Stdio::from(OwnedFd::from(far))).stderr(Stdio::piped());
            Ok((near, start_by_keeper(command, Arc::clone(&stderr), end)?))
        };
        match start() {
            Ok((near, child)) => {
                let child = Arc::new(Mutex::new(child));
                Ok((near, Spawned { program, child, stderr, _keep: keep }))
            }
            Err(error) => Err(ProcessError::new(program, ProcessErrorKind::Start(error))),
        }
    }

    pub(in crate::client) fn id(&self) -> u32 {
        lock(&self.child).id()
    }

    pub(in crate::client) fn try_wait(&self) -> io::Result<Option<ExitStatus>> {
        lock(&self.child).try_wait()
    }

    pub(in crate::client) fn kill(&self) -> io::Result<()> {
        lock(&self.child).kill()
    }

    pub(in crate::client) fn stderr(&self) -> String {
        lock(&self.stderr).tail.text()
    }

    /// An error of this process, with its exit status if it has ended.
    pub(in crate::client) fn error(&self, kind: ProcessErrorKind) -> ProcessError {
        let ended = self.try_wait().ok().flatten();
        let stderr = self.stderr();
        ProcessError { ended, stderr, ..ProcessError::new(self.program.clone(), kind) }
    }
}

impl Drop for Spawned {
    fn drop(&mut self) {
        // Fails if it has ended already.
        let _ = self.kill();
        if let Ok(None) = self.try_wait() {
            // The kernel may take seconds to free the memory of a large machine. Until it was waited for, the process
            // stays as a zombie.
            let child = Arc::clone(&self.child);
            let wait = move || lock(&child).wait();
            let _ = thread::Builder::new().name("qmp-client-reap".to_owned()).spawn(wait);
        }
    }
}

/// Starts the process by a thread that then keeps the end of its standard error. It stays until `end` is hung up, because
/// the kernel takes the end of the thread that has started a process for the end of the process's parent.
fn start_by_keeper(
    mut command: Command,
    stderr: Arc<Mutex<Stderr>>,
    end: mpsc::Receiver<Infallible>,
) -> io::Result<Child> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let keep = move || {
        let child = command.spawn();
        // It holds the process's end of the pair, which would keep the connection open.
        drop(command);
        let pipe = match child {
            Ok(mut child) => {
                let pipe = child.stderr.take();
                let _ = sender.send(Ok(child));
                pipe
            }
            Err(error) => {
                let _ = sender.send(Err(error));
                return;
            }
        };
        if let Some(pipe) = pipe {
            read(pipe, &stderr);
        }
        lock(&stderr).is_closed = true;
        let Err(mpsc::RecvError) = end.recv();
    };
    thread::Builder::new().name("qmp-client-child".to_owned()).spawn(keep)?;
    // Hung up if the thread has panicked.
    receiver.recv().unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()))
}

fn read(mut pipe: ChildStderr, stderr: &Mutex<Stderr>) {
    let mut buffer = [0; 4096];
    loop {
        match pipe.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => lock(stderr).tail.push(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

impl Look {
    /// Looks for at most `limit`.
    pub(in crate::client) fn new(limit: Duration) -> Look {
        Look { limit, started: Instant::now(), pauses: PAUSES, ended: None }
    }

    /// Looks for as long as a process takes that has closed its connection.
    pub(in crate::client) fn after_hanging_up() -> Look {
        Look::new(GRACE)
    }

    /// Looks now. The error is how long to wait before looking again.
    ///
    /// A process counts as ended when its last words have been read, too.
    pub(in crate::client) fn now(
        &mut self,
        process: &Spawned,
    ) -> Result<Result<ExitStatus, ProcessErrorKind>, Duration> {
        let status = match process.try_wait() {
            Ok(status) => status,
            Err(error) => return Ok(Err(ProcessErrorKind::Wait(error))),
        };
        if let Some(status) = status {
            let ended = *self.ended.get_or_insert_with(Instant::now);
            // Others may hold its standard error.
            if lock(&process.stderr).is_closed || ended.elapsed() >= GRACE {
                return Ok(Ok(status));
            }
        } else if self.started.elapsed() >= self.limit {
            return Ok(Err(ProcessErrorKind::Runs(self.limit)));
        }
        Err(self.pauses.take())
    }
}
