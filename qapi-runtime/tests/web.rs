//! Clients that speak another protocol: a web page can have a browser send what it likes to a port on loopback.

#![cfg(all(unix, feature = "threads"))]

mod bed;
mod session_stub;

use bed::{Client, HELLO, Kind, LONG, start, until};
use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

const COMMANDS: &str = r#"{"execute": "qmp_capabilities"}{"execute": "set-action"}"#;

bed::on_each_transport! {
    what_a_web_page_posts_is_not_run,
    what_clients_of_the_protocol_begin_with_is_served,
    a_unix_socket_is_not_restricted,
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("connects");
    stream.set_read_timeout(Some(LONG)).expect("a time limit");
    stream
}

fn what_a_web_page_posts_is_not_run(kind: Kind) {
    let fixture = start(kind);
    let (address, _) = fixture.kind.serve_tcp("127.0.0.1:0", &fixture.monitor).expect("serves");
    let length = COMMANDS.len();
    let request = format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n{COMMANDS}"
    );
    let pieces: [&[&str]; 3] = [&[&request], &["POST / HTTP/1.1\r\n\r\n", COMMANDS], &["P", &request[1..]]];
    for pieces in pieces {
        let mut browser = connect(address);
        for piece in pieces {
            // The server may have closed the connection by now.
            let _ = browser.write_all(piece.as_bytes());
        }
        let mut said = Vec::new();
        let _ = browser.read_to_end(&mut said);
        let said = String::from_utf8(said).expect("ASCII");
        assert!(said.is_empty() || said.starts_with("{\"QMP\"") && said.lines().count() == 1, "{said}");
        until("the session is over", || fixture.monitor.sessions() == 0);
        assert!(fixture.server.log.lock().expect("log").is_empty());
    }
    // Others are served on.
    let stream = connect(address);
    let mut client = Client { reader: BufReader::new(stream.try_clone().expect("a clone")), stream };
    assert!(client.line().starts_with("{\"QMP\""));
    assert_eq!(client.ask(HELLO), "{\"return\": {}}");
}

fn what_clients_of_the_protocol_begin_with_is_served(kind: Kind) {
    let fixture = start(kind);
    let (address, _) = fixture.kind.serve_tcp("127.0.0.1:0", &fixture.monitor).expect("serves");
    for begin in [&b" "[..], b"\t", b"\r\n", b"\n", b"\xff", b""] {
        let stream = connect(address);
        let mut client = Client { reader: BufReader::new(stream.try_clone().expect("a clone")), stream };
        client.stream.write_all(&[begin, COMMANDS.as_bytes()].concat()).expect("sends");
        assert!(client.line().starts_with("{\"QMP\""));
        let mut replies = client.replies(2);
        // The parser may have to say something about the byte that ends what was before.
        while replies[0].contains("error") {
            replies.remove(0);
            replies.push(client.line());
        }
        assert_eq!(replies, ["{\"return\": {}}", "{\"return\": {}}"]);
    }
    assert_eq!(fixture.server.log.lock().expect("log").len(), 6);
}

/// No web page gets there. A person who types something else is told what is wrong.
fn a_unix_socket_is_not_restricted(kind: Kind) {
    let fixture = start(kind);
    let mut client = Client::connect(&fixture.path);
    client.send(&format!("hello\n{COMMANDS}"));
    assert!(client.line().contains("\"error\""));
    assert_eq!(client.replies(2), ["{\"return\": {}}", "{\"return\": {}}"]);
}
