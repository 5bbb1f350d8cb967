//! Does what was done in a recording, and writes down what the server did.

use super::client::{Client, Reply};
use super::recording::{FIFO, Recording, Step};
use super::server::{Kind, Server};
use crate::Failure;
use rustix::fs::{FileType, Mode, OFlags};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a server may take for anything. It only ends the wait for what will not come.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long nothing must come where nothing was recorded. What comes later is found in the next step, or at the end.
const SILENCE: Duration = Duration::from_millis(30);

/// What the server did in each step, and behind the last.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) steps: Vec<Outcome>,
    /// What came on connections that were still open when all was done.
    pub(super) rest: Vec<Reply>,
    /// What the server wrote on standard error.
    pub(super) log: String,
}

/// What the server did in a step.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) replies: Vec<Reply>,
    pub(super) hung_up: bool,
    pub(super) exit_code: Option<i32>,
}

/// Holds a conversation.
pub(super) fn play(recording: &Recording, kind: Kind<'_>) -> Result<Heard, Failure> {
    let folder = tempfile::tempdir()?;
    let fifo = folder.path().join("fifo");
    if recording.options.fifo {
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)?;
    }
    let server = Server::start(recording, kind, folder.path())?;
    let mut player = Player {
        server,
        clients: BTreeMap::new(),
        fifo,
        pretty: recording.options.pretty,
        is_unblocked: false,
    };
    let mut heard = Heard::default();
    for step in &recording.steps {
        heard.steps.push(player.step(step)?);
    }
    if recording.options.fifo && !player.is_unblocked {
        player.unblock(SILENCE)?;
    }
    for client in player.clients.values_mut() {
        client.shutdown_write();
        heard.rest.extend(client.read(usize::MAX, PATIENCE)?);
    }
    heard.log = player.server.log();
    Ok(heard)
}

struct Player {
    server: Server,
    clients: BTreeMap<String, Client>,
    fifo: PathBuf,
    pretty: bool,
    is_unblocked: bool,
}

impl Player {
    fn step(&mut self, step: &Step) -> Result<Outcome, Failure> {
        let mut outcome = Outcome::default();
        if step.connect {
            let client = Client::connect(&mut self.server, step.socket, self.pretty, PATIENCE)?;
            self.clients.insert(step.connection.clone(), client);
        }
        if let Some(client) = self.clients.get_mut(&step.connection) {
            client.send(&with_fifo(&step.send, &self.fifo), step.send_fd)?;
            if step.shutdown_write {
                client.shutdown_write();
            }
        }
        if step.unblock {
            self.unblock(PATIENCE)?;
        }
        if let Some(signal) = &step.signal {
            self.server.signal(signal)?;
        }
        if let Some(client) = self.clients.get_mut(&step.connection) {
            outcome.replies = client.read(step.replies.len(), PATIENCE)?;
            // All that should have come is there; does more come?
            let more = if step.closed { PATIENCE } else { SILENCE };
            if step.closed || step.replies.is_empty() {
                outcome.replies.extend(client.read(usize::MAX, more)?);
            }
            outcome.hung_up = client.has_hung_up();
        }
        if step.close {
            self.clients.remove(&step.connection);
        }
        if step.wait_exit {
            outcome.exit_code = self.server.wait(PATIENCE);
        }
        Ok(outcome)
    }

    /// Is a writer of the fifo for a moment, once it has a reader.
    fn unblock(&mut self, limit: Duration) -> Result<(), Failure> {
        let until = Instant::now() + limit;
        loop {
            match rustix::fs::open(&self.fifo, OFlags::WRONLY | OFlags::NONBLOCK, Mode::empty()) {
                Ok(_) => break,
                Err(rustix::io::Errno::NXIO) if Instant::now() < until => {
                    std::thread::sleep(Duration::from_millis(2));
                }
                // Whoever should have read it does not: the replies will tell.
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
