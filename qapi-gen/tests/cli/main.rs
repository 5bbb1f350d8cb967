//! The commands as a shell sees them: output, exit status, and what they say when something is wrong.
#![cfg(feature = "cli")]

mod defines;
mod devices;
mod diff;
mod fmt;
mod gate;
mod generate;
mod import;
mod introspect;
mod language;
mod lint;
mod live;
mod merge;
mod review;
mod revisions;
mod shell;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A schema.
const OLD: &str = "{ 'command': 'a', 'data': { 'x': 'int' } }\n";
/// The same with an optional argument more.
const NEW: &str = "{ 'command': 'a', 'data': { 'x': 'int', '*y': 'str' } }\n";

/// A folder of files, and the command run in it.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Folder(tempfile::tempdir().expect("a temporary folder"))
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("writable");
        std::fs::write(&path, text).expect("writable");
        path
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join(name)).expect("it is written")
    }

    /// Exit status, standard output, standard error.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        self.pipe(arguments, "")
    }

    /// Likewise, with something on standard input.
    fn pipe(&self, arguments: &[&str], input: &str) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qapi-gen"));
        command.args(arguments).current_dir(self.0.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it runs");
        // A command that reads no input may be gone already.
        let _ = child.stdin.take().expect("it is piped").write_all(input.as_bytes());
        let output = child.wait_with_output().expect("it ends");
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
        (output.status.code().expect("an exit status"), text(&output.stdout), text(&output.stderr))
    }
}
