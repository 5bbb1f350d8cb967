//! `qapi-gen devices`: a server is asked, the answer is saved, and types are made of it.

use super::Folder;

/// A process that speaks just enough QMP on its standard streams. A question about `broken` ends it, and it knows nothing
/// about `mute`.
#[cfg(unix)]
const PROCESS: &str = r#"echo '{"QMP": {"version": {"qemu": {"micro": 2, "minor": 0, "major": 10}}, "capabilities": []}}'
while read -r line; do
    case "$line" in
    *'"typename":"broken"'*) exit 1 ;;
    *'"typename":"mute"'*) echo '{"error": {"class": "GenericError", "desc": "not now"}}' ;;
    *'"typename":"rng"'*) echo '{"return": [{"name": "rate", "type": "uint8", "default-value": 3}]}' ;;
    *device-list-properties*) echo '{"return": []}' ;;
    *qom-list-types*) echo '{"event": "STOP"}{"return": [{"name": "zero"}, {"name": "broken"}, {"name": "mute"}, {"name": "rng"}]}' ;;
    *) echo '{"return": {}}' ;;
    esac
done
"#;

const SAVED: &str = r#"{
  "qemu": "10.0.2",
  "devices": {
    "rng": [
      {"name": "rate", "type": "uint8", "default-value": 3}
    ],
    "zero": []
  },
  "failed": {
    "broken": "the server hung up",
    "mute": "the server refuses device-list-properties: not now"
  }
}
"#;

#[cfg(unix)]
#[test]
fn a_process_that_a_question_ends_is_started_again() {
    let folder = Folder::new();
    folder.write("process.sh", PROCESS);
    let run = ["devices", "--save", "saved.json", "--", "sh", "process.sh"];
    let (status, out, err) = folder.run(&run);
    assert_eq!((status, out.as_str()), (0, ""), "{err}");
    assert_eq!(
        err,
        "qapi-gen: no answer about broken: the server hung up\n\
         qapi-gen: no answer about mute: the server refuses device-list-properties: not now\n\
         2 drivers of QEMU 10.0.2\n"
    );
    assert_eq!(folder.read("saved.json"), SAVED);
}

#[cfg(unix)]
#[test]
fn only_what_is_wanted_is_asked() {
    let folder = Folder::new();
    folder.write("process.sh", PROCESS);
    let (status, out, err) = folder.run(&["devices", "r*", "--", "sh", "process.sh"]);
    assert_eq!((status, err.as_str()), (0, "1 driver of QEMU 10.0.2\n"));
    assert!(out.contains("pub struct Rng(") && !out.contains("Zero"), "{out}");
    let (status, out, err) = folder.run(&["devices", "zeroo", "--", "sh", "process.sh"]);
    assert_eq!((status, out.as_str()), (1, ""));
    assert_eq!(err, "qapi-gen: there is no driver 'zeroo'; did you mean 'zero'?\n");
}

#[cfg(unix)]
#[test]
fn a_running_server_that_a_question_ends_is_an_error() {
    use std::io::{BufRead, BufReader, Write};

    let folder = Folder::new();
    let path = folder.0.path().join("qmp.sock");
    let listener = std::os::unix::net::UnixListener::bind(&path).expect("a socket");
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a client");
        let mut output = stream.try_clone().expect("a second handle");
        output.write_all(b"{\"QMP\": {}}").expect("a client");
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if line.contains("device-list-properties") {
                return;
            }
            let answer = if line.contains("qom") { "[{\"name\": \"rng\"}]" } else { "{}" };
            writeln!(output, "{{\"return\": {answer}}}").expect("a client");
        }
    });
    let (status, out, err) = folder.run(&["devices", "--live", &path.to_string_lossy()]);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(
        err.starts_with("qapi-gen: the server hung up when it was asked about rng; ask a process"),
        "{err}"
    );
}

#[test]
fn saved_answers_make_types() {
    let folder = Folder::new();
    folder.write("new.json", SAVED);
    folder.write("old.json", &SAVED.replace("uint8", "uint16").replace("10.0.2", "7.2.0"));
    let both = ["devices", "--answer", "7.2=old.json", "--answer", "10.0=new.json", "rng", "-o", "rng.rs"];
    assert_eq!(folder.run(&both), (0, String::new(), String::new()));
    let text = folder.read("rng.rs");
    assert!(text.contains("pub fn rate(self, value: u16) -> Self"), "{text}");
    assert!(text.contains("/// Type: `uint16` in 7.2, `uint8` in 10.0. Default: `3`."), "{text}");
}

#[test]
fn wrong_usage_and_bad_files_are_refused() {
    let folder = Folder::new();
    folder.write("saved.json", SAVED);
    folder.write("bad.json", "{}");
    let (status, _, err) = folder.run(&["devices", "--answer", "bad.json"]);
    assert_eq!(status, 1);
    assert_eq!(
        err,
        "qapi-gen: cannot read bad.json: it is no answer about devices: the file has no text 'qemu'\n"
    );
    let (status, _, err) = folder.run(&["devices", "--answer", "saved.json", "broken"]);
    assert_eq!(status, 1);
    assert!(err.starts_with("qapi-gen: there is no driver 'broken'"), "{err}");
    assert_eq!(folder.run(&["devices", "--answer", "missing.json"]).0, 2);
    assert_eq!(folder.run(&["devices", "rng"]).0, 2, "nothing to ask");
    assert_eq!(folder.run(&["devices", "--answer", "saved.json", "--save", "x.json"]).0, 2);
    for asked in [&["--live", "missing.sock"][..], &["--", "missing-program"], &["--", "false"]] {
        let (status, _, err) = folder.run(&[&["devices"], asked].concat());
        assert_eq!(status, 2);
        let name = asked[1];
        assert!(err.starts_with(&format!("qapi-gen: cannot ask {name}: ")), "{err}");
    }
}
