//! Tasks of the guest agent: with QEMU's own agent, which acts on the machine that the test runs on, in a folder of its
//! own; and with a scripted one, for what a client does when it gives up.

use qapi_client_tests::driver::{Driver, Kind, both, runtime};
use qapi_client_tests::guest_agent::{Agent, program};
use qapi_client_tests::peer::{Peer, answer};
use qapi_runtime::client::guest::{Exec, ReadFile, Transferred, WriteFile};
use qapi_runtime::client::operation::{OperationError, OperationErrorKind};
use qapi_runtime::client::{Options, UntypedAgent};
use qapi_test_support::skipped;
use serde_json::{Value, json};
use std::fs;
use std::thread::{self, JoinHandle};
use std::time::Duration;

type Client = Driver<UntypedAgent>;

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(50);

/// Runs the test with each client and a real agent; reports it as skipped if there is none.
fn with_agent(test: impl Fn(&Client)) {
    let Some(program) = program() else {
        return skipped(
            "tasks of the guest agent",
            "there is no qemu-ga; QAPI_QEMU_GA names another program",
        );
    };
    both(|kind| {
        let mut agent = Agent::listening(&program);
        test(&Client::unix(kind, agent.connect(), &Options::new()).expect("it connects"));
    });
}

/// A client of an agent that does this after it was synchronised.
fn serve(kind: Kind, server: impl FnOnce(&mut Peer) + Send + 'static) -> (Client, JoinHandle<Peer>) {
    let (socket, mut peer) = Peer::pair();
    let server = thread::spawn(move || {
        let sync = peer.request();
        peer.send(&json!({ "return": sync["arguments"]["id"] }));
        server(&mut peer);
        peer
    });
    (Client::unix(kind, socket, &Options::new().timeout(LONG)).expect("it connects"), server)
}

/// Expects that the client closes the file 7 next.
fn closes(peer: &mut Peer) {
    let request = peer.request();
    assert_eq!(
        (&request["execute"], &request["arguments"]["handle"]),
        (&json!("guest-file-close"), &json!(7))
    );
}

#[test]
fn a_file_there_and_back() {
    with_agent(|client| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file").display().to_string();
        let contents: Vec<u8> = (0..=255).cycle().take(700_001).collect();
        let mut write = client.start(WriteFile::new(&*path, &*contents), LONG).expect("it opens");
        let steps: Vec<Transferred> =
            std::iter::from_fn(|| write.progress().expect("it is written")).collect();
        assert_eq!(steps.len(), 3);
        assert_eq!(steps.last().expect("the end").to_string(), "700001 of 700001 bytes");
        assert_eq!(fs::read(&path).expect("the file"), contents);
        assert_eq!(client.run(ReadFile::new(&*path), LONG).expect("it is read"), contents);
        // Shorter, and by a byte at once.
        client.run(WriteFile::new(&*path, "ab\0").block_size(1), LONG).expect("it is written");
        let read = client.run(ReadFile::new(&*path).block_size(1).max_size(3), LONG);
        assert_eq!(read.expect("it is read"), b"ab\0");
        let error = client.run(ReadFile::new(&*path).max_size(2), LONG).expect_err("it is too large");
        assert!(matches!(error.kind, OperationErrorKind::TooLarge(2)), "{error}");
        assert!(error.to_string().starts_with(&format!("reading {path} at ")), "{error}");
        client.run(WriteFile::new(&*path, ""), LONG).expect("it is written");
        assert_eq!(client.run(ReadFile::new(&*path), LONG).expect("it is read"), b"");
    });
}

#[test]
fn files_that_cannot_be_transferred() {
    with_agent(|client| {
        let refused = |result: Result<(), OperationError>| {
            let OperationErrorKind::Command(error) = result.expect_err("it fails").kind else { panic!() };
            error.refusal().expect("an error reply").desc.clone()
        };
        let missing = refused(client.run(ReadFile::new("/no/such"), LONG).map(drop));
        assert!(missing.contains("No such file"), "{missing}");
        // The agent opens a folder, and cannot read it.
        let folder = refused(client.run(ReadFile::new("/"), LONG).map(drop));
        assert!(!folder.is_empty());
        if fs::exists("/dev/full").expect("a state") {
            let full = refused(client.run(WriteFile::new("/dev/full", "a"), LONG));
            assert!(full.contains("No space left"), "{full}");
        }
        // No file was left open: numbers that were taken are refused.
        for handle in 1000..1006 {
            let closed = client.execute_raw("guest-file-close", json!({ "handle": handle }));
            closed.expect_err("it is closed");
        }
    });
}

