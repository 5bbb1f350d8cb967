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

    fn blocked(&mut self) -> io::Result<()> {
        // When a mark is there already, the writer has not yet taken what there is.
        let _ = self.marks.try_send(());
        Ok(())
    }

    fn shut(&mut self) {}

    fn is_abandoned(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Call, Dispatch, Outcome, Tables};
    use std::io::{BufRead, BufReader};
    use std::os::unix::net::UnixStream;
    use std::time::Duration;

    static TABLES: Tables = Tables { generation: 1, commands: &[], events: &["STOP"], introspection: &[] };

    struct NoCommands;

    impl Dispatch for NoCommands {
        fn tables(&self) -> &'static Tables {
            &TABLES
        }

        fn call(&self, _: usize, _: Call<'_>) -> Outcome {
            unreachable!("the table is empty")
        }
    }

    #[test]
    fn output_goes_on_after_the_end_of_the_input() {
        let monitor = Monitor::builder(NoCommands).build();
        let input = io::Cursor::new(b"{'execute': 'qmp_capabilities'} {'execute': 'query-commands'".to_vec());
        let (output, read) = UnixStream::pair().expect("a pair");
        read.set_read_timeout(Some(Duration::from_secs(60))).expect("a time limit");
        serve(&monitor, &SessionOptions::default(), input, output).expect("threads start");
        let mut lines = BufReader::new(read).lines().map(|line| line.expect("reads"));
        assert!(lines.next().expect("a greeting").starts_with("{\"QMP\""));
        assert_eq!(lines.next().expect("a reply"), "{\"return\": {}}");
        monitor.0.events.send("STOP", crate::Features::NONE, None);
        assert!(lines.next().expect("an event").contains("\"STOP\""));
        assert!(monitor.shutdown(Duration::from_secs(60)));
        assert_eq!(monitor.sessions(), 1, "the session lasts as long as the process");
    }
}
