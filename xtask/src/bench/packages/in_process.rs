//! Measurements without a socket: prints the median of the seconds that one round takes.

use qapi_runtime::Dispatch;
use qapi_runtime::json::{Item, Parser};
use qapi_runtime::session::{Session, Settings};
use qapi_runtime::{Origin, Peer};
use std::io::{Error, Result};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A command, from its bytes to those of the reply; a hundred at a time, so that reading the clock costs nothing.
pub(crate) fn command(server: impl Dispatch, command: &str) -> Result<()> {
    const TIMES: u32 = 100;
    let origin = Arc::new(Origin::new(1, Peer::default()));
    let mut session = Session::new(Arc::new(Settings::new(server.tables())));
    let mut ask = |command: &str| {
        session.receive(command.as_bytes());
        // The handlers are not async, so nothing is pending.
        drop(session.run(&server, &origin));
        session.take_output()
    };
    ask("{\"execute\": \"qmp_capabilities\"}");
    if ask(command) != b"{\"return\": {}}\r\n" {
        return Err(Error::other("the command fails"));
    }
    print_median(
        || {
            for _ in 0..TIMES {
                std::hint::black_box(ask(command));
            }
        },
        f64::from(TIMES),
    )
}

/// Parses one message of so many tokens to a tree.
pub(crate) fn tokens(count: usize) -> Result<()> {
    // A number and a comma are two tokens.
    let text = format!("[{}0]", "0,".repeat(count / 2 - 2));
    print_median(
        || {
            let mut parser = Parser::new();
            parser.feed(text.as_bytes());
            let message = matches!(parser.next(), Some(Item::Message(_)));
            assert!(message, "the message is not too large");
        },
        1.0,
    )
}

fn print_median(mut round: impl FnMut(), parts: f64) -> Result<()> {
    let started = Instant::now();
    let mut times = Vec::new();
    while times.len() < 5 || started.elapsed() < Duration::from_secs(1) {
        let round_started = Instant::now();
        round();
        times.push(round_started.elapsed().as_secs_f64() / parts);
    }
    times.sort_by(f64::total_cmp);
    println!("{}", times[times.len() / 2]);
    Ok(())
}
