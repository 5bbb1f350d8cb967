//! Descriptors that come with commands: how many are taken, and what becomes of a command whose own were lost.

#![cfg(unix)]
// Tests are built with the workspace's Rust, not with the older one that the crate states.
#![allow(clippy::incompatible_msrv)]

mod session_stub;

use qapi_runtime::File;
use qapi_runtime::session::{Session, Settings, Step};
use session_stub::{Server, TABLES};
use std::sync::Arc;

const HELLO: &str = r#"{"execute": "qmp_capabilities"}"#;
const HELLO_OOB: &str = r#"{"execute": "qmp_capabilities", "arguments": {"enable": ["oob"]}}"#;
const GETFD: &[u8] = br#"{"execute": "getfd", "id": 1}"#;

fn files(count: usize) -> Vec<File> {
    (0..count).map(|_| std::fs::File::open("/dev/null").expect("opens").into()).collect()
}

/// A descriptor, and what tells whether it is still open somewhere.
fn pipe() -> (File, std::io::PipeReader) {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    (writer.into(), reader)
}

fn is_closed(mut reader: std::io::PipeReader) -> bool {
    // The pipe ends when the other end is closed everywhere; until then this would wait.
    std::io::Read::read(&mut reader, &mut [0]).is_ok_and(|count| count == 0)
}

fn open(settings: Settings, hello: &str) -> (Session, Server) {
    let (mut session, server) = (Session::new(Arc::new(settings)), Server::default());
    session.receive(hello.as_bytes());
    run(&mut session, &server);
    (session, server)
}

/// Runs what there is and returns what is said.
fn run(session: &mut Session, server: &Server) -> Vec<String> {
    assert!(session.run(server, &Arc::default()).is_empty());
    let output = String::from_utf8(session.take_output()).expect("ASCII");
    output.lines().map(str::to_owned).collect()
}

/// How many descriptors handlers have got.
fn got(server: &Server) -> usize {
    server.log.lock().expect("log").len()
}

fn refused(desc: &str) -> String {
    format!("{{\"id\": 1, \"error\": {{\"class\": \"GenericError\", \"desc\": \"{desc}\"}}}}")
}

fn lost() -> String {
    refused("Descriptors sent with the command were lost on the way")
}

#[test]
fn a_command_whose_descriptors_were_lost_is_refused() {
    let (mut session, server) = open(Settings::new(&TABLES), HELLO);
    let (file, other_end) = pipe();
    session.receive_with(br#"{"execute": "getfd", "#, vec![file]);
    session.files_lost();
    assert!(run(&mut session, &server).is_empty());
    session.receive(br#""id": 1} {"execute": "query-name"}"#);
    assert_eq!(run(&mut session, &server), [lost(), r#"{"return": {}}"#.to_owned()]);
    assert!(is_closed(other_end));
    // It was said; the next command is another matter.
    session.receive_with(GETFD, files(2));
    assert_eq!(run(&mut session, &server), [r#"{"return": {}, "id": 1}"#]);
    assert_eq!(got(&server), 2);
}

#[test]
fn the_loss_is_told_to_the_command_that_the_descriptors_came_with() {
    let (mut session, server) = open(Settings::new(&TABLES), HELLO);
    // Read while the parser holds a whole command already.
    session.receive(br#"{"execute": "query-name"}"#);
    session.receive_with(GETFD, files(1));
    session.files_lost();
    assert_eq!(run(&mut session, &server), [r#"{"return": {}}"#.to_owned(), lost()]);
    // Malformed input in between is no command.
    session.receive(b"} ");
    session.files_lost();
    session.receive(GETFD);
    let said = run(&mut session, &server);
    assert!(said.len() == 2 && said[0].contains("JSON parse error"), "{said:?}");
    assert_eq!(said[1], lost());
    assert_eq!(got(&server), 0);
}

#[test]
fn a_command_that_waits_keeps_its_loss() {
    let (mut session, server) = open(Settings::new(&TABLES), HELLO_OOB);
    session.receive(br#"{"execute": "stop"}"#);
    let Step::Run(request) = session.step() else { panic!("a command") };
    let (ticket, _) = request.into_owned().run(&server, &Arc::default());
    session.receive_with(GETFD, files(1));
    session.files_lost();
    assert!(matches!(session.step(), Step::Answered));
    session.receive(br#"{"exec-oob": "query-yank", "id": 2}"#);
    assert!(run(&mut session, &server).concat().contains("chardev"));
    session.finish(ticket, Ok(b"{}".to_vec()));
    assert_eq!(run(&mut session, &server).last(), Some(&lost()));
}

#[test]
fn no_descriptors_need_be_accepted() {
    let (mut session, server) = open(Settings::new(&TABLES).descriptors(0), HELLO);
    let (file, other_end) = pipe();
    session.receive_with(b" ", vec![file]);
    assert!(is_closed(other_end), "closed before there is a command");
    session.receive(GETFD);
    session.receive(GETFD);
    assert_eq!(
        run(&mut session, &server),
        [
            refused("Descriptors sent with the command are not accepted here"),
            r#"{"return": {}, "id": 1}"#.to_owned()
        ]
    );
}

#[test]
fn descriptors_without_a_command_do_not_pile_up() {
    for (settings, limit) in [(Settings::new(&TABLES), 253), (Settings::new(&TABLES).descriptors(7), 7)] {
        let (mut session, server) = open(settings, HELLO);
        for _ in 0..limit {
            session.receive_with(b" ", files(1));
            assert!(run(&mut session, &server).is_empty());
        }
        let (file, other_end) = pipe();
        session.receive_with(b" ", vec![file]);
        assert!(is_closed(other_end));
        session.receive(GETFD);
        let text = format!("Descriptors sent with the command are too many: no more than {limit} may wait");
        assert_eq!(run(&mut session, &server), [refused(&text)]);
        session.receive_with(GETFD, files(limit));
        assert_eq!(run(&mut session, &server), [r#"{"return": {}, "id": 1}"#]);
        assert_eq!(got(&server), limit);
    }
}

#[test]
fn commands_that_wait_share_the_limit() {
    let (mut session, server) = open(Settings::new(&TABLES).descriptors(4), HELLO_OOB);
    session.receive(br#"{"execute": "stop"}"#);
    let Step::Run(request) = session.step() else { panic!("a command") };
    let (ticket, _) = request.into_owned().run(&server, &Arc::default());
    for _ in 0..3 {
        session.receive_with(GETFD, files(2));
    }
    while matches!(session.step(), Step::Answered) {}
    session.finish(ticket, Ok(b"{}".to_vec()));
    let said = run(&mut session, &server);
    assert!(said.last().is_some_and(|line| line.contains("no more than 4 may wait")), "{said:?}");
    assert_eq!(got(&server), 4);
}

#[test]
fn a_session_that_ends_closes_what_waits() {
    let (mut session, server) = open(Settings::new(&TABLES), HELLO);
    let (file, other_end) = pipe();
    session.receive_with(b"{", vec![file]);
    session.close();
    assert!(is_closed(other_end));
    session.files_lost();
    let (file, other_end) = pipe();
    session.receive_with(GETFD, vec![file]);
    assert!(is_closed(other_end));
    assert!(run(&mut session, &server).is_empty());
}

#[test]
fn a_loss_of_all_is_told_to_the_command_that_they_came_with() {
    let (mut session, server) = open(Settings::new(&TABLES), HELLO);
    session.receive(br#"{"execute": "query-name"}"#);
    session.receive(GETFD);
    session.files_lost();
    assert_eq!(run(&mut session, &server), [r#"{"return": {}}"#.to_owned(), lost()]);
}
