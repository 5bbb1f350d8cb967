//! Loads a server, and prints the figures.

use std::io::{Error, Read, Result, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

const NEGOTIATE: &[u8] = b"{\"execute\": \"qmp_capabilities\"}\r\n";

/// A connection that only counts line ends.
struct Client {
    stream: UnixStream,
    buffer: Vec<u8>,
}

impl Client {
    /// Connects to a QMP server, and completes the negotiation.
    fn qmp(socket: &str) -> Result<Client> {
        let mut client = Client::plain(socket)?;
        client.lines(1)?;
        client.stream.write_all(NEGOTIATE)?;
        client.lines(1)?;
        Ok(client)
    }

    /// Connects to a server that sends no greeting.
    fn plain(socket: &str) -> Result<Client> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        Ok(Client { stream, buffer: vec![0; 1 << 16] })
    }

    fn send(&mut self, command: &[u8]) -> Result<()> {
        self.stream.write_all(command)
    }

    /// Reads until at least so many lines have ended. Returns how many did.
    fn lines(&mut self, wanted: usize) -> Result<usize> {
        let mut seen = 0;
        while seen < wanted {
            let read = self.stream.read(&mut self.buffer)?;
            if read == 0 {
                return Err(Error::other("the server hung up"));
            }
            seen += self.buffer[..read].iter().filter(|byte| **byte == b'\n').count();
        }
        Ok(seen)
    }

    /// Commands per second with so many in flight.
    fn rate(&mut self, command: &[u8], depth: usize, time: Duration) -> Result<f64> {
        let batch = |count: usize| command.repeat(count);
        let started = Instant::now();
        self.send(&batch(depth))?;
        let mut answered = 0_usize;
        loop {
            let lines = self.lines(1)?;
            answered += lines;
            if started.elapsed() >= time {
                let rate = answered as f64 / started.elapsed().as_secs_f64();
                // Replies to the commands in flight still belong to this measurement.
                let left = depth - lines;
                if left > 0 {
                    self.lines(left)?;
                }
                return Ok(rate);
            }
            self.send(&batch(lines))?;
        }
    }
}

/// Prints commands per second.
pub(crate) fn commands(socket: &str, qmp: bool, depth: usize, seconds: f64, command: &str) -> Result<()> {
    let mut client = if qmp { Client::qmp(socket)? } else { Client::plain(socket)? };
    let command = format!("{command}\n");
    println!("{}", client.rate(command.as_bytes(), depth, Duration::from_secs_f64(seconds))?);
    Ok(())
}

/// Sends a thousand events to 1, 100 and 1,000 sessions, and prints the seconds for each number. Before the last,
/// prints the bytes of resident memory that each idle session costs the server.
pub(crate) fn sessions(socket: &str, server: u32) -> Result<()> {
    let mut clients = vec![Client::qmp(socket)?];
    let before = resident(server)?;
    for count in [1, 100, 1000] {
        while clients.len() < count {
            clients.push(Client::qmp(socket)?);
        }
        if count == 1000 {
            println!("{}", (resident(server)? - before) / 999.0);
        }
        let started = Instant::now();
        clients[0].send(b"{\"execute\": \"stop\"}\n")?;
        // The session that asked gets a reply, too.
        clients[0].lines(1001)?;
        for client in &mut clients[1..] {
            client.lines(1000)?;
        }
        println!("{}", started.elapsed().as_secs_f64());
        // Let the server release the buffers of earlier events before its memory is measured.
        std::thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}

fn resident(process: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok());
    kilobytes.map(|number| number * 1024.0).ok_or_else(|| Error::other("the system does not tell"))
}
