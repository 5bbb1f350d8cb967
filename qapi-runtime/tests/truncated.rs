//! Descriptors for which the process has no room. The limit holds for all of it, so this test has a program of its own.

#![cfg(all(target_os = "linux", feature = "threads"))]

mod bed;
mod session_stub;

use bed::{Client, HELLO, HELLO_OOB, Kind, send_with, start};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::os::fd::{AsFd, AsRawFd};

#[test]
fn a_command_whose_descriptors_the_kernel_dropped_is_refused() {
    refused(Kind::Threads);
    #[cfg(feature = "tokio")]
    refused(Kind::tokio());
}

fn refused(kind: Kind) {
    let fixture = start(kind);
    let file = tempfile::tempfile().expect("a file");
    let five = [file.as_fd(); 5];
    for hello in [HELLO, HELLO_OOB] {
        let mut client = Client::greeted(&fixture.path, hello);
        let ordinary = getrlimit(Resource::Nofile);
        // Two more can be had: those that are free below, and these.
        let highest = file.try_clone().expect("a descriptor").as_raw_fd();
        let room = Rlimit { current: Some(u64::try_from(highest).expect("positive") + 2), ..ordinary };
        setrlimit(Resource::Nofile, room).expect("a limit");
        send_with(&client.stream, br#"{"execute": "getfd", "id": 1}{"execute": "getfd", "id": 2}"#, &five);
        let [first, second] = [client.line(), client.line()];
        setrlimit(Resource::Nofile, ordinary).expect("the limit that was there");
        assert!(first.contains("Descriptors sent with the command were lost on the way"), "{first}");
        // It was not meant for the one behind it.
        assert_eq!(second, r#"{"return": {}, "id": 2}"#);
        assert!(fixture.server.log.lock().expect("log").is_empty(), "no handler has got some of them");
        send_with(&client.stream, br#"{"execute": "getfd", "id": 3}"#, &five);
        assert_eq!(client.line(), r#"{"return": {}, "id": 3}"#);
        assert_eq!(fixture.server.log.lock().expect("log").drain(..).count(), 5);
    }
}
