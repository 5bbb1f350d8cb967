//! The crate `qapi` as a client of the example machine, over a Unix socket and over TCP, with and without out-of-band; and
//! its columns in the table of our clients beside it, in `docs/other-crates.md`.
//!
//! Usage: `foreign-qapi-rs VMM`, where VMM is the built program of examples/vmm. Each client negotiates, sets panic=pause,
//! lets the guest panic, and receives GUEST_PANICKED and STOP. Then each row of the table is run, and has to come out as the
//! table says. Prints a line for each; panics when something is wrong.

mod attempt;
mod rows;

use futures_util::StreamExt;
use qapi::futures::{QapiStream, QmpStreamNegotiation, QmpStreamTokio};
use qapi::qmp::{self, Event, QMPCapability};
use qapi_scripted_servers as script;
use std::io::{BufRead, BufReader, ErrorKind};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadHalf, WriteHalf};

/// Only a limit for a run that hangs.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [row, test, client] = &arguments[..]
        && row == "row"
    {
        println!("{}", rows::one(test, client).await);
        return;
    }
    let vmm = arguments.first().expect("the path of the built vmm");
    for oob in [false, true] {
        let machine = Machine::start(Path::new(vmm));
        let client = QmpStreamTokio::open_uds(&machine.socket).await.expect("connects");
        within(converse("a Unix socket", client, oob, machine)).await;

        let machine = Machine::start(Path::new(vmm));
        let client = QmpStreamTokio::open_tcp(machine.address).await.expect("connects");
        within(converse("TCP", client, oob, machine)).await;
    }
    compare_with_table(&rows::all());
}

/// Where the table has the name of the test, and the outcomes of this crate's clients.
const TEST: usize = 1;
const TOKIO: usize = 3;
const BLOCKING: usize = 4;

/// The table says of this crate what is so, all of it and nothing else.
fn compare_with_table(outcomes: &[rows::Outcome]) {
    let page = include_str!("../../../../docs/other-crates.md");
    let rows = script::table(page, script::HEAD);
    let mut differs = rows.len() != outcomes.len();
    for outcome in outcomes {
        let rows::Outcome { test, tokio, blocking } = outcome;
        println!("qapi 0.15, {test}: on tokio {tokio}; blocking {blocking}");
        let row = rows.iter().find(|row| row[TEST] == format!("`{test}`"));
        let said = row.map(|row| (row[TOKIO], row[BLOCKING]));
        if said != Some((tokio, blocking)) {
            println!("the table says otherwise: {said:?}");
            differs = true;
        }
    }
    assert!(!differs, "the table is not what came of its {} rows", rows.len());
}

async fn within(work: impl Future<Output = ()>) {
    tokio::time::timeout(PATIENCE, work).await.expect("it takes too long");
}

type Reader<S> = QmpStreamTokio<ReadHalf<S>>;
type Writer<S> = QmpStreamTokio<WriteHalf<S>>;

async fn converse<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    way: &str,
    client: QmpStreamNegotiation<Reader<S>, Writer<S>>,
    oob: bool,
    machine: Machine,
) {
    // This client does not recognise the capability `oob` in a greeting, QEMU's neither, so it sends no ids. It can be told
    // to enable it all the same.
    assert_eq!(client.capabilities.QMP.capabilities.len(), 1);
    let wanted = oob.then_some(QMPCapability::oob);
    let stream: QapiStream<_, _> = client.negotiate_caps(wanted).await.expect("negotiates");
    let (service, mut events) = stream.into_parts();
    let (found, seen) = tokio::sync::mpsc::unbounded_channel();
    let reading = tokio::spawn(async move {
        while let Some(Ok(event)) = events.next().await {
            if found.send(event).is_err() {
                break;
            }
        }
    });
    let mut seen = seen;

    let status = service.execute(qmp::query_status {}).await.expect("a status");
    assert!(!status.running && status.status == qmp::RunState::prelaunch, "{status:?}");
    let commands = service.execute(qmp::query_commands {}).await.expect("commands");
    assert!(commands.iter().any(|command| command.name == "set-action"));
    let schema = service.execute(qmp::query_qmp_schema {}).await.expect("a schema");
    assert!(schema.len() > 50, "{} entries", schema.len());

    let action = qmp::set_action {
        panic: Some(qmp::PanicAction::pause),
        reboot: None,
        shutdown: None,
        watchdog: None,
    };
    service.execute(action).await.expect("sets the action");
    // Two calls at once.
    let [a, b] = [service.execute(qmp::query_status {}), service.execute(qmp::query_status {})];
    let (a, b) = futures_util::future::join(a, b).await;
    assert!(a.is_ok() && b.is_ok());
    let error = service.execute(qmp::query_block {}).await.expect_err("the machine has no disks");
    assert!(
        matches!(error, qapi::ExecuteError::Qapi(ref error) if error.desc.contains("query-block")),
        "{error}"
    );

    service.execute(qmp::cont {}).await.expect("continues");
    let mut names = Vec::new();
    while names.last() != Some(&"STOP") {
        names.push(match seen.recv().await.expect("an event") {
            Event::RESUME { .. } => "RESUME",
            Event::GUEST_PANICKED { data, .. } => {
                assert_eq!(data.action, qmp::GuestPanicAction::pause);
                "GUEST_PANICKED"
            }
            Event::STOP { .. } => "STOP",
            other => panic!("not expected: {other:?}"),
        });
    }
    assert_eq!(names, ["RESUME", "GUEST_PANICKED", "STOP"]);
    let status = service.execute(qmp::query_status {}).await.expect("a status");
    assert_eq!(status.status, qmp::RunState::guest_panicked);
    service.execute(qmp::quit {}).await.expect("quits");
    reading.await.expect("the end of the stream");
    machine.has_ended();
    let oob = if oob { "with out-of-band" } else { "without out-of-band" };
    println!("qapi 0.15 over {way}, {oob}: negotiated, set panic=pause, received GUEST_PANICKED and STOP");
}

/// A machine that waits to be started.
struct Machine {
    process: Child,
    socket: PathBuf,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Machine {
    fn start(vmm: &Path) -> Machine {
        let folder = tempfile::tempdir().expect("a folder");
        let guest = folder.path().join("panic.guest");
        std::fs::write(&guest, "outb 0x505 1\n").expect("writes");
        let socket = folder.path().join("qmp");
        let mut process = Command::new(vmm)
            .arg("-S")
            .args(["-qmp", &format!("unix:{},server=on,wait=off", socket.display())])
            .args(["-qmp", "tcp:127.0.0.1:0,server=on,wait=off", "-guest"])
            .arg(guest)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the machine starts");
        // It tells which port the system chose.
        let mut errors = BufReader::new(process.stderr.take().expect("piped")).lines();
        let address = loop {
            let line = errors.next().expect("an address").expect("reads");
            if let Some(address) =
                line.split_whitespace().find_map(|word| word.trim_end_matches(['.', ',']).parse().ok())
            {
                break address;
            }
        };
        // Read on, so that the machine is never held up by what it says.
        std::thread::spawn(move || errors.for_each(drop));
        while let Err(error) = std::os::unix::net::UnixStream::connect(&socket) {
            assert!(matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused), "{error}");
            std::thread::yield_now();
        }
        Machine { process, socket, address, _folder: folder }
    }

    fn has_ended(mut self) {
        let status = self.process.wait().expect("it was started");
        assert!(status.success(), "quit ended with {status}");
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