#[test]
fn a_program_runs_to_its_end() {
    with_agent(|client| {
        let script = "read line; echo \"$line $NAME $1\"; echo oops >&2; sleep 0.2; exit 3";
        let exec = Exec::new("/bin/sh").args(["-c", script, "sh", "arg"]).env("NAME", "value").input("in\n");
        let exited = client.run(exec, LONG).expect("it runs");
        assert_eq!((exited.code, exited.signal, exited.success()), (Some(3), None, false));
        assert_eq!(String::from_utf8_lossy(&exited.stdout), "in value arg\n");
        assert_eq!(String::from_utf8_lossy(&exited.stderr), "oops\n");
        let killed = client.run(Exec::new("/bin/sh").args(["-c", "kill -9 $$"]), LONG).expect("it runs");
        assert_eq!((killed.code, killed.signal), (None, Some(9)));
        let error = client.run(Exec::new("/no/such"), LONG).expect_err("there is none");
        assert!(matches!(error.kind, OperationErrorKind::Command(_)), "{error}");
        let large = client.run(Exec::new("/bin/sh").args(["-c", "head -c 17000000 /dev/zero"]), LONG);
        let large = large.expect("it runs");
        assert!(large.stdout_truncated && !large.stderr_truncated && large.stdout.len() < 17_000_000);
        assert!(large.success());
    });
}

#[test]
fn a_wait_for_a_program_resumes_after_its_limit() {
    with_agent(|client| {
        let exec = Exec::new("/bin/sh").args(["-c", "sleep 0.5; echo late"]);
        let mut running = client.start(exec, SHORT).expect("it runs");
        let error = running.wait().expect_err("it sleeps");
        assert!(matches!(error.kind, OperationErrorKind::Timeout(SHORT)), "{error}");
        assert!(error.last.expect("a state").starts_with("it runs as process "));
        running.extend(LONG);
        assert_eq!(running.wait().expect("it ends").stdout, b"late\n");
    });
}

#[test]
fn a_transfer_begins_no_block_after_its_limit_and_resumes() {
    both(|kind| {
        let (client, server) = serve(kind, |peer| {
            answer(json!(7))(peer);
            let request = peer.request();
            thread::sleep(SHORT * 2);
            peer.reply(&request, json!({ "count": 1, "buf-b64": "YQ==", "eof": false }));
            answer(json!({ "count": 1, "buf-b64": "YQ==", "eof": true }))(peer);
            closes(peer);
        });
        let mut read = client.start(ReadFile::new("/f"), SHORT).expect("it opens");
        let error = read.wait().expect_err("it is slow");
        assert!(matches!(error.kind, OperationErrorKind::Timeout(SHORT)), "{error}");
        read.extend(LONG);
        let _ = read.progress().expect("it resumes");
        drop(read);
        server.join().expect("no panic");
    });
}

#[test]
fn a_transfer_that_is_given_up_closes_its_file() {
    both(|kind| {
        let (client, server) = serve(kind, |peer| {
            answer(json!(7))(peer);
            closes(peer);
            answer(json!(7))(peer);
            let request = peer.request();
            let error = json!({ "class": "GenericError", "desc": "broken" });
            peer.send(&json!({ "error": error, "id": request["id"] }));
            closes(peer);
        });
        drop(client.start(ReadFile::new("/f"), LONG).expect("it opens"));
        client.run(WriteFile::new("/f", "a"), LONG).expect_err("it fails");
        server.join().expect("no panic");
    });
}

#[test]
fn a_future_that_is_dropped_keeps_its_question() {
    // The agent forgets a program as soon as it has told its end.
    let (client, server) = serve(Kind::Tokio, |peer| {
        answer(json!({ "pid": 5 }))(peer);
        let status = peer.request();
        thread::sleep(SHORT * 4);
        peer.reply(&status, json!({ "exited": true, "exitcode": 0 }));
    });
    let Driver::Tokio(client) = client else { unreachable!("it was asked for") };
    runtime().block_on(async {
        let mut running = client.start(Exec::new("/p"), LONG).await.expect("it starts");
        tokio::time::timeout(SHORT, running.wait()).await.expect_err("there is no reply yet");
        assert!(running.wait().await.expect("a reply").success());
    });
    drop(client);
    assert_eq!(server.join().expect("no panic").try_request(), None::<Value>);
}
