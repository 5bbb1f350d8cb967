//! The commands as a shell sees them: output, exit status, and what they say when something is wrong.
#![cfg(feature = "cli")]

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Output};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Folder(tempfile::tempdir().expect("a temporary folder"))
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).expect("writable");
        path
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qapi-gen"));
        let output: Output = command.args(arguments).current_dir(self.0.path()).output().expect("it runs");
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
        (output.status.code().expect("an exit status"), text(&output.stdout), text(&output.stderr))
    }
}

const OLD: &str = "{ 'command': 'a', 'data': { 'x': 'int' } }\n";
const NEW: &str = "{ 'command': 'a', 'data': { 'x': 'int', '*y': 'str' } }\n";

#[test]
fn diff_tells_by_its_exit_status() {
    let folder = Folder::new();
    folder.write("old.json", OLD);
    folder.write("new.json", NEW);
    let (status, out, err) = folder.run(&["diff", "old.json", "new.json"]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(out.contains("compatible: a.arguments.y: optional member 'y' was added"), "{out}");
    assert!(!out.contains('\u{1b}'), "no colour in a pipe");
    let (status, out, _) =
        folder.run(&["--color", "always", "diff", "new.json", "old.json", "--format", "human"]);
    assert_eq!(status, 1);
    assert!(out.contains("\u{1b}["), "{out}");
    let (status, out, _) = folder.run(&["diff", "-q", "new.json", "old.json"]);
    assert_eq!((status, out.as_str()), (1, ""));
    let (status, out, _) = folder.run(&["diff", "old.json", "old.json", "--format", "json"]);
    assert_eq!((status, out.as_str()), (0, ""));
    let (status, out, _) = folder.run(&["diff", "new.json", "old.json", "--format=json"]);
    assert_eq!(status, 1);
    let line: serde_json::Value = serde_json::from_str(&out).expect("one line of JSON");
    assert_eq!(line["kind"], "optional-member-removed");
    assert_eq!(line["verdict"], "incompatible");
    assert_eq!(line["direction"], "sent");
    assert_eq!(line["path"], "a.arguments.y");
    let (status, out, _) = folder.run(&["diff", "new.json", "old.json", "--format=markdown"]);
    assert_eq!(status, 1);
    assert!(out.contains("| `a.arguments.y` |"), "{out}");
}

#[test]
fn diff_says_what_it_cannot_read() {
    let folder = Folder::new();
    folder.write("old.json", OLD);
    folder.write("bad.json", "{ 'command': }");
    folder.write("answer.json", "[{}]");
    for (other, reason) in [
        ("nosuch.json", "cannot read nosuch.json"),
        ("bad.json", "bad.json:1"),
        ("answer.json", "no answer to query-qmp-schema"),
        ("nosuch:old.json", "cannot read nosuch:old.json"),
    ] {
        let (status, out, err) = folder.run(&["diff", "old.json", other]);
        assert_eq!((status, out.as_str()), (2, ""), "{other}");
        assert!(err.contains(reason), "{err}");
    }
    let (status, _, err) = folder.run(&["diff", "old.json"]);
    assert_eq!(status, 2);
    assert!(err.contains("<NEW>"), "{err}");
    let (status, _, err) = folder.run(&["diff", "old.json", "--live", "nosuch.sock"]);
    assert_eq!(status, 2);
    assert!(err.contains("cannot read nosuch.sock"), "{err}");
}

#[test]
fn documentation_is_read_leniently() {
    let folder = Folder::new();
    folder.write("old.json", &format!("##\n# @a:\n#\n# @x: an x\n#\n# Note: of old\n##\n{OLD}"));
    let (status, out, _) = folder.run(&["diff", "old.json", "old.json"]);
    assert_eq!((status, out.as_str()), (0, "no change\n"));
}

/// A server that speaks just enough QMP.
fn serve(stream: impl std::io::Read + Write + Send + 'static, mut output: impl Write + Send + 'static) {
    output.write_all(b"{\"QMP\": {\"version\": {}, \"capabilities\": []}}\r\n").expect("a client");
    for line in BufReader::new(stream).lines() {
        let Ok(line) = line else { return };
        let answer = if line.contains("query-qmp-schema") {
            "{\"event\": \"STOP\"}\r\n{\"return\": [\
             {\"name\": \"a\", \"meta-type\": \"command\", \"arg-type\": \"0\", \"ret-type\": \"1\"}, \
             {\"name\": \"0\", \"meta-type\": \"object\", \"members\": [{\"name\": \"x\", \"type\": \"int\"}]}, \
             {\"name\": \"1\", \"meta-type\": \"object\", \"members\": []}, \
             {\"name\": \"int\", \"meta-type\": \"builtin\", \"json-type\": \"int\"}]}\r\n"
        } else {
            "{\"return\": {}}\r\n"
        };
        if output.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

#[test]
fn a_running_server_is_asked() {
    let folder = Folder::new();
    folder.write("old.json", OLD);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let output = stream.try_clone().expect("a second handle");
            std::thread::spawn(move || serve(stream, output));
        }
    });
    let (status, out, err) = folder.run(&["diff", "old.json", "--live", &address]);
    assert_eq!((status, out.as_str(), err.as_str()), (0, "no change\n", ""));
}

