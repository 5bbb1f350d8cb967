//! A server of QEMU's whole schema: commands a second, events, and what a session costs.

use super::measure::median;
use super::peers::Server;
use super::report::{Report, Row, Unit};
use super::scratch::{self, Package, Parts, Profile, dependency};
use super::{Options, packages};
use crate::Failure;
use rustix::process::{Resource, getrlimit, setrlimit};
use std::path::Path;
use std::process::Command;

const STATUS: &str = r#"{"execute": "query-status"}"#;
const SET_ACTION: &str = r#"{"execute": "set-action", "arguments": {"panic": "pause", "reboot": "reset"}}"#;
const SCHEMA: &str = r#"{"execute": "query-qmp-schema"}"#;

pub(super) fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    let package = package(&options.schema()?)?;
    package.prepare(Profile::Release)?;
    let program = scratch::built().join("release/bench-server");
    allow_many_files()?;
    commands(options, report, &program)?;
    for how in ["threads", "tokio"] {
        sessions(report, &program, how)?;
    }
    Ok(())
}

fn package(schema: &Path) -> Result<Package, Failure> {
    let build = format!(
        "fn main() -> Result<(), qapi_gen::Error> {{\n    qapi_gen::Builder::new().compile({schema:?})\n}}\n"
    );
    let tokio = "tokio = { version = \"1\", features = [\"net\", \"rt-multi-thread\", \"time\"] }\n";
    let runtime = dependency("qapi-runtime", "\"threads\", \"tokio\"");
    let manifest =
        format!("[dependencies]\n{runtime}{tokio}\n[build-dependencies]\n{}", dependency("qapi-gen", ""));
    let mut files = vec![("build.rs", build)];
    files.extend(packages::SERVER.map(|(path, text)| (path, text.to_owned())));
    Package::write(&Parts { name: "bench-server", manifest, files: &files })
}

/// A thousand sessions need a thousand descriptors on either side.
fn allow_many_files() -> Result<(), Failure> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit)?;
    Ok(())
}

/// A program on the first processor, where there is `taskset`. What loads and what answers share it, so that their times
/// add up.
fn pinned(program: &Path, pin: bool) -> Command {
    if !pin {
        return Command::new(program);
    }
    let mut command = Command::new("taskset");
    command.args(["-c", "0"]).arg(program);
    command
}

fn commands(options: &Options, report: &mut Report, program: &Path) -> Result<(), Failure> {
    let folder = scratch::folder();
    let pin = Command::new("taskset").arg("--version").output().is_ok();
    if !pin {
        report.skip("pinning to one processor", "there is no taskset");
    }
    let start = |what: &str| {
        let socket = folder.join(format!("{what}.sock"));
        Server::start(pinned(program, pin).arg(what).arg(&socket), &socket)
    };
    let (ours, echo) = (start("threads")?, start("echo")?);
    let qemu = qemu(options, &folder.join("qemu.sock"), pin);
    if let Err(error) = &qemu {
        report.skip("qemu-system", error.to_string());
    }
    let rate = |server: &Server, kind: &str, depth: usize, command: &str| -> Result<f64, Failure> {
        let mut load = pinned(program, pin);
        load.arg("commands").arg(&server.socket).args([
            kind,
            &depth.to_string(),
            &options.seconds.to_string(),
            command,
        ]);
        numbers(&mut load)?.first().copied().ok_or_else(|| "the load told nothing".into())
    };
    /// What it is called, the command, how many at once, and the targets beside the echo server and beside QEMU.
    type Load = (&'static str, &'static str, usize, Option<f64>, Option<f64>);
    let loads: [Load; 5] = [
        ("query-status, 1 in flight", STATUS, 1, Some(0.8), None),
        ("query-status, 8 in flight", STATUS, 8, None, None),
        ("query-status, 64 in flight", STATUS, 64, None, Some(50.0)),
        ("set-action, 1 in flight", SET_ACTION, 1, None, None),
        ("query-qmp-schema, 1 in flight", SCHEMA, 1, None, Some(100.0)),
    ];
    for (what, command, depth, beside_echo, beside_qemu) in loads {
        let (mut own, mut echoed, mut real) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..options.rounds {
            own.push(rate(&ours, "qmp", depth, command)?);
            echoed.push(rate(&echo, "plain", depth, command)?);
            if let Ok(server) = &qemu {
                real.push(rate(server, "qmp", depth, command)?);
            }
        }
        let own = median(own);
        let mut add = |name, peer, target| {
            let peer = Some((name, peer));
            report.add(Row { what: what.to_owned(), ours: own, peer, unit: Unit::PerSecond, target });
        };
        add("echo", median(echoed), beside_echo);
        if !real.is_empty() {
            add("QEMU", median(real), beside_qemu);
        }
    }
    Ok(())
}

/// The numbers that a program prints.
fn numbers(command: &mut Command) -> Result<Vec<f64>, Failure> {
    let output = command.output()?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let text = String::from_utf8(output.stdout)?;
    text.split_whitespace().map(|word| word.parse().map_err(Into::into)).collect()
}

fn qemu(options: &Options, socket: &Path, pin: bool) -> Result<Server, Failure> {
    let mut command = pinned(&options.qemu_system, pin);
    command.args(["-machine", "none", "-display", "none", "-nodefaults", "-S", "-qmp"]);
    Server::start(command.arg(format!("unix:{},server=on,wait=off", socket.display())), socket)
}

/// Memory of idle sessions, and events to many of them.
fn sessions(report: &mut Report, program: &Path, how: &str) -> Result<(), Failure> {
    let socket = scratch::folder().join(format!("{how}.sock"));
    let server = Server::start(Command::new(program).arg(how).arg(&socket), &socket)?;
    let mut load = Command::new(program);
    let numbers = numbers(load.arg("sessions").arg(&socket).arg(server.id().to_string()))?;
    let [one, hundred, session, thousand] = numbers[..] else {
        return Err("the load told too little".into());
    };
    let target = (how == "tokio").then_some(16.0);
    report.figure(format!("an idle session, {how}"), session / 1e3, Unit::Kilobytes, target);
    for (count, seconds) in [("1 session", one), ("100 sessions", hundred), ("1,000 sessions", thousand)] {
        report.figure(format!("1,000 events to {count}, {how}, none lost"), seconds, Unit::Seconds, None);
    }
    Ok(())
}
