//! The two compilers.

use super::super::suite::places;
use super::super::tree::Tree;
use crate::Failure;
use qapi_gen::Language;
use qapi_gen::stages::diagnostic::{Diagnostic, Severity};
use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::schema::{self, Options};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The file that both read.
const FILE: &str = "schema.json";

/// Reads names of schemas, and prints a line of JSON for each: null, or the reason why it is refused.
const SCRIPT: &str = "\
import sys, json
sys.path.insert(0, sys.argv[1])
from qapi.schema import QAPISchema
from qapi.error import QAPIError
for line in sys.stdin:
    try:
        QAPISchema(line.strip())
        said = None
    except QAPIError as error:
        said = str(error)
    except Exception as error:
        said = 'crash: ' + repr(error)
    print(json.dumps(said), flush=True)
";

pub(super) struct Judges {
    language: Language,
    folder: tempfile::TempDir,
    python: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// The verdicts of both on a schema.
pub(super) struct Verdicts {
    /// QEMU's error.
    pub(super) qemu: Option<String>,
    /// Our errors: code, message, and the line on which QEMU would report it.
    pub(super) ours: Vec<(&'static str, String, u32)>,
}

impl Judges {
    pub(super) fn open(tree: &Tree) -> Result<Self, Failure> {
        let scripts = tree.path("scripts").canonicalize().unwrap_or_default();
        if !scripts.join("qapi/schema.py").is_file() {
            return Err("the tree has no scripts/qapi, QEMU's own schema compiler".into());
        }
        let folder = tempfile::tempdir()?;
        let mut python = Command::new("python3")
            .args(["-B", "-c", SCRIPT])
            .arg(scripts)
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("python3: {error}"))?;
        let (Some(input), Some(output)) = (python.stdin.take(), python.stdout.take()) else {
            return Err("the pipes to python3 are gone".into());
        };
        Ok(Self { language: tree.language(), folder, python, input, output: BufReader::new(output) })
    }

    pub(super) fn judge(&mut self, text: &str) -> Result<Verdicts, Failure> {
        let path = self.folder.path().join(FILE);
        std::fs::write(&path, text)?;
        writeln!(self.input, "{FILE}")?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        let qemu = serde_json::from_str(&line).map_err(|error| format!("python3 said {line:?}: {error}"))?;
        let ours = match schema::load(&DiskLoader, &path, &Options { language: Some(self.language) }) {
            Ok(_) => Vec::new(),
            Err(failure) => {
                let errors = failure.diagnostics.iter().filter(|it| it.severity == Severity::Error);
                let line = |error: &Diagnostic| {
                    error.qemu_place().map_or(0, |place| failure.sources.locate(place).line)
                };
                errors.map(|error| (error.code.name(), error.message.clone(), line(error))).collect()
            }
        };
        Ok(Verdicts { qemu, ours })
    }
}

impl Drop for Judges {
    fn drop(&mut self) {
        // The process may have exited already.
        let _ = self.python.kill();
        let _ = self.python.wait();
    }
}

impl Verdicts {
    /// Both accept, or one of our errors is on the line that QEMU names.
    pub(super) fn agree(&self) -> bool {
        match &self.qemu {
            None => self.ours.is_empty(),
            Some(said) => {
                let places = places(said);
                self.ours.iter().any(|(_, _, ours)| places.iter().any(|(_, theirs)| theirs == ours))
            }
        }
    }

    /// The kind of difference: both messages without names. Differences of one kind count as one.
    pub(super) fn kind(&self) -> String {
        if self.agree() {
            return String::new();
        }
        let said = self.qemu.as_deref().unwrap_or("accepted").lines().next_back().unwrap_or_default();
        let mut words = said.split('\'').step_by(2).collect::<Vec<_>>().join("'");
        words.retain(|character| !character.is_ascii_digit());
        let mut codes: Vec<&str> = self.ours.iter().map(|(code, ..)| *code).collect();
        codes.dedup();
        format!("{words} | {}", codes.first().copied().unwrap_or("accepted"))
    }

    pub(super) fn ours_shown(&self) -> String {
        let shown = |(code, message, line): &(&str, String, u32)| format!("{line}: {message} [{code}]");
        match self.ours.is_empty() {
            true => "accepted".to_owned(),
            false => self.ours.iter().map(shown).collect::<Vec<_>>().join("; "),
        }
    }
}