#[cfg(unix)]
#[test]
fn a_running_server_is_asked_over_a_unix_socket() {
    let folder = Folder::new();
    folder.write("old.json", OLD);
    folder.write(
        "new.json",
        "{ 'struct': 'Args', 'data': { 'x': 'int', '*y': { 'type': 'str', 'if': 'Y' } } }
         { 'command': 'a', 'data': 'Args', 'boxed': true }",
    );
    let listener =
        std::os::unix::net::UnixListener::bind(folder.0.path().join("qmp.sock")).expect("a socket");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let output = stream.try_clone().expect("a second handle");
            std::thread::spawn(move || serve(stream, output));
        }
    });
    let (status, out, err) = folder.run(&["diff", "old.json", "--live", "qmp.sock"]);
    assert_eq!((status, out.as_str(), err.as_str()), (0, "no change\n", ""));
    let (status, out, err) = folder.run(&["diff", "new.json", "--live", "unix:qmp.sock"]);
    assert_eq!((status, out.as_str()), (0, "no change\n"));
    assert!(err.contains("--define"), "{err}");
    let (status, out, _) = folder.run(&["diff", "new.json", "--live", "qmp.sock", "--define", "Y"]);
    assert_eq!(status, 1);
    assert!(out.contains("a.arguments.y"), "{out}");
}

#[test]
fn fmt_writes_or_checks() {
    let folder = Folder::new();
    let path = folder.write("s.json", "{'enum':'Kind','data':['a']}");
    let (status, out, _) = folder.run(&["fmt", "--check", "s.json"]);
    assert_eq!((status, out.as_str()), (1, "s.json: not in canonical layout\n"));
    assert_eq!(folder.run(&["fmt", "s.json"]).0, 0);
    assert_eq!(std::fs::read_to_string(path).expect("readable"), "{ 'enum': 'Kind', 'data': [ 'a' ] }\n");
    let (status, out, _) = folder.run(&["fmt", "--check", "s.json"]);
    assert_eq!((status, out.as_str()), (0, ""));
    folder.write("bad.json", "{ 'a'\n 1 }");
    let (status, _, err) = folder.run(&["fmt", "bad.json", "s.json"]);
    assert_eq!(status, 2);
    assert!(err.contains("bad.json:2: '1' is not in the language"), "{err}");
    assert_eq!(folder.run(&["fmt"]).0, 2);
    assert_eq!(folder.run(&["fmt", "nosuch.json"]).0, 2);
}

#[test]
fn lint_gives_advice() {
    let folder = Folder::new();
    folder.write("s.json", "{ 'enum': 'Kind', 'data': ['a'] }");
    let (status, out, _) = folder.run(&["lint", "s.json"]);
    assert_eq!(status, 1);
    assert!(out.starts_with("s.json:1:11: advice[undocumented-definition]: enum 'Kind'"), "{out}");
    let (status, out, _) = folder.run(&["lint", "s.json", "--message-format", "json"]);
    assert_eq!(status, 1);
    let line: serde_json::Value = serde_json::from_str(&out).expect("one line of JSON");
    assert_eq!(line["code"], "undocumented-definition");
    assert_eq!(line["line"], 1);
    folder.write("s.json", "# qapi-gen: allow(undocumented-definition)\n{ 'enum': 'Kind', 'data': ['a'] }");
    let (status, out, _) = folder.run(&["lint", "s.json"]);
    assert_eq!((status, out.as_str()), (0, ""));
    let (status, out, _) = folder.run(&["lint", "--rules"]);
    assert_eq!(status, 0);
    assert!(out.contains("missing-since: "), "{out}");
    assert_eq!(folder.run(&["lint", "nosuch.json"]).0, 2);
}

#[test]
fn completions_and_the_manual_know_all_commands() {
    let folder = Folder::new();
    let (status, page, _) = folder.run(&["man"]);
    assert_eq!(status, 0);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let (status, script, _) = folder.run(&["completions", shell]);
        assert_eq!(status, 0);
        for command in ["generate", "check", "introspect", "diff", "fmt", "lint"] {
            assert!(script.contains(command), "{shell}: {command}");
            assert!(page.contains(&format!("QAPI-GEN {}", command.to_uppercase())), "{command}");
        }
    }
    assert_eq!(folder.run(&["completions", "nosuch"]).0, 2);
}

#[test]
fn qemus_files_are_formatted_one_by_one() {
    let Some(from) = qapi_test_support::conformance_data("qemu-10.0.2/qapi") else { return };
    let folder = Folder::new();
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&from).expect("readable") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        folder.write(&name, &std::fs::read_to_string(&path).expect("text"));
        names.push(name);
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert!(names.len() > 30, "{names:?}");
    assert_eq!(folder.run(&[&["fmt"], names.as_slice()].concat()).0, 0);
    assert_eq!(
        folder.run(&[&["fmt", "--check"], names.as_slice()].concat()),
        (0, String::new(), String::new())
    );
    // The formatted files still are the schema.
    let original = from.join("qapi-schema.json");
    let (status, out, _) = folder.run(&["diff", &original.to_string_lossy(), "qapi-schema.json"]);
    assert_eq!((status, out.as_str()), (0, "no change\n"));
}
