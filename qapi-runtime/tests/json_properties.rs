//! Properties of the parser and the writer, with serde_json as the oracle.

#![allow(clippy::unwrap_used, missing_docs)]

use proptest::prelude::*;
use qapi_runtime::json::{Item, Limits, Parser};
use qapi_runtime::{Output, json};
use serde_json::Value as Json;

fn has_noncharacter(text: &str) -> bool {
    text.chars().any(|c| u32::from(c) & 0xFFFE == 0xFFFE || ('\u{FDD0}'..='\u{FDEF}').contains(&c))
}

fn string() -> impl Strategy<Value = String> {
    any::<String>().prop_filter("the dialect has no noncharacters", |text| !has_noncharacter(text))
}

/// Any JSON value that both have.
fn value() -> impl Strategy<Value = Json> {
    let scalar = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        proptest::num::f64::NORMAL.prop_map(Json::from),
        string().prop_map(Json::from),
    ];
    scalar.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Json::from),
            proptest::collection::btree_map(string(), inner, 0..8)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

/// Bytes that look like JSON often enough to reach every state.
fn almost_json() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&'static [u8]> = vec![
        b"{",
        b"}",
        b"[",
        b"]",
        b":",
        b",",
        b"\"",
        b"'",
        b"\\",
        b"\\u",
        b"\\uD83D",
        b"\\uDE00",
        b"00E9",
        b"0",
        b"1",
        b"-",
        b"+",
        b".",
        b"e",
        b"E5",
        b"12",
        b"true",
        b"null",
        b"nul",
        b" ",
        b"\n",
        b"\t",
        b"\r",
        b"\x00",
        b"\x1B",
        b"@",
        b"%",
        b"\xC3\xA9",
        b"\xC3",
        b"\xE2\x82",
        b"\xFE",
        b"\xFF",
        b"\xEF\xBF\xBE",
        b"\"a\"",
        b"'b'",
        b"{}",
        b"[]",
        b"\"id\": ",
        b"{'a': 1}",
        b"x",
    ];
    let piece = prop_oneof![
        8 => proptest::sample::select(pieces).prop_map(<[u8]>::to_vec),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// Everything a parser says about `parts`, fed one after the other.
fn transcript<'a>(limits: Limits, parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
    let mut parser = Parser::with_limits(limits);
    let mut items = Vec::new();
    for part in parts {
        parser.feed(part);
        while let Some(item) = parser.next() {
            items.push(match item {
                Item::Message(message) => {
                    format!("{} {:?}", json::to_string(message.value()), message.raw_member("id"))
                }
                Item::Error(error) => error.to_string(),
            });
        }
    }
    items.push(format!("idle: {}", parser.is_idle()));
    items
}

fn small_limits() -> impl Strategy<Value = Limits> {
    prop_oneof![
        Just(Limits::QMP),
        (1..6usize, 1..20usize, 1..40usize)
            .prop_map(|(depth, tokens, size)| Limits::QMP.depth(depth).tokens(tokens).size(size)),
    ]
}

/// Equal, but for the last digit of a double, with which serde_json is not exact by default.
fn about_equal(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(x), Json::Number(y)) => {
            let (x_float, y_float) = (x.as_f64().unwrap(), y.as_f64().unwrap());
            x == y || ((x.is_f64() || y.is_f64()) && (x_float - y_float).abs() <= x_float.abs() * 1e-15)
        }
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| about_equal(a, b))
        }
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(name, value)| b.get(name).is_some_and(|b| about_equal(value, b)))
        }
        _ => a == b,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_serde_json_prints_is_read_equal(value in value()) {
        for text in [serde_json::to_string(&value).unwrap(), serde_json::to_string_pretty(&value).unwrap()] {
            prop_assert_eq!(&Json::from(json::parse(&text).unwrap()), &value);
        }
    }

    #[test]
    fn what_the_writer_prints_serde_json_reads_equal(value in value()) {
        let mut out = Output::new();
        out.any(&value);
        let text = String::from_utf8(out.finish().unwrap()).unwrap();
        prop_assert!(text.is_ascii());
        prop_assert!(about_equal(&serde_json::from_str(&text).unwrap(), &value));
        let tree = json::parse(&text).unwrap();
        prop_assert_eq!(json::to_string(&tree), json::to_string(&json::Value::from(&value)));
        prop_assert_eq!(Json::from(tree), value);
    }

    #[test]
    fn what_both_accept_is_equal(text in almost_json()) {
        let Ok(text) = String::from_utf8(text) else { return Ok(()) };
        if let (Ok(theirs), Ok(ours)) = (serde_json::from_str::<Json>(&text), json::parse(&text)) {
            prop_assert!(about_equal(&theirs, &Json::from(ours)), "{}", text);
        }
    }

    #[test]
    fn a_raw_member_is_valid_and_equal(value in value()) {
        let text = serde_json::to_string(&serde_json::json!({"before": [{"id": 1}], "id": value, "z": {}})).unwrap();
        let mut parser = Parser::new();
        parser.feed(text.as_bytes());
        let Some(Item::Message(message)) = parser.next() else { panic!("{text}") };
        let raw = message.raw_member("id").unwrap();
        prop_assert!(raw.is_ascii());
        prop_assert_eq!(Json::from(json::parse(&raw).unwrap()), value);
    }

    #[test]
    fn fragments_make_no_difference(text in almost_json(), limits in small_limits(), cuts in any::<Vec<prop::sample::Index>>()) {
        let whole = transcript(limits, [text.as_slice()]);
        prop_assert_eq!(&transcript(limits, text.chunks(1)), &whole);
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
        at.extend([0, text.len()]);
        at.sort_unstable();
        prop_assert_eq!(&transcript(limits, at.windows(2).map(|pair| &text[pair[0]..pair[1]])), &whole);
    }

    #[test]
    fn random_bytes_do_no_harm(text in any::<Vec<u8>>(), limits in small_limits()) {
        prop_assert_eq!(transcript(limits, text.chunks(1)), transcript(limits, [text.as_slice()]));
    }

    #[test]
    fn a_control_byte_always_resynchronises(text in almost_json(), marker in prop::sample::select(vec![0u8, 0x1B, 0xFE, 0xFF])) {
        let mut parser = Parser::new();
        parser.feed(&text);
        while parser.next().is_some() {}
        parser.feed(&[marker]);
        let mut errors = 0;
        while let Some(item) = parser.next() {
            errors += usize::from(matches!(item, Item::Error(_)));
        }
        prop_assert!(errors >= 1);
        parser.feed(b"{'good': true}");
        let Some(Item::Message(message)) = parser.next() else { panic!() };
        prop_assert_eq!(json::to_string(message.value()), r#"{"good": true}"#);
    }
}
