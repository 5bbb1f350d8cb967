//! Invalid input from clients: each has an answer, and the process lives.

#[path = "support/mod.rs"]
mod support;

use std::io::Write;

use serde_json::Value;

use support::{Client, Vmm};

#[test]
fn bad_input_has_an_answer_and_the_process_lives() {
    let mut vmm = Vmm::start(&["-S"]);
    let mut client = vmm.negotiate();
    let cases = [
        (r#"{"execute": "query-status",}"#, "GenericError", "JSON"),
        (r#"{"execute": "no-such-command"}"#, "CommandNotFound", "no-such-command"),
        (r#"{"execute": "set-action", "arguments": {"panic": 5}}"#, "GenericError", "panic"),
        (r#"{"execute": "set-action", "arguments": {"panic": "bogus"}}"#, "GenericError", "bogus"),
        (r#"{"execute": "set-action", "arguments": {"bogus": "pause"}}"#, "GenericError", "bogus"),
        (r#"{"execute": "query-status", "bogus": 1}"#, "GenericError", "bogus"),
        (r#"{"execute": "watchdog-set-action"}"#, "GenericError", "action"),
        ("[1, 2]", "GenericError", "object"),
    ];
    for (input, class, names) in cases {
        client.send(input);
        let reply = client.read().expect("an answer");
        assert_eq!(reply["error"]["class"], class, "{input}: {reply}");
        assert!(reply["error"]["desc"].as_str().expect("a text").contains(names), "{input}: {reply}");
    }
    assert_eq!(client.execute("query-status")["return"]["status"], "prelaunch");
    vmm.quit(&mut client);
}

#[test]
fn a_line_of_64_mib_is_refused() {
    let mut vmm = Vmm::start(&["-S"]);
    let mut other = vmm.negotiate();
    let mut client = vmm.negotiate();
    let mut line = br#"{"execute": ""#.to_vec();
    line.resize((64 << 20) + 64, b'x');
    line.extend(b"\"}\n");
    let answers = flood(&mut client, line);
    assert_eq!(answers[0]["error"]["class"], "GenericError", "{:?}", answers[0]);
    assert_eq!(other.execute("query-status")["return"]["status"], "prelaunch");
    vmm.quit(&mut other);
}

#[test]
fn a_binary_blob_is_refused() {
    let mut vmm = Vmm::start(&["-S"]);
    let mut other = vmm.negotiate();
    let mut client = vmm.negotiate();
    // Pseudo-random bytes from a small generator, the same in each run.
    let mut seed = 1u32;
    let blob: Vec<u8> = std::iter::repeat_with(|| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 24) as u8
    })
    .take(1 << 16)
    .collect();
    let answers = flood(&mut client, blob);
    assert!(answers.iter().all(|answer| answer["error"]["class"] == "GenericError"));
    assert_eq!(other.execute("query-status")["return"]["status"], "prelaunch");
    vmm.quit(&mut other);
}

/// Sends a lot of input while a reader takes the answers, and then asks for the status. Returns the answers before the
/// status.
fn flood(client: &mut Client, bytes: Vec<u8>) -> Vec<Value> {
    let mut writer = client.writer();
    let sender = std::thread::spawn(move || {
        writer.write_all(&bytes).expect("the machine reads");
        // 0xff resynchronises, as the protocol's specification recommends. It gets its own error reply.
        writer
            .write_all(b"\xff\n{\"execute\": \"query-status\", \"id\": \"last\"}")
            .expect("the machine reads");
    });
    let mut answers = Vec::new();
    loop {
        let answer = client.read().expect("an answer");
        if answer["id"] == "last" {
            break;
        }
        answers.push(answer);
    }
    sender.join().expect("the sender ends");
    assert!(!answers.is_empty());
    answers
}
