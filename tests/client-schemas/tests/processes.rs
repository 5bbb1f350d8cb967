//! Processes that a client starts: QEMU, its storage daemon, and shell scripts for what these do not do.

use qapi_client_tests::driver::{Kind, both, runtime};
use qapi_client_tests::process::Process;
use qapi_runtime::client::operation::Power;
use qapi_runtime::client::process::Starting;
use qapi_runtime::client::{
    CommandError, CommandErrorKind, ConnectErrorKind, ProcessError, ProcessErrorKind, Untyped,
};
use qapi_test_support::server::{old_qemu, qemu, storage_daemon};
use qapi_test_support::skipped;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(50);

const MACHINE: &[&str] = &["-machine", "none", "-display", "none", "-nodefaults", "-accel", "tcg", "-S"];

/// The programs to test with; reports a missing one as skipped.
fn programs() -> Vec<PathBuf> {
    let all = [("QEMU", qemu()), ("older QEMU", old_qemu())];
    let there = all.into_iter().filter_map(|(name, program)| {
        if program.is_none() {
            skipped("processes", &format!("there is no {name}"));
        }
        program
    });
    there.collect()
}

fn with_each(test: impl Fn(&Path, Kind)) {
    for program in programs() {
        both(|kind| test(&program, kind));
    }
}

fn starting(program: &Path, arguments: &[&str]) -> Starting {
    let mut command = Command::new(program);
    command.args(MACHINE).args(arguments);
    Starting::qemu(command)
}

fn script(text: &str) -> Starting {
    let mut command = Command::new("sh");
    command.args(["-c", text]);
    Starting::on_stdin(command)
}

fn fails(kind: Kind, starting: Starting) -> ProcessError {
    Process::<Untyped>::start(kind, starting).expect_err("it is of no use")
}

fn is_there(id: u32) -> bool {
    Path::new(&format!("/proc/{id}")).exists()
}

