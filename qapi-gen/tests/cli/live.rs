//! `qapi-gen diff --live`: a server is asked.

use super::{Folder, OLD};
use std::io::{BufRead, BufReader, Write};

/// A server that speaks just enough QMP, with an event before its answer to query-qmp-schema.
fn serve(
    stream: impl std::io::Read + Send + 'static,
    mut output: impl Write + Send + 'static,
    introspection: &str,
) {
    output.write_all(b"{\"QMP\": {\"version\": {}, \"capabilities\": []}}\r\n").expect("a client");
    for line in BufReader::new(stream).lines() {
        let Ok(line) = line else { return };
        let answer = if line.contains("query-qmp-schema") {
            format!("{{\"event\": \"STOP\"}}\r\n{{\"return\": {introspection}}}\r\n")
        } else {
            "{\"return\": {}}\r\n".to_owned()
        };
        if output.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// What a server of the schema answers to query-qmp-schema.
fn introspection(folder: &Folder, schema: &str) -> String {
    let (status, out, err) = folder.run(&["introspect", schema]);
    assert_eq!((status, err.as_str()), (0, ""));
    out
}

#[test]
fn a_running_server_is_asked() {
    let folder = Folder::new();
    folder.write("old.json", OLD);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let answer = introspection(&folder, "old.json");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let output = stream.try_clone().expect("a second handle");
            let answer = answer.clone();
            std::thread::spawn(move || serve(stream, output, &answer));
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
    let answer = introspection(&folder, "old.json");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let output = stream.try_clone().expect("a second handle");
            let answer = answer.clone();
            std::thread::spawn(move || serve(stream, output, &answer));
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

/// A QEMU of the version that the conformance data is of, and its schema under the conditions that it was built with.
#[cfg(unix)]
#[test]
fn qemu_has_not_changed_since_its_own_schema() {
    use std::process::{Command, Stdio};
    let Some(data) = qapi_test_support::conformance_data("qemu-10.0.2") else { return };
    let program = std::env::var_os("QAPI_QEMU").unwrap_or_else(|| "qemu-system-x86_64".into());
    let version = Command::new(&program).arg("--version").output();
    let version =
        version.map_or_else(|_| String::new(), |it| String::from_utf8_lossy(&it.stdout).into_owned());
    if !version.contains("version 10.0.2") {
        qapi_test_support::skipped("diff --live against QEMU", "there is no qemu-system-x86_64 10.0.2");
        return;
    }
    let folder = Folder::new();
    let mut qemu = Command::new(&program)
        .args(["-machine", "none", "-display", "none", "-nodefaults"])
        .args(["-qmp", "unix:qmp.sock,server=on,wait=off"])
        .current_dir(folder.0.path())
        .stdin(Stdio::null())
        .spawn()
        .expect("it runs");
    let socket = folder.0.path().join("qmp.sock");
    while std::os::unix::net::UnixStream::connect(&socket).is_err() {
        assert!(qemu.try_wait().expect("it is ours").is_none(), "QEMU ended");
        std::thread::yield_now();
    }
    let defines = std::fs::read_to_string(data.join("introspect/x86_64.config")).expect("readable");
    let schema = data.join("qapi/qapi-schema.json").to_string_lossy().into_owned();
    let mut arguments = vec!["diff", &schema, "--live", "qmp.sock"];
    arguments.extend(defines.lines().flat_map(|define| ["--define", define]));
    let own = folder.run(&arguments);
    let other = folder.run(&[without(&arguments, "CONFIG_TPM"), vec!["--all"]].concat());
    let asked = folder.run(&["-q", "defines", &schema, "--live", "qmp.sock"]);
    qemu.kill().expect("it is ours");
    qemu.wait().expect("it is ours");
    assert_eq!(own, (0, "no change\n".to_owned(), String::new()));
    let mut built: Vec<&str> = defines.lines().collect();
    built.sort_unstable();
    assert_eq!(asked, (0, built.join("\n") + "\n", String::new()));
    // The comparison is not blind.
    assert!(other.1.contains("query-tpm"), "{other:?}");
}

/// The arguments without one of the defines.
#[cfg(unix)]
fn without<'a>(arguments: &[&'a str], define: &str) -> Vec<&'a str> {
    let at = arguments.iter().position(|word| *word == define).expect("it is defined");
    [&arguments[..at - 1], &arguments[at + 1..]].concat()
}
