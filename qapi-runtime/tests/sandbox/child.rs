//! The process that serves under a list of system calls. The test, which is another process, is its client.
//!
//! What it does besides serving makes no system call of its own that could hide one of ours: it waits by a lock, and is
//! asked to end by the command `quit`.

use crate::bed::Kind;
use crate::list::{self, Need, Otherwise, Transport};
use crate::own_loop;
use crate::session_stub::Server;
use qapi_runtime::Monitor;
use qapi_runtime::monitor::SessionChange;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Environment variables by which a test tells this process what to do.
pub(crate) const SOCKET: &str = "QAPI_SANDBOX_TEST_SOCKET";
pub(crate) const TRANSPORT: &str = "QAPI_SANDBOX_TEST_TRANSPORT";
pub(crate) const WITHOUT: &str = "QAPI_SANDBOX_TEST_WITHOUT";
pub(crate) const TASK: &str = "QAPI_SANDBOX_TEST_TASK";

/// Exit status: the kernel lets us install no filter.
pub(crate) const NO_FILTERS: i32 = 77;

/// What the process does under its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Serves; any call that is not on the list ends it.
    Serve,
    /// Makes calls that are not on the list, which must fail, and then serves.
    Overstep,
    /// Serves until the first session has ended, and then looks how many there are.
    Count,
}

impl Task {
    const ALL: [Task; 3] = [Task::Serve, Task::Overstep, Task::Count];

    pub(crate) fn name(self) -> String {
        format!("{self:?}")
    }

    fn named(name: &str) -> Task {
        Task::ALL.into_iter().find(|task| task.name() == name).expect("a task")
    }
}

/// Does its task and ends the process, if this is such a process.
pub(crate) fn run() {
    let get = |name: &str| std::env::var(name).ok();
    let (Some(socket), Some(transport), Some(without), Some(task)) =
        (get(SOCKET), get(TRANSPORT), get(WITHOUT), get(TASK))
    else {
        return;
    };
    let without: Vec<&str> = without.split(',').collect();
    serve(PathBuf::from(socket), Transport::named(&transport), &without, Task::named(&task));
}

fn serve(socket: PathBuf, transport: Transport, without: &[&str], task: Task) {
    let (quit, asked_to_quit) = channel();
    let (end, ended) = channel();
    let quit = move || quit.send(()).expect("main waits");
    let server = Server { quit: std::sync::Arc::new(quit), ..Server::default() };
    let monitor = Monitor::builder(server.clone()).events(&server.events);
    let monitor = monitor.on_session(move |change| {
        if let SessionChange::Ended { .. } = change {
            let _ = end.send(());
        }
    });
    let monitor = monitor.build();
    match transport {
        Transport::Threads => serve_by(Kind::Threads, &socket, &monitor),
        #[cfg(feature = "tokio")]
        Transport::Tokio => serve_by(Kind::tokio(), &socket, &monitor),
        Transport::Loop => {
            let service = own_loop::Loop::new(&socket, monitor);
            restrict(transport, without, task);
            service.run(&asked_to_quit);
            std::process::exit(0);
        }
    }
    restrict(transport, without, task);
    finish(task, &monitor, &asked_to_quit, &ended);
}

/// Everything that has to be done before the process restricts itself.
fn serve_by(kind: Kind, socket: &Path, monitor: &Monitor) {
    monitor.prepare().expect("prepared");
    kind.serve_unix(socket, monitor).expect("serves");
    let (address, _) = kind.serve_tcp("127.0.0.1:0", monitor).expect("serves");
    std::fs::write(socket.with_extension("tcp"), address.to_string()).expect("a file");
    // A runtime lasts as long as the process.
    Box::leak(Box::new(kind));
}

/// From here on nothing is possible but what is on the list, `without` some.
fn restrict(transport: Transport, without: &[&str], task: Task) {
    let names = |refusable: bool| -> Vec<&str> {
        let calls = list::calls(transport).into_iter();
        let calls = calls.filter(|call| (call.need == Need::Refusable) == refusable);
        calls.map(|call| call.name).filter(|name| !without.contains(name)).collect()
    };
    let mut allowed = names(false);
    if transport == Transport::Loop {
        allowed.extend(own_loop::OWN);
    }
    let otherwise = if task == Task::Serve { Otherwise::Kill } else { Otherwise::Refuse };
    settle();
    if let Err(error) = list::restrict(&allowed, &names(true), otherwise) {
        eprintln!("no filter: {error}");
        std::process::exit(NO_FILTERS);
    }
}

/// Waits until all other threads do: what they call to start, the test harness's too, comes before the filter.
fn settle() {
    let mut quiet = 0;
    while quiet < 3 {
        std::thread::sleep(Duration::from_millis(2));
        let tasks = std::fs::read_dir("/proc/self/task").expect("tasks");
        let states = tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("stat")).ok());
        // The state stands behind the name, which is in parentheses. The one that runs is this thread.
        let running = states.filter(|stat| !stat.rsplit(')').next().unwrap_or_default().starts_with(" S"));
        quiet = if running.count() == 1 { quiet + 1 } else { 0 };
    }
}

fn finish(task: Task, monitor: &Monitor, asked_to_quit: &Receiver<()>, ended: &Receiver<()>) {
    if task == Task::Overstep {
        overstep();
    }
    if task == Task::Count {
        ended.recv().expect("a session ends");
        std::process::exit(i32::try_from(monitor.sessions()).unwrap_or(i32::MAX));
    }
    asked_to_quit.recv().expect("asked to quit");
    let complete = monitor.shutdown(Duration::from_secs(60));
    std::process::exit(if complete { 0 } else { 1 });
}

/// What is refused is an error like any other.
fn overstep() {
    use qapi_runtime::transport::threads::Listener;
    let refusals = [
        std::os::unix::net::UnixStream::pair().map(drop),
        std::net::UdpSocket::bind("127.0.0.1:0").map(drop),
        Listener::tcp("127.0.0.1:0").map(drop),
        Listener::unix("/nonexistent/qmp").map(drop),
        std::fs::File::open("/dev/null").map(drop),
    ];
    for refusal in refusals {
        if refusal.map_err(|error| error.kind()) != Err(ErrorKind::PermissionDenied) {
            std::process::exit(2);
        }
    }
}
