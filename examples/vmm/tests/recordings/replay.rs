//! Replays the recording of a guest: the test takes the part of QEMU's client, and also feeds the guest's script.

use std::collections::VecDeque;
use std::io::Write;
use std::os::unix::net::UnixStream;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::actions::{InForce, translate_command, translate_options};
use crate::boots::{boots, caused};
use crate::program::{self, Deed, Program};
use crate::skip::Skip;
use crate::support::{Client, Vmm, event};
use crate::{Failure, Outcome};

pub(crate) fn replay(recording: &Value) -> Outcome {
    let text = |key: &str| recording[key].as_str().unwrap_or_default();
    let program = Program::parse(text("program"), text("program_does")).map_err(|failure| match failure {
        program::Failure::Skip(skip) => Failure::Skipped(skip),
        program::Failure::Unknown(problem) => Failure::Differs(problem),
    })?;
    if let Some(device) = program.missing_device(&strings(&recording["devices"])) {
        return Err(Skip::AlwaysThere(device).into());
    }
    let steps = recording["steps"].as_array().expect("a list of steps");
    let options: Vec<String> = strings(&recording["options"]);
    let exit_code = expected_exit(recording, steps, &options)?;
    Replay::start(&translate_options(&options), &program, steps).run(recording, steps, exit_code)
}

fn strings(list: &Value) -> Vec<String> {
    let list = list.as_array().into_iter().flatten();
    list.map(|text| text.as_str().expect("a string").to_owned()).collect()
}

/// The expected exit status: QEMU's, except that a panic is not a failure here. Also checks that each panic of the
/// recording has the same effect here.
fn expected_exit(recording: &Value, steps: &[Value], options: &[String]) -> Result<Option<i64>, Failure> {
    let mut actions = InForce::new(options)?;
    let mut failed = false;
    for step in steps {
        let replies = step["replies"].as_array().into_iter().flatten();
        if replies.clone().any(|reply| reply.get("return").is_some()) {
            actions.update(&command(step));
        }
        for reply in replies {
            if reply["event"] == "GUEST_PANICKED" {
                actions.check_panic()?;
            }
            let by_panic = reply["event"] == "SHUTDOWN" && reply["data"]["reason"] == "guest-panic";
            failed |= by_panic && actions.panic_fails();
        }
    }
    let code = recording["exit_code"].as_i64();
    Ok(if failed && code == Some(1) { Some(0) } else { code })
}

/// The command of a step; null if it sends none.
fn command(step: &Value) -> Value {
    serde_json::from_str(step["send"].as_str().unwrap_or_default()).unwrap_or(Value::Null)
}

struct Replay {
    vmm: Vmm,
    client: Client,
    guest: UnixStream,
    /// The guest's deeds after each reset that is still to come.
    boots: VecDeque<Vec<Deed>>,
    /// How many events the part of this boot's script that is fed so far causes.
    fed: usize,
    /// The guest's deeds in this boot that wait until the recording has more events.
    later: Vec<Deed>,
    /// The events that the recording has had so far in this boot.
    recorded: Vec<Value>,
}

impl Replay {
    /// Starts the machine, with the guest connected and its first boot in the script.
    fn start(options: &[String], program: &Program, steps: &[Value]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let guest = format!("unix:{}", folder.path().join("guest").display());
        let options = [options, &["-S".to_owned(), "-guest".to_owned(), guest]].concat();
        let mut vmm = Vmm::start_in(folder, &options);
        let client = vmm.connect();
        let guest = vmm.connect_to("guest");
        let boots = boots(program, steps).into();
        let mut replay = Self { vmm, client, guest, boots, fed: 0, later: Vec::new(), recorded: Vec::new() };
        replay.boot();
        replay
    }

    /// The machine starts anew, and so does the guest's program.
    fn boot(&mut self) {
        let deeds = self.boots.pop_front().expect("the recording has a reset for each");
        // Watchdog events are rate-limited. The order of expiries and commands must not depend on the speed of this
        // test, so where the recorded guest waited for time, this one waits for the test.
        let waits = |deed: &Deed| *deed == Deed::Delay && deeds.contains(&Deed::Watchdog);
        let now = deeds.iter().position(waits).unwrap_or(deeds.len());
        self.fed = 0;
        self.recorded.clear();
        self.later = deeds[now..].iter().copied().filter(|deed| *deed != Deed::Delay).collect();
        self.feed(&deeds[..now]);
    }

    fn feed(&mut self, deeds: &[Deed]) {
        self.fed += deeds.iter().filter(|deed| deed.is_seen()).count();
        for deed in deeds {
            writeln!(self.guest, "{}", deed.line()).expect("the machine reads the script");
        }
    }

