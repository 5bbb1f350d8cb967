//! The worker process, which runs a target.

use crate::{Failure, workspace};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

/// How long one input may take, including the start and the exit of the process.
const ONCE: Duration = Duration::from_secs(30);

pub(super) struct Worker {
    program: PathBuf,
}

/// The result of a worker.
pub(super) struct Run {
    pub(super) executions: u64,
    pub(super) kinds: u64,
    /// The reason why it ended early.
    pub(super) end: Option<String>,
}

/// Builds the worker.
pub(super) fn build() -> Result<Worker, Failure> {
    let mut cargo = workspace::cargo(workspace::root());
    let status = cargo.args(["build", "--quiet", "--profile", "fuzz", "--package", "qapi-fuzz"]).status()?;
    if !status.success() {
        return Err("the fuzz targets do not compile".into());
    }
    Ok(Worker { program: workspace::target().join("fuzz/qapi-fuzz") })
}

impl Worker {
    /// Runs a target until its time is up or the worker dies.
    pub(super) fn run(
        &self,
        target: &str,
        seconds: u64,
        seed: u64,
        state: &Path,
        data: Option<&PathBuf>,
    ) -> Result<Run, Failure> {
        let _ = std::fs::remove_dir_all(state);
        std::fs::create_dir_all(state)?;
        let mut command = Command::new(&self.program);
        command.args(["run", target, "--seconds", &seconds.to_string(), "--seed", &seed.to_string()]);
        command.arg("--state").arg(state);
        if let Some(data) = data {
            command.arg("--data").arg(data);
        }
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut run = Run { executions: 0, kinds: 0, end: None };
        for line in child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines()) {
            let line = line?;
            let words: Vec<&str> = line.split(' ').collect();
            match words[..] {
                ["executions", executions, "kinds", kinds] => {
                    run.executions = executions.parse()?;
                    run.kinds = kinds.parse()?;
                }
                _ => eprintln!("{target}: {line}"),
            }
        }
        run.end = reason(child.wait()?);
        Ok(run)
    }

    /// Runs one input. Returns the reason if it fails.
    pub(super) fn once(&self, target: &str, file: &Path) -> Result<Option<String>, Failure> {
        let mut command = Command::new(&self.program);
        command.args(["once", target]).arg(file).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let started = std::time::Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            if started.elapsed() > ONCE {
                child.kill()?;
                break child.wait()?;
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        let mut said = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut said)?;
        }
        let said = said.trim_end();
        Ok(if said.is_empty() { reason(status) } else { Some(format!("panic {said}")) })
    }
}

/// The reason why a worker failed.
fn reason(status: ExitStatus) -> Option<String> {
    match status.code() {
        Some(0) => None,
        Some(101) => Some("panic".to_owned()),
        Some(102) => Some("hang".to_owned()),
        Some(103) => Some("runaway memory".to_owned()),
        // Mostly a stack overflow.
        _ => Some(format!("abort ({status})")),
    }
}
