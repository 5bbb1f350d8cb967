//! The cost of sending an event for the thread that sends it, with a given number of sessions.

use std::io::{Read, Result, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// Prints the median of the seconds for one event, in bursts that each start with an idle server. `send` sends one.
pub(crate) fn measure(socket: &str, count: usize, mut send: impl FnMut()) -> Result<()> {
    /// In total fewer events than a session may leave unread.
    const BURSTS: usize = 40;
    const EVENTS: u32 = 100;
    let mut clients = Vec::with_capacity(count);
    for _ in 0..count {
        let mut client = UnixStream::connect(socket)?;
        client.write_all(b"{\"execute\": \"qmp_capabilities\"}")?;
        // The greeting and the reply.
        let (mut lines, mut byte) = (0, [0]);
        while lines < 2 {
            client.read_exact(&mut byte)?;
            lines += usize::from(byte == *b"\n");
        }
        clients.push(client);
    }
    let mut times = Vec::new();
    for _ in 0..BURSTS {
        // Long enough for a thousand sessions to be written to.
        std::thread::sleep(Duration::from_millis(100));
        let started = Instant::now();
        (0..EVENTS).for_each(|_| send());
        times.push(started.elapsed().as_secs_f64() / f64::from(EVENTS));
    }
    times.sort_by(f64::total_cmp);
    println!("{}", times[times.len() / 2]);
    Ok(())
}