/// Whether it is there and no zombie.
fn runs(id: u32) -> bool {
    // The state follows the program's name, which is in parentheses.
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

#[track_caller]
fn wait_until(is: impl Fn() -> bool) {
    let start = Instant::now();
    while !is() {
        assert!(start.elapsed() < LONG, "it takes too long");
        thread::sleep(SHORT);
    }
}

#[test]
fn a_machine_that_ends_as_it_is_told() {
    with_each(|program, kind| {
        let process = Process::<Untyped>::start(kind, starting(program, &[])).expect("it starts");
        let status = process.client().execute_raw("query-status", Value::Null).expect("a reply");
        assert_eq!(status["running"], false);
        let error = process.wait(SHORT).expect_err("it runs");
        assert!(matches!(error.kind, ProcessErrorKind::Runs(SHORT)), "{error}");
        assert!(error.ended.is_none());
        process.client().run(Power::Quit, LONG).expect("it ends");
        assert!(process.wait(LONG).expect("it has ended").success());
    });
}

#[test]
fn a_storage_daemon() {
    let Some(program) = storage_daemon() else { return skipped("processes", "there is no storage daemon") };
    both(|kind| {
        let start = |arguments: &[&str]| {
            let mut command = Command::new(&program);
            command.args(arguments);
            Process::<Untyped>::start(kind, Starting::storage_daemon(command))
        };
        let process = start(&[]).expect("it starts");
        process.client().execute_raw("query-block-jobs", Value::Null).expect("a reply");
        process.client().run(Power::Quit, LONG).expect("it ends");
        assert!(process.wait(LONG).expect("it has ended").success());
        let error =
            start(&["--blockdev", "file,node-name=a,filename=/no/such/file"]).expect_err("it has no file");
        assert!(error.stderr.contains("/no/such/file"), "{error}");
    });
}

#[test]
fn a_wrong_option() {
    with_each(|program, kind| {
        let error = fails(kind, starting(program, &["-no-such-option"]));
        let ConnectErrorKind::Gone(_) = connect_error(&error) else { panic!("{error:?}") };
        assert_eq!(error.ended.expect("it has ended").code(), Some(1));
        assert!(error.stderr.contains("-no-such-option: invalid option"), "{error}");
        let text = error.to_string();
        assert!(
            text.starts_with(&format!("{} has ended with exit status: 1: ", program.display())),
            "{text}"
        );
        assert!(text.contains("invalid option"), "{text}");
    });
}

fn connect_error(error: &ProcessError) -> &ConnectErrorKind {
    match &error.kind {
        ProcessErrorKind::Connect(error) => &error.kind,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_process_that_is_killed_in_the_middle_of_a_call() {
    with_each(|program, kind| {
        let process = Process::<Untyped>::start(kind, starting(program, &[])).expect("it starts");
        // A stopped process takes the command and does not answer.
        signal(process.id(), rustix::process::Signal::STOP);
        let client = process.client();
        let call = thread::spawn(move || client.execute_raw("query-status", Value::Null));
        thread::sleep(SHORT);
        process.kill();
        let error = call.join().expect("no panic").expect_err("it was killed");
        assert!(matches!(error.kind, CommandErrorKind::Gone { sent: true, .. }), "{error}");
        let error = process.explain(error);
        assert_eq!(error.ended.expect("it has ended").signal(), Some(9));
        let source = std::error::Error::source(&error).expect("the command's error");
        assert!(source.downcast_ref::<CommandError>().is_some());
        assert_eq!(error.to_string(), format!("{} has ended with signal: 9 (SIGKILL)", program.display()));
    });
}

fn signal(id: u32, signal: rustix::process::Signal) {
    let id = i32::try_from(id).ok().and_then(rustix::process::Pid::from_raw).expect("an id");
    rustix::process::kill_process(id, signal).expect("it is there");
}

#[test]
fn a_refused_command_does_not_wait_for_the_end() {
    with_each(|program, kind| {
        let process = Process::<Untyped>::start(kind, starting(program, &[])).expect("it starts");
        let error = process.client().execute_raw("no-such-command", json!({})).expect_err("it is refused");
        let start = Instant::now();
        let error = process.explain(error);
        assert!(start.elapsed() < Duration::from_secs(2));
        assert!(error.ended.is_none());
        assert!(error.to_string().ends_with(" runs, and an operation of its client failed"), "{error}");
    });
}

#[test]
fn dropping_it_kills_it() {
    with_each(|program, kind| {
        let process = Process::<Untyped>::start(kind, starting(program, &[])).expect("it starts");
        let id = process.id();
        assert!(runs(id));
        drop(process);
        wait_until(|| !is_there(id));
    });
}

#[test]
fn a_program_that_is_not_there() {
    both(|kind| {
        let error = fails(kind, Starting::qemu(Command::new("/no/such/program")));
        assert!(matches!(error.kind, ProcessErrorKind::Start(_)), "{error:?}");
        assert_eq!(error.to_string(), "/no/such/program cannot be started");
    });
}

#[test]
fn the_last_lines_before_an_end_without_a_greeting() {
    both(|kind| {
        let text = "for i in 1 2 3 4; do echo line $i >&2; done; exit 7";
        let error = fails(kind, script(text).stderr_lines(2));
        assert_eq!(error.to_string(), "sh has ended with exit status: 7: line 3\nline 4");
    });
}

#[test]
fn a_child_that_holds_standard_error_delays_the_error_and_does_not_hang_it() {
    both(|kind| {
        let start = Instant::now();
        let error = fails(kind, script("echo last words >&2; sleep 60 <&- & exit 7"));
        assert_eq!(error.to_string(), "sh has ended with exit status: 7: last words");
        assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    });
}

#[test]
fn a_future_that_is_dropped_kills_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("id");
    let starting = script(&format!("echo $$ > {}; exec sleep 600", file.display()));
    runtime().block_on(async {
        let options = qapi_runtime::client::Options::new();
        let start = qapi_runtime::client::asynchronous::Process::<Untyped>::start(starting, &options);
        let wait = async {
            while std::fs::read_to_string(&file).map_or(0, |text| text.len()) == 0 {
                tokio::time::sleep(SHORT).await;
            }
        };
        tokio::select! {
            _ = start => panic!("it sends no greeting"),
            () = wait => {}
        }
    });
    let id = std::fs::read_to_string(&file).expect("an id");
    let id = id.trim().parse().expect("a number");
    wait_until(|| !is_there(id));
}

/// A process that is killed when it is dropped, also if the test fails.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_machine_dies_with_its_parent() {
    for program in programs() {
        let mut parent = Command::new(env!("CARGO_BIN_EXE_mortal-parent"));
        let parent = parent.arg(program).args(MACHINE).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut parent = Killed(parent.spawn().expect("it starts"));
        let mut line = String::new();
        let output = parent.0.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut line).expect("a line");
        let id: u32 = line.trim().parse().expect("an id");
        thread::sleep(SHORT * 4);
        assert!(runs(id), "it ended with the thread that started it");
        drop(parent);
        // Whether a zombie remains is up to the system's first process.
        wait_until(|| !runs(id));
    }
}
