//! Replays the steps of a recording, and records the server's reactions.

use super::client::{Client, Reply};
use super::server::{Kind, Server};
use crate::Failure;
use qapi_runtime::json::Value;
use qapi_test_support::recording::{FIFO, Recording, Step};
use rustix::fs::{FileType, Mode, OFlags};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a server may take for any step. The limit only ends the wait for a reply that will not come.
const PATIENCE: Duration = Duration::from_secs(60);

/// The same for recordings that are marked slow.
const LONG_PATIENCE: Duration = Duration::from_secs(600);

/// How long to wait where nothing was recorded. A later reply is noticed in the next step or at the end.
const SILENCE: Duration = Duration::from_millis(30);

/// The reactions of the server to each step, and after the last one.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) steps: Vec<Outcome>,
    /// Replies on connections that were still open at the end.
    pub(super) rest: Vec<Reply>,
    /// The server's output on standard error.
    pub(super) log: String,
}

/// The reactions of the server to a step.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) replies: Vec<Reply>,
    pub(super) hung_up: bool,
    pub(super) exit_code: Option<i32>,
    /// How many replies came before the recorded server's greeting: the client had to wait until another one left.
    pub(super) early: usize,
}

/// Replays a conversation.
pub(super) fn play(recording: &Recording, kind: Kind<'_>) -> Result<Heard, Failure> {
    let folder = tempfile::tempdir()?;
    let fifo = folder.path().join("fifo");
    if recording.options.fifo {
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)?;
    }
    let server = Server::start(recording, kind, folder.path())?;
    let mut player = Player {
        server,
        is_recorded: matches!(kind, Kind::Qemu { .. }),
        clients: BTreeMap::new(),
        talks: BTreeMap::new(),
        fifo,
        pretty: recording.options.pretty,
        is_unblocked: false,
        patience: if recording.slow { LONG_PATIENCE } else { PATIENCE },
    };
    let patience = player.patience;
    let mut heard = Heard::default();
    for step in &recording.steps {
        heard.steps.push(player.step(step)?);
    }
    if recording.options.fifo && !player.is_unblocked {
        player.unblock(SILENCE)?;
    }
    for client in player.clients.values_mut() {
        client.shutdown_write();
        heard.rest.extend(client.read(usize::MAX, patience)?);
    }
    heard.log = player.server.log();
    Ok(heard)
}

struct Player {
    server: Server,
    /// The server is of the recorded kind, and so has its bugs too.
    is_recorded: bool,
    clients: BTreeMap<String, Client>,
    talks: BTreeMap<String, Talk>,
    fifo: PathBuf,
    pretty: bool,
    is_unblocked: bool,
    /// How long the server may take for any step.
    patience: Duration,
}

/// The state of a connection in the recording.
#[derive(Default)]
struct Talk {
    is_greeted: bool,
    has_sent: bool,
}

impl Talk {
    /// Advances by a step. Returns which of its replies a server sends that does not mix up its clients.
    fn expect<'a>(&mut self, step: &'a Step) -> Vec<&'a Option<Value<'static>>> {
        if step.connect {
            *self = Self::default();
        }
        self.has_sent |= !step.send.is_empty();
        self.is_greeted |= step.replies.iter().flatten().any(|reply| reply.get("QMP").is_some());
        step.replies.iter().filter(|reply| self.has_sent || !is_late(reply.as_ref())).collect()
    }
}

/// Whether this is a reply. A client that has sent nothing cannot get one of its own.
fn is_late(reply: Option<&Value<'_>>) -> bool {
    reply.is_some_and(|reply| reply.get("return").is_some() || reply.get("error").is_some())
}

/// For each step, the recorded replies without those that QEMU wrongly sends to the next client.
pub(super) fn expected(recording: &Recording) -> Vec<Vec<&Option<Value<'static>>>> {
    let mut talks: BTreeMap<&str, Talk> = BTreeMap::new();
    recording.steps.iter().map(|step| talks.entry(&step.connection).or_default().expect(step)).collect()
}

impl Player {
    fn step(&mut self, step: &Step) -> Result<Outcome, Failure> {
        let mut outcome = Outcome::default();
        if step.connect {
            let client = Client::connect(&mut self.server, step.socket, self.pretty, self.patience)?;
            self.clients.insert(step.connection.clone(), client);
        }
        if let Some(client) = self.clients.get_mut(&step.connection) {
            client.send(&with_fifo(&step.send, &self.fifo), step.send_fd)?;
            if step.shutdown_write {
                client.shutdown_write();
            }
        }
        if step.unblock {
            self.unblock(self.patience)?;
        }
        if let Some(signal) = &step.signal {
            self.server.signal(signal)?;
        }
        if let Some(client) = self.clients.get_mut(&step.connection) {
            let talk = self.talks.entry(step.connection.clone()).or_default();
            let expected = talk.expect(step).len();
            let expected = if self.is_recorded { step.replies.len() } else { expected };
            outcome.replies = client.read(expected, self.patience)?;
            // All expected replies have come. Check that no more follow.
            let more = if step.closed { self.patience } else { SILENCE };
            if step.closed || step.replies.is_empty() {
                outcome.replies.extend(client.read(usize::MAX, more)?);
            }
            if !talk.is_greeted {
                outcome.early = outcome.replies.len();
                client.give_back(std::mem::take(&mut outcome.replies));
            }
            outcome.hung_up = client.has_hung_up();
        }
        if step.close {
            self.clients.remove(&step.connection);
        }
        if step.wait_exit {
            outcome.exit_code = self.server.wait(self.patience);
        }
        Ok(outcome)
    }

    /// Opens the fifo for writing for a moment, once it has a reader.
    fn unblock(&mut self, limit: Duration) -> Result<(), Failure> {
        let until = Instant::now() + limit;
        loop {
            match rustix::fs::open(&self.fifo, OFlags::WRONLY | OFlags::NONBLOCK, Mode::empty()) {
                Ok(_) => break,
                Err(rustix::io::Errno::NXIO) if Instant::now() < until => {
                    std::thread::sleep(Duration::from_millis(2));
                }
                // The server no longer reads; the replies will show why.
                Err(rustix::io::Errno::NXIO) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        self.is_unblocked = true;
        Ok(())
    }
}

fn with_fifo(sent: &[u8], fifo: &Path) -> Vec<u8> {
    match std::str::from_utf8(sent) {
        Ok(text) if text.contains(FIFO) => text.replace(FIFO, &fifo.display().to_string()).into_bytes(),
        _ => sent.to_vec(),
    }
}
