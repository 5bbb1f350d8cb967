//! A server of QEMU's whole schema: commands per second, events, and memory per session.

use super::growth::Growth;
use super::measure::median;
use super::peers::Server;
use super::report::{Report, Row, Target, Unit};
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
        sessions(options, report, &program, how)?;
        sender(options, report, &program, how)?;
    }
    in_process(options, report, &program)
}

fn package(schema: &Path) -> Result<Package, Failure> {
    let build = format!(
        "fn main() -> Result<(), qapi_gen::Error> {{\n    qapi_gen::Builder::new().compile({schema:?})\n}}\n"
    );
    let tokio = "tokio = { version = \"1\", features = [\"net\", \"rt-multi-thread\", \"time\"] }\n";
    let runtime = dependency("qapi-runtime", "\"server\", \"threads\", \"tokio\"");
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

/// A program on the first processor, if `taskset` exists. Client and server share it, so that their times add up.
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
    let (ours, tasks, echo) = (start("threads")?, start("tokio")?, start("echo")?);
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
    /// The name, the command, how many are in flight, and the targets against the echo server and against QEMU.
    type Load = (&'static str, &'static str, usize, Option<f64>, Option<f64>);
    let loads: [Load; 5] = [
        ("query-status, 1 in flight", STATUS, 1, Some(0.8), None),
        ("query-status, 8 in flight", STATUS, 8, None, None),
        ("query-status, 64 in flight", STATUS, 64, None, Some(50.0)),
        ("set-action, 1 in flight", SET_ACTION, 1, None, None),
        ("query-qmp-schema, 1 in flight", SCHEMA, 1, None, Some(100.0)),
    ];
    for (what, command, depth, beside_echo, beside_qemu) in loads {
        let mut samples = [const { Vec::new() }; 4];
        for _ in 0..options.rounds.max(1) {
            samples[0].push(rate(&ours, "qmp", depth, command)?);
            samples[1].push(rate(&echo, "plain", depth, command)?);
            samples[2].push(rate(&tasks, "qmp", depth, command)?);
            if let Ok(server) = &qemu {
                samples[3].push(rate(server, "qmp", depth, command)?);
            }
        }
        let [threads, echo, tokio, qemu] =
            samples.map(|samples| (!samples.is_empty()).then(|| median(samples)));
        for (how, ours) in [("threads", threads), ("tokio", tokio)] {
            // The targets are for the default transport.
            let target = |target: Option<f64>| target.filter(|_| how == "threads").map(Target::Ratio);
            let mut add = |name, peer: Option<f64>, target: Option<Target>| {
                if peer.is_some() || target.is_some() {
                    let (what, peer) = (format!("{what}, {how}"), peer.map(|peer| (name, peer)));
                    report.add(Row {
                        what,
                        ours: ours.unwrap_or(f64::NAN),
                        peer,
                        unit: Unit::PerSecond,
                        target,
                    });
                }
            };
            add("echo", echo, target(beside_echo));
            add("QEMU", qemu, target(beside_qemu));
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
fn sessions(options: &Options, report: &mut Report, program: &Path, how: &str) -> Result<(), Failure> {
    const COUNTS: [(f64, &str); 3] =
        [(1.0, "1 session"), (100.0, "100 sessions"), (1000.0, "1,000 sessions")];
    let socket = scratch::folder().join(format!("{how}.sock"));
    let mut samples = [const { Vec::new() }; 4];
    for _ in 0..options.rounds.max(1) {
        let server = Server::start(Command::new(program).arg(how).arg(&socket), &socket)?;
        let mut load = Command::new(program);
        let told = numbers(load.arg("sessions").arg(&socket).arg(server.id().to_string()))?;
        if told.len() != samples.len() {
            return Err("the load told too little".into());
        }
        for (samples, number) in samples.iter_mut().zip(told) {
            samples.push(number);
        }
    }
    let [one, hundred, memory, thousand] = samples.map(median);
    let target = (how == "tokio").then_some(Target::AtMost(16.0));
    report.figure(format!("an idle session, {how}"), memory / 1e3, Unit::Kilobytes, target);
    let mut growth = Growth::new(format!("1,000 events, none lost, {how}"), Unit::Seconds);
    for ((count, name), seconds) in COUNTS.into_iter().zip([one, hundred, thousand]) {
        growth.add(report, count, name, seconds);
    }
    Ok(())
}

/// The cost of an event for its sender, with one session and with many.
fn sender(options: &Options, report: &mut Report, program: &Path, how: &str) -> Result<(), Failure> {
    /// The most that an event to a thousand sessions may cost, relative to one to a single session.
    const MOST: f64 = 1.2;
    let socket = scratch::folder().join("sender.sock");
    let mut samples = [const { Vec::new() }; 2];
    for _ in 0..options.rounds.max(1) {
        for (samples, count) in samples.iter_mut().zip(["1", "1000"]) {
            samples.extend(numbers(pinned(program, false).args(["sender", how]).arg(&socket).arg(count))?);
        }
    }
    let [one, thousand] = samples.map(median);
    report.figure(format!("an event's sender, 1 session, {how}"), one * 1e6, Unit::Microseconds, None);
    let what = format!("the same, 1,000 sessions, {how}");
    let target = Some(Target::AtMost(one * 1e6 * MOST));
    report.figure(what, thousand * 1e6, Unit::Microseconds, target);
    Ok(())
}

/// Measurements without a socket: a command from bytes to bytes, and messages of growing size.
fn in_process(options: &Options, report: &mut Report, program: &Path) -> Result<(), Failure> {
    let seconds = |what: &[&str]| -> Result<f64, Failure> {
        let mut samples = Vec::new();
        for _ in 0..options.rounds.max(1) {
            samples.extend(numbers(pinned(program, false).args(what))?);
        }
        Ok(median(samples))
    };
    let target = Some(Target::AtMost(1.0));
    let what = "set-action in process, bytes to bytes";
    report.figure(what, seconds(&["set-action", SET_ACTION])? * 1e6, Unit::Microseconds, target);
    let mut growth = Growth::new("one message to a tree", Unit::Microseconds);
    for tokens in ["20000", "200000", "2000000"] {
        let figure = seconds(&["tokens", tokens])? * 1e6;
        growth.add(report, tokens.parse()?, &format!("{tokens} tokens"), figure);
    }
    Ok(())
}
