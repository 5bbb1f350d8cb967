//! A session on standard input and output.

use super::Support;
use super::drive::{self, Patience};
use crate::Peer;
use crate::event::Wire;
use crate::monitor::{Connection, Monitor, SessionOptions};
use crate::sync::lock;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// Serves one session on standard input and output.
///
/// The end of the input ends neither the process nor the session: events are still written. The process may share these
/// files with others, so they are not made non-blocking; a thread of its own writes.
///
/// # Errors
///
/// A thread cannot be started.
pub fn serve_stdio(monitor: &Monitor, options: &SessionOptions) -> io::Result<()> {
    serve(monitor, options, io::stdin(), io::stdout())
}

fn serve(
    monitor: &Monitor,
    options: &SessionOptions,
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
) -> io::Result<()> {
    Support::of(monitor)?;
    // One mark is enough: the writer takes all that there is.
    let (marks, marked) = sync_channel(1);
    let connection = monitor.connect(Peer::Stdio, options, |_| Box::new(PipeWire { marks }));
    let writing = Arc::clone(&connection);
    thread::Builder::new().name("qmp-stdout".into()).spawn(move || write_all(&writing, output, &marked))?;
    thread::Builder::new().name("qmp-stdin".into()).spawn(move || read_all(&connection, input))?;
    Ok(())
}

fn read_all(connection: &Arc<Connection>, mut input: impl Read) {
    let mut buffer = vec![0; 32 * 1024];
    loop {
        drop(drive::wait_for_appetite(connection));
        match input.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => {
                lock(&connection.session).receive(&buffer[..count]);
                if !drive::pump(connection, Patience::Endless) {
                    break;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                tracing::warn!(%error, "standard input cannot be read");
                break;
            }
        }
    }
    tracing::debug!("end of standard input");
}

fn write_all(connection: &Arc<Connection>, mut output: impl Write, marked: &Receiver<()>) {
    let mut bytes = Vec::new();
    while marked.recv().is_ok() {
        connection.outbox.take(&mut bytes);
        let written = output.write_all(&bytes).and_then(|()| output.flush());
        connection.outbox.written();
        if let Err(error) = written {
            tracing::warn!(%error, "standard output cannot be written");
            connection.monitor.disconnect(connection);
            return;
        }
        drive::resume(connection);
    }
}

struct PipeWire {
    marks: SyncSender<()>,
}

impl Wire for PipeWire {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }

    fn blocked(&mut self) {
        // When a mark is there already, the writer has not yet taken what there is.
        let _ = self.marks.try_send(());
    }

    fn shut(&mut self) {}
}
