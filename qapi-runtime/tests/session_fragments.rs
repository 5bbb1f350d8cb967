//! Whatever the pieces in which input arrives, the output is the same.

mod session_stub;

use proptest::prelude::*;
use qapi_runtime::session::{Session, Settings};
use session_stub::{Server, TABLES};
use std::sync::Arc;

/// What clients send, well-formed or not.
fn part() -> impl Strategy<Value = Vec<u8>> {
    let known: &[&[u8]] = &[
        br#"{"execute": "qmp_capabilities"}"#,
        br#"{"execute": "qmp_capabilities", "arguments": {"enable": ["oob"]}, "id": 1.50}"#,
        b"{'execute': 'query-name', 'id': {'b': 1, 'a': '\xc3\xa9\\u0041'}}",
        br#"{"exec-oob": "query-yank", "id": null}"#,
        br#"{"execute": "set-action", "arguments": {"panic": "bogus"}}"#,
        br#"{"execute": "raw", "arguments": {"a": [1, 2.5, "x", true, null, {}]}}"#,
        br#"{"execute": "quiet"}"#,
        b"{]}",
        b"[[",
        b"\xff",
        b"\"open\n",
        b" true 12 ",
    ];
    prop_oneof![
        4 => proptest::sample::select(known.to_vec()).prop_map(<[u8]>::to_vec),
        1 => proptest::collection::vec(any::<u8>(), 0..8),
    ]
}

fn answers<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let server = Server::default();
    let mut session = Session::new(Arc::new(Settings::new(&TABLES)));
    for piece in pieces {
        session.receive(piece);
        assert!(session.run(&server, &Arc::default()).is_empty());
    }
    session.take_output()
}

proptest! {
    #[test]
    fn fragments_do_not_matter(
        parts in proptest::collection::vec(part(), 0..12),
        sizes in proptest::collection::vec(1usize..40, 1..20),
    ) {
        let input = parts.concat();
        let whole = answers([&*input]);
        prop_assert_eq!(&whole, &answers(input.chunks(1)));
        let mut rest = &*input;
        let mut pieces = Vec::new();
        for size in sizes.iter().cycle() {
            let (piece, others) = rest.split_at((*size).min(rest.len()));
            pieces.push(piece);
            rest = others;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(&whole, &answers(pieces));
        prop_assert!(whole.is_ascii());
    }
}
