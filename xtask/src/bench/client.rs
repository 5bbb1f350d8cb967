//! A thousand clients in one process, each with a server and a socket of its own: memory and time.

use super::Options;
use super::measure::median;
use super::report::{Report, Row, Unit};
use super::scratch::{self, Package, Parts, Profile};
use crate::{Failure, workspace};
use rustix::process::{Resource, getrlimit, setrlimit};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const CLIENTS: u32 = 1000;

/// How many calls each client makes.
const CALLS: u32 = 100;

/// The descriptors that a process needs: a listening and a connected socket for each server, and some for other
/// purposes.
const DESCRIPTORS: u64 = 2 * CLIENTS as u64 + 100;

/// A program that runs clients: its name in the table, and its command.
type Program = (&'static str, PathBuf, &'static str);

pub(super) fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    if let Err(why) = allow_many_files() {
        report.skip("client", why.to_string());
        return Ok(());
    }
    let ours = build()?;
    let peer = if options.no_crates { Err("--no-crates leaves it out".into()) } else { build_peer() };
    if let Err(error) = &peer {
        report.skip("crate qapi 0.15", error.to_string());
    }
    let mut programs: Vec<Program> =
        vec![("tokio", ours.clone(), "tokio"), ("blocking", ours.clone(), "blocking")];
    if let Ok(peer) = peer {
        programs.push(("qapi 0.15", peer, "tokio"));
    }
    let mut samples = vec![Vec::new(); programs.len()];
    for _ in 0..options.rounds.max(1) {
        for ((_, program, how), samples) in programs.iter().zip(&mut samples) {
            // Each round begins with fresh servers.
            let servers = Servers::start(&ours)?;
            samples.push(clients(program, how, servers.folder.path())?);
        }
    }
    let figures: Vec<[f64; 3]> = samples.into_iter().map(medians).collect();
    let peer = figures.get(2);
    for ((name, ..), own) in programs.iter().zip(&figures).take(2) {
        // That crate's other client handles one call at a time, and has no thread of its own.
        let peer = peer.filter(|_| *name == "tokio");
        let mut add = |what: String, unit, figure: fn(&[f64; 3]) -> f64| {
            let peer = peer.map(|peer| ("qapi 0.15", figure(peer)));
            report.add(Row { what, ours: figure(own), peer, unit, target: None });
        };
        add(format!("connecting {CLIENTS} clients, {name}"), Unit::Seconds, |[connecting, ..]| *connecting);
        add(format!("{CALLS} calls of each, {name}"), Unit::PerSecond, |[_, calling, _]| {
            f64::from(CLIENTS * CALLS) / calling
        });
        add(format!("memory of {CLIENTS} clients, {name}"), Unit::Megabytes, |[_, _, memory]| memory / 1e6);
    }
    Ok(())
}

/// Raises the limit on open files to the most that needs no privileges.
fn allow_many_files() -> Result<(), Failure> {
    let mut limit = getrlimit(Resource::Nofile);
    if let Some(most) = limit.maximum.filter(|most| *most < DESCRIPTORS) {
        return Err(format!(
            "{CLIENTS} servers need {DESCRIPTORS} descriptors, and this system allows {most} (see `ulimit -Hn`)"
        )
        .into());
    }
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit)?;
    Ok(())
}

/// The program of our tests that runs servers, or many clients.
fn build() -> Result<PathBuf, Failure> {
    let mut cargo = workspace::cargo(workspace::root());
    // Without conformance data the package is built without QEMU's schema, which this benchmark does not need.
    cargo.env("CARGO_TARGET_DIR", scratch::built()).env("QAPI_CONFORMANCE_DATA", "/nonexistent");
    cargo.args([
        "build",
        "--quiet",
        "--release",
        "--locked",
        "-p",
        "qapi-client-tests",
        "--example",
        "thousand",
    ]);
    if cargo.status()?.success() {
        Ok(scratch::built().join("release/examples/thousand"))
    } else {
        Err("the clients do not build".into())
    }
}

fn build_peer() -> Result<PathBuf, Failure> {
    let manifest = "[dependencies]\n\
        qapi = { version = \"=0.15.0\", features = [\"async-tokio-all\", \"qmp\"] }\n\
        tokio = { version = \"1\", features = [\"net\", \"rt-multi-thread\"] }\n";
    let main = include_str!("packages/qapi_clients.rs").to_owned();
    let files = [("src/main.rs", main)];
    let parts = Parts { name: "bench-qapi-clients", manifest: manifest.to_owned(), files: &files };
    Package::write(&parts)?.prepare(Profile::Release)?;
    Ok(scratch::built().join("release/bench-qapi-clients"))
}

/// A process with servers, killed when this value is dropped.
struct Servers {
    child: Child,
    folder: tempfile::TempDir,
}

impl Servers {
    fn start(program: &Path) -> Result<Servers, Failure> {
        let folder = tempfile::tempdir()?;
        let mut command = Command::new(program);
        command.arg("serve").arg(folder.path()).arg(CLIENTS.to_string());
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut servers = Servers { child, folder };
        let output = servers.child.stdout.take().ok_or("its output is piped")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        if line == "ready\n" { Ok(servers) } else { Err("the servers do not start".into()) }
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        // The process may have exited already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Seconds to connect, seconds for all calls, bytes of memory.
fn clients(program: &Path, how: &str, folder: &Path) -> Result<[f64; 3], Failure> {
    let mut command = Command::new(program);
    command.arg(how).arg(folder).args([CLIENTS, CALLS].map(|number| number.to_string()));
    let output = command.output()?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let text = String::from_utf8(output.stdout)?;
    let numbers = text.split_whitespace().map(str::parse).collect::<Result<Vec<f64>, _>>()?;
    numbers.try_into().map_err(|_| "the clients told too little".into())
}

fn medians(samples: Vec<[f64; 3]>) -> [f64; 3] {
    [0, 1, 2].map(|place| median(samples.iter().map(|sample| sample[place]).collect()))
}
