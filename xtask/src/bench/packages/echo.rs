//! Answers each line with itself: the minimum that any server has to do.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};

pub(crate) fn serve(socket: &str) -> std::io::Result<()> {
    let listener = UnixListener::bind(socket)?;
    for stream in listener.incoming() {
        let stream = stream?;
        std::thread::spawn(move || echo_to(&stream));
    }
    Ok(())
}

fn echo_to(mut stream: &UnixStream) -> std::io::Result<()> {
    let mut input = BufReader::new(stream);
    loop {
        let bytes = input.fill_buf()?;
        let Some(last) = bytes.iter().rposition(|byte| *byte == b'\n') else {
            if bytes.is_empty() {
                return Ok(());
            }
            let mut line = Vec::new();
            input.read_until(b'\n', &mut line)?;
            stream.write_all(&line)?;
            continue;
        };
        // All whole lines at once.
        stream.write_all(&bytes[..=last])?;
        input.consume(last + 1);
    }
}
