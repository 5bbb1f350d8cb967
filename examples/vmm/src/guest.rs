//! The reader of the guest's script. `main` opens the script and starts the thread that reads it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use crate::access::Access;
use crate::address::{Address, Source};
use crate::vm::Vm;

/// No access needs more; the limit keeps a guest from using up memory with one line.
const LONGEST_LINE: u64 = 4096;

/// A script that is open for reading.
#[derive(Debug)]
pub(crate) enum Script {
    File(File),
    Stdin,
    Unix(UnixListener, SocketFile),
    Tcp(TcpListener),
}

/// The function that the thread runs.
type Reader = Box<dyn FnOnce(&Vm) + Send>;

/// A Unix socket's file. Dropping it removes the file.
#[derive(Debug)]
pub(crate) struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        // Fails if the file is gone already, which is fine.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Script {
    /// Opens a script. For a socket, starts to listen: its clients feed the script, one after the other.
    pub(crate) fn open(source: &Source) -> io::Result<Self> {
        match source {
            Source::File(path) => File::open(path).map(Self::File),
            Source::Peer(Address::Stdio) => Ok(Self::Stdin),
            Source::Peer(Address::Unix(path)) => {
                let listener = match UnixListener::bind(path) {
                    // A killed process has left the file behind, and no process listens on it.
                    Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_stale(path) => {
                        std::fs::remove_file(path)?;
                        UnixListener::bind(path)
                    }
                    bound => bound,
                }?;
                Ok(Self::Unix(listener, SocketFile(path.clone())))
            }
            Source::Peer(Address::Tcp(address)) => {
                let listener = TcpListener::bind(address)?;
                tracing::info!("the guest's script is expected on {}", listener.local_addr()?);
                Ok(Self::Tcp(listener))
            }
        }
    }

    /// Reads the script on its own thread, which ends with the script or with the process. Returns the socket's file,
    /// which the caller keeps until the process ends.
    pub(crate) fn start(self, vm: Arc<Vm>) -> io::Result<Option<SocketFile>> {
        let (read, file): (Reader, _) = match self {
            Self::File(file) => (Box::new(|vm| read_script(BufReader::new(file), vm)), None),
            Self::Stdin => (Box::new(|vm| read_script(io::stdin().lock(), vm)), None),
            Self::Unix(socket, file) => (Box::new(move |vm| read_clients(socket.incoming(), vm)), Some(file)),
            Self::Tcp(socket) => (Box::new(move |vm| read_clients(socket.incoming(), vm)), None),
        };
        let serve = move || {
            read(&vm);
            vm.end_script();
        };
        thread::Builder::new().name("guest".to_owned()).spawn(serve)?;
        Ok(file)
    }
}

fn is_stale(path: &Path) -> bool {
    let refused = |error: io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
    UnixStream::connect(path).is_err_and(refused)
}

fn read_clients<S: Read>(clients: impl Iterator<Item = io::Result<S>>, vm: &Vm) {
    for client in clients {
        match client {
            Ok(client) => read_script(BufReader::new(client), vm),
            Err(error) => tracing::warn!("guest: no connection: {error}"),
        }
    }
}

/// Reads to the end. Logs and skips each line that is not an access.
fn read_script(mut script: impl BufRead, vm: &Vm) {
    let mut line = Vec::new();
    for number in 1u64.. {
        line.clear();
        match script.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) => return tracing::warn!("guest: line {number}: {error}"),
        }
        if line.len() as u64 == LONGEST_LINE && line.last() != Some(&b'\n') {
            tracing::warn!("guest: line {number}: longer than {LONGEST_LINE} bytes");
            if let Err(error) = script.skip_until(b'\n') {
                return tracing::warn!("guest: line {number}: {error}");
            }
            continue;
        }
        match Access::parse(&String::from_utf8_lossy(&line)) {
            Ok(Some(access)) => vm.append_to_script(access),
            Ok(None) => {}
            Err(problem) => tracing::warn!("guest: line {number}: {problem}"),
        }
    }
}
