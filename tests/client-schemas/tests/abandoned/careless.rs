//! Clients that leave in the middle of things: they send parts of commands, many commands, slow ones and ones with long
//! replies, and hang up without reading.

use qapi_test_support::random::Random;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread;
use std::time::Duration;

/// What such a client may send.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    /// What makes the server take commands. Empty if it needs nothing.
    pub(crate) openings: &'static [&'static [u8]],
    pub(crate) commands: &'static [&'static str],
}

pub(crate) const MONITOR: Words = Words {
    openings: &[
        br#"{"execute": "qmp_capabilities"}"#,
        br#"{"execute": "qmp_capabilities", "id": 1}"#,
        br#"{"execute": "qmp_capabilities", "arguments": {"enable": ["oob"]}, "id": "x"}"#,
    ],
    commands: &[
        // A long reply, a middling one, a short one, errors, and a slow one.
        r#"{"execute": "query-qmp-schema", "id": 2}"#,
        r#"{"execute": "query-qmp-schema"}"#,
        r#"{"execute": "query-commands"}"#,
        r#"{"execute": "query-name", "id": {"a": [1]}}"#,
        r#"{"execute": "no-such-command"}"#,
        r#"{"execute": "query-qmp-schema", "arguments": {"x": 1}, "id": 3}"#,
        r#"{"exec-oob": "query-yank", "id": 4}"#,
        r#"{"execute": "object-add", "arguments": {"qom-type": "memory-backend-ram", "id": "m", "size": 67108864, "prealloc": true}}"#,
        r#"{"execute": "object-del", "arguments": {"id": "m"}}"#,
        "]",
    ],
};

pub(crate) const AGENT: Words = Words {
    openings: &[b"", b"\xFF"],
    commands: &[
        r#"{"execute": "guest-info", "id": 1}"#,
        r#"{"execute": "guest-info"}"#,
        r#"{"execute": "guest-sync-delimited", "arguments": {"id": 5}}"#,
        r#"{"execute": "guest-ping"}"#,
        r#"{"execute": "guest-network-get-interfaces", "id": "x"}"#,
        r#"{"execute": "guest-fly"}"#,
        "]",
    ],
};

/// Connects, does a part of what a client does, and leaves. Whatever fails is as good a way to leave.
pub(crate) fn visit(path: &Path, words: Words, random: &mut Random) {
    let Ok(mut stream) = UnixStream::connect(path) else { return };
    if random.one_in(2) {
        pause(random);
    }
    if random.one_in(2) {
        read_some(&mut stream, random);
    }
    let mut bytes = Vec::new();
    if !random.one_in(8) {
        bytes.extend_from_slice(random.pick::<&[u8]>(words.openings));
    }
    for _ in 0..random.below(12) {
        bytes.extend_from_slice(random.pick::<&str>(words.commands).as_bytes());
        if random.one_in(2) {
            bytes.push(b'\n');
        }
    }
    if random.one_in(3) {
        let end = usize::try_from(random.below(bytes.len() as u64 + 1)).expect("a length");
        bytes.truncate(end);
    }
    let _ = stream.write_all(&bytes);
    match random.below(4) {
        0 => {}
        1 => pause(random),
        2 => read_some(&mut stream, random),
        _ => {
            let _ = stream.shutdown(std::net::Shutdown::Write);
            pause(random);
        }
    }
}

fn pause(random: &mut Random) {
    thread::sleep(Duration::from_micros(random.below(3_000)));
}

fn read_some(stream: &mut UnixStream, random: &mut Random) {
    let _ = stream.set_read_timeout(Some(Duration::from_millis(1 + random.below(5))));
    let mut buffer = [0; 1024];
    for _ in 0..random.below(6) {
        if !matches!(stream.read(&mut buffer), Ok(count) if count > 0) {
            return;
        }
    }
}
