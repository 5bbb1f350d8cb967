//! The parser and the writer: small messages, and how time grows with large ones.

#![allow(clippy::expect_used, missing_docs, reason = "a program that measures")]

use divan::{AllocProfiler, Bencher, counter::BytesCount};
use qapi_runtime::json::{Item, Parser};
use qapi_runtime::{Encode, Output};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// Commands as clients send them, one after the other.
#[divan::bench(args = [
    r#"{"execute": "query-status"}"#,
    r#"{"execute": "set-action", "arguments": {"panic": "pause", "reboot": "shutdown"}, "id": 7}"#,
    r#"{"execute": "x", "arguments": {"text": "caf\u00e9 \"quoted\"", "list": [1, 2.5, null, true]}}"#,
])]
fn one_small_message(bencher: Bencher, text: &str) {
    let mut parser = Parser::new();
    bencher.counter(BytesCount::of_str(text)).bench_local(|| {
        parser.feed(text.as_bytes());
        matches!(parser.next(), Some(Item::Message(_)))
    });
}

/// One message of so many tokens; the last is as many as a message may have.
#[divan::bench(args = [20_000, 200_000, 2_000_000])]
fn one_large_message(bencher: Bencher, tokens: usize) {
    // A number and a comma are two tokens.
    let text = format!("[{}0]", "0,".repeat(tokens / 2 - 2));
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        let mut parser = Parser::new();
        parser.feed(text.as_bytes());
        matches!(parser.next(), Some(Item::Message(_)))
    });
}

/// Text that needs no escapes, and text that does.
#[divan::bench(args = ["plain text of some length, as names and messages have it", "caf\u{e9} \u{1F600} \"quoted\"\n"])]
fn write_string(bencher: Bencher, text: &str) {
    bencher.counter(BytesCount::of_str(text)).bench_local(|| {
        let mut out = Output::new();
        text.encode(&mut out);
        out.finish()
    });
}