    fn run(mut self, recording: &Value, steps: &[Value], exit_code: Option<i64>) -> Outcome {
        for (index, step) in steps.iter().enumerate() {
            self.step(step).map_err(|difference| format!("step {index}: {difference}"))?;
        }
        if let Some(stderr) = recording["stderr"].as_str() {
            self.vmm.wait_for_log(logged(stderr));
        }
        if exit_code.is_none() {
            self.check_goes_on()?;
        }
        // If the recorded QEMU keeps running, `check_goes_on` has ended ours.
        let code = self.vmm.wait().code().map(i64::from);
        if code != Some(exit_code.unwrap_or(0)) {
            return Err(format!("ends with status {code:?} instead of {exit_code:?}").into());
        }
        Ok(())
    }

    fn step(&mut self, step: &Value) -> Result<(), String> {
        let sent = step["send"].as_str().expect("a step sends a text");
        if sent.is_empty() {
            return Ok(()); // The greeting, which has been read.
        }
        match sent.strip_prefix("!SIG") {
            Some(signal) => self.signal(signal),
            None => self.client.send(translate_command(&command(step)).to_string() + "\n"),
        }
        let expected: Vec<Value> = step["replies"].as_array().expect("a list").iter().map(plain).collect();
        let mut replies = Vec::new();
        for next in &expected {
            replies.push(self.reply(next)?);
        }
        compare(&command(step), &expected, &replies)?;
        if step.get("closed").is_some() {
            let rest = self.client.read_to_end();
            if !rest.is_empty() {
                return Err(format!("before the end comes {rest:?}"));
            }
        }
        Ok(())
    }

    /// The next line from the machine, when the recording has `expected` there.
    fn reply(&mut self, expected: &Value) -> Result<Value, String> {
        if expected.get("event").is_some() {
            self.recorded.push(expected.clone());
        }
        if caused(&self.recorded.iter().collect::<Vec<_>>()) > self.fed {
            let later = std::mem::take(&mut self.later);
            self.feed(&later);
        }
        let reply = self.client.read().ok_or_else(|| format!("the end comes instead of {expected}"))?;
        if expected["event"] == "RESET" {
            self.boot();
        }
        Ok(reply)
    }

    fn signal(&mut self, name: &str) {
        let signal = match name {
            "TERM" => Signal::TERM,
            "INT" => Signal::INT,
            "HUP" => Signal::HUP,
            other => panic!("unknown signal {other}"),
        };
        kill_process(Pid::from_child(self.vmm.child()), signal).expect("the process is there");
    }

    /// Checks that nothing else has happened than in the recording, and ends the machine.
    fn check_goes_on(&mut self) -> Result<(), String> {
        let now = self.client.execute_and_collect("query-status");
        if now.len() > 1 {
            return Err(format!("after the last step comes {now:?}"));
        }
        if now[0]["return"]["running"] == true {
            // The guest executes in order: once this event arrives, everything before it is done.
            self.feed(&[Deed::Pvpanic(2)]);
            let events = self.client.read_event("GUEST_CRASHLOADED");
            if events.len() > 1 {
                return Err(format!("after the last step comes {events:?}"));
            }
        }
        let end = self.client.execute_and_collect("quit");
        let shutdown = event("SHUTDOWN", json!({ "guest": false, "reason": "host-qmp-quit" }));
        if end != [shutdown, json!({ "return": {} })] {
            return Err(format!("quit answers {end:?}"));
        }
        Ok(())
    }
}

/// A recorded reply in the form in which the client reads it.
fn plain(reply: &Value) -> Value {
    let mut reply = reply.clone();
    reply.as_object_mut().expect("a reply is an object").remove("timestamp");
    reply
}

/// Compares the replies to a command. After `cont`, the guest's events come from another thread than the reply; then
/// only the order within each kind counts.
fn compare(command: &Value, expected: &[Value], found: &[Value]) -> Result<(), String> {
    let sorted = |replies: &[Value]| {
        let mut replies = replies.to_vec();
        if command["execute"] == "cont" {
            replies.sort_by_key(|reply| reply.get("event").is_none());
        }
        replies
    };
    let equal =
        sorted(expected).iter().zip(&sorted(found)).all(|(expected, found)| match expected.get("error") {
            Some(error) => is_same_error(error, &found["error"]),
            None => expected == found,
        });
    if equal { Ok(()) } else { Err(format!("expected {expected:?}, found {found:?}")) }
}

/// Each program has its own texts, but they name the same things.
fn is_same_error(expected: &Value, found: &Value) -> bool {
    let text = |error: &Value| error["desc"].as_str().unwrap_or_default().to_owned();
    let (theirs, ours) = (text(expected), text(found));
    let mut named = theirs.split('\'').skip(1).step_by(2);
    expected["class"] == found["class"] && !ours.is_empty() && named.all(|name| ours.contains(name))
}

/// The expected log line for QEMU's `line`: the same, without the names of the program and of the signal's sender.
fn logged(line: &str) -> &str {
    let text =
        line.split_once(": ").filter(|(name, _)| name.starts_with("qemu")).map_or(line, |(_, text)| text);
    text.split(" from pid").next().unwrap_or(text).trim_end()
}
