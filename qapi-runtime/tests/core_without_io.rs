//! The protocol's core reads no clock, opens no file and no socket: all of that is the transports' and the client's links'.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What only those that do I/O may name.
const IO: &[&str] =
    &["std::net", "std::fs", "std::os", "std::thread", "std::process::Command", "rustix", "tokio::"];
/// What only the system's clock and waits for a transport may name.
const CLOCKS: &[&str] = &["Instant::now", "SystemTime::now"];

/// Where I/O is done: these files and folders.
const WITH_IO: &[&str] = &[
    "transport",
    "client/blocking",
    "client/asynchronous",
    "client/process",
    "client/shared",
    "client/socket.rs",
];

/// Places that name some of it all the same, with the reason. Each has to be needed.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("context/files.rs", "std::os", "the type of a descriptor, on Unix only"),
    ("sigpipe.rs", "rustix", "a flag for the sockets of both sides"),
    ("clock.rs", "Instant::now", "the system's clock, for those who bring no other"),
    ("clock.rs", "SystemTime::now", "the system's clock, for those who bring no other"),
    ("monitor/handle.rs", "Instant::now", "how long a shutdown waits"),
    (
        "client/common/operations.rs",
        "Instant::now",
        "a macro's text, which is code of the two clients with I/O",
    ),
    ("client/operation/plug.rs", "std::os", "the type of descriptors to send, which callers keep"),
    ("client/in_process.rs", "std::thread", "parks the thread that called, which drives the session"),
    ("event/subscription.rs", "Instant::now", "how long a subscriber waits"),
    ("monitor/schedules/shutdown.rs", "Instant::now", "the end of a shutdown, as far as a model can wait"),
    ("monitor/work.rs", "Instant::now", "how long a shutdown waits"),
    ("monitor/sessions.rs", "Instant::now", "how long a shutdown waits"),
];

#[test]
fn the_core_names_no_input_or_output() {
    let mut files = BTreeMap::new();
    read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), "", &mut files);
    assert!(files.len() > 60, "too few files");
    let mut unused: Vec<_> = EXCEPTIONS.iter().map(|(file, what, _)| (*file, *what)).collect();
    let mut faults = Vec::new();
    for (name, text) in &files {
        let is_test = name.ends_with("tests.rs") || name.contains("/simulation/");
        if is_test || WITH_IO.iter().any(|place| name.starts_with(place)) {
            continue;
        }
        // Documentation may show what a user writes.
        let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for what in IO.iter().chain(CLOCKS).filter(|what| code.contains(**what)) {
            let place = unused.iter().position(|entry| *entry == (name.as_str(), *what));
            match place {
                Some(place) => drop(unused.remove(place)),
                None => faults.push(format!("{name} names {what}")),
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(unused.is_empty(), "no longer needed: {unused:?}");
}

fn read(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = format!("{prefix}{}", path.file_name().expect("a name").to_string_lossy());
        if path.is_dir() {
            read(&path, &format!("{name}/"), files);
        } else {
            files.insert(name, fs::read_to_string(&path).expect("text"));
        }
    }
}
