#![allow(clippy::unwrap_used)]

use super::*;
use serde_json::Value as Any;

/// What a parser makes of a text: messages printed, errors in words.
fn transcript(parser: &mut Parser, text: &[u8]) -> Vec<String> {
    parser.feed(text);
    let mut items = Vec::new();
    while let Some(item) = parser.next() {
        items.push(match item {
            Item::Message(message) => to_string(message.value()),
            Item::Error(error) => error.to_string(),
        });
    }
    items
}

fn items(text: &str) -> Vec<String> {
    transcript(&mut Parser::new(), text.as_bytes())
}

fn limited(limits: Limits, text: &str) -> Vec<String> {
    transcript(&mut Parser::with_limits(limits), text.as_bytes())
}

#[test]
fn a_tree_of_every_kind() {
    let value = parse(r#"{"a": [null, true, 1, -1, 18446744073709551615, 1.5, "x"], "b": {}}"#).unwrap();
    let array = value.get("a").unwrap().as_array().unwrap();
    let wanted = [
        Value::Null,
        Value::Bool(true),
        Value::Int(1),
        Value::Int(-1),
        Value::UInt(u64::MAX),
        Value::Float(1.5),
        Value::from("x"),
    ];
    assert_eq!(array, wanted);
    assert_eq!(value.get("b"), Some(&Value::Object(Object::new())));
}

#[test]
fn strings_borrow_unless_escaped() {
    let mut parser = Parser::new();
    parser.feed("['plain', 'größe', 'a\\n']".as_bytes());
    let Some(Item::Message(message)) = parser.next() else { panic!() };
    let borrowed = |value: &Value<'_>| matches!(value, Value::String(std::borrow::Cow::Borrowed(_)));
    let is_borrowed: Vec<bool> = message.value().as_array().unwrap().iter().map(borrowed).collect();
    assert_eq!(is_borrowed, [true, true, false]);
}

#[test]
fn numbers_keep_what_64_bits_hold() {
    assert_eq!(parse("-9223372036854775808").unwrap(), Value::Int(i64::MIN));
    assert_eq!(parse("9223372036854775808").unwrap(), Value::UInt(1 << 63));
    assert_eq!(parse("18446744073709551616").unwrap(), Value::Float(18446744073709551616.0));
    assert_eq!(parse("-9223372036854775809").unwrap(), Value::Float(-9223372036854775809.0));
    assert_eq!(parse("-0").unwrap(), Value::Int(0));
    assert_eq!(parse("1e400").unwrap(), Value::Float(f64::INFINITY));
}

#[test]
fn an_id_goes_back_as_it_came() {
    let raw = |text: &str, name: &str| {
        let mut parser = Parser::new();
        parser.feed(text.as_bytes());
        match parser.next() {
            Some(Item::Message(message)) => message.raw_member(name),
            other => panic!("{text}: {other:?}"),
        }
    };
    for (id, wanted) in [
        ("1.0", "1.0"),
        ("1e400", "1e400"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("-0", "-0"),
        ("null", "null"),
        ("'\\u00e9\\'\"\\/'", r#""\u00E9'\"/""#),
        ("'\u{1F600}\u{7F}'", r#""\uD83D\uDE00\u007F""#),
        (" { 'b' :[ 1,2 ],\n'a': {} } ", r#"{"b": [1, 2], "a": {}}"#),
        ("[]", "[]"),
    ] {
        let first = format!("{{'id': {id}, 'x': {{'id': 2}}}}");
        let last = format!("{{'x': [{{'id': 2}}, 3], 'y': 1, '\\u0069d': {id}}}");
        assert_eq!(raw(&first, "id").unwrap(), wanted);
        assert_eq!(raw(&last, "id").unwrap(), wanted);
    }
    assert_eq!(raw("{'x': {'id': 2}}", "id"), None);
    assert_eq!(raw("[1]", "id"), None);
}

#[test]
fn the_first_fault_is_reported_when_brackets_balance() {
    for (text, wanted) in [
        ("[{]}", vec!["JSON parse error, expecting value"]),
        ("[{]", vec![]),
        ("{'a' 1}", vec!["JSON parse error, missing : in object pair"]),
        ("{'a': 1 'b': 2}", vec!["JSON parse error, expected separator in dict"]),
        ("[1 2]", vec!["JSON parse error, expected separator in list"]),
        ("[1,]", vec!["JSON parse error, expecting value"]),
        ("{'a': 1,}", vec!["JSON parse error, expecting value"]),
        ("{'a': 1, 'a': 2}", vec!["JSON parse error, duplicate key"]),
        ("{'a': 1, 'a': 2, 'b': bad}", vec!["JSON parse error, duplicate key"]),
        ("{'a': 1, 'a': bad}", vec!["JSON parse error, invalid keyword 'bad'"]),
        ("[{'a': 1, 'a': [{}, bad]}]", vec!["JSON parse error, invalid keyword 'bad'"]),
        ("{[bad]: 1}", vec!["JSON parse error, invalid keyword 'bad'"]),
        ("{'\\u12': 1}", vec!["JSON parse error, \\u12' is not a valid Unicode character"]),
    ] {
        assert_eq!(items(text), wanted, "{text}");
    }
}

#[test]
fn recovery_ends_where_a_token_can_begin() {
    let stray = "JSON parse error, stray '@'";
    assert_eq!(items("@\t'a' 1 true\n2 "), [stray, "2"]);
    assert_eq!(items("@ 'a' []"), [stray, "[]"]);
    assert_eq!(items("@ 'a' {}"), [stray, "{}"]);
    for end in ["]", "}", ":", ","] {
        assert_eq!(items(&format!("@ 'a' {end} 1 ")), [stray, "JSON parse error, expecting value", "1"]);
    }
}

#[test]
fn duplicates_are_found_among_many() {
    let many: String = (0..1000).map(|index| format!("'m{index}': 1,")).collect();
    assert_eq!(items(&format!("{{{many} 'last': 1}}")).len(), 1);
    assert_eq!(items(&format!("{{{many} 'm500': 1}}")), ["JSON parse error, duplicate key"]);
}

#[test]
fn limits_hold_and_what_follows_is_new_input() {
    let depth = Limits::QMP.depth(2);
    assert_eq!(limited(depth, "[[1]]"), ["[[1]]"]);
    let wanted = [
        "JSON nesting depth limit exceeded",
        "JSON parse error, expecting value",
        "JSON parse error, expecting value",
    ];
    assert_eq!(limited(depth, "[{[]]"), wanted[..]);
    let tokens = Limits::QMP.tokens(3);
    assert_eq!(limited(tokens, "[1]"), ["[1]"]);
    assert_eq!(
        limited(tokens, "[1,2]"),
        ["JSON token count limit exceeded", "JSON parse error, expecting value"]
    );
    let size = Limits::QMP.size(8);
    assert_eq!(limited(size, "['abc']"), ["[\"abc\"]"]);
    assert_eq!(limited(size, "['abcd']"), ["JSON token size limit exceeded"]);
    assert_eq!(limited(size, "'abcdefgh' "), ["JSON token size limit exceeded"]);
    assert_eq!(limited(size, "'abcdefg1 "), ["JSON token size limit exceeded"]);
    assert_eq!(limited(size, "123456789 "), ["JSON token size limit exceeded"]);
    // White space costs nothing.
    assert_eq!(limited(size, &format!("[{}]", " ".repeat(100))), ["[]"]);
}

#[test]
fn limits_cannot_be_raised() {
    let deep = "[".repeat(1025);
    assert_eq!(limited(Limits::QMP.depth(5000), &deep), ["JSON nesting depth limit exceeded"]);
}

#[test]
fn deep_values_fit_a_small_stack() {
    let arrays = "[".repeat(1024) + &"]".repeat(1024);
    let objects = "{'d':".repeat(1023) + "{}" + &"}".repeat(1023);
    let run = move || {
        for text in [&arrays, &objects] {
            let value = parse(text).unwrap();
            let any = Any::from(&value);
            assert_eq!(Value::from(any.clone()), value.clone());
            let mut out = Writer::new();
            out.any(&any);
            assert_eq!(out.into_bytes(), to_string(&value).into_bytes());
            assert!(!value.has_infinity());
        }
    };
    // Half of what Rust gives a thread by default is left to the callers.
    let stack = if cfg!(debug_assertions) { 3 << 19 } else { 1 << 20 };
    std::thread::Builder::new().stack_size(stack).spawn(run).unwrap().join().unwrap();
}

#[test]
fn large_messages_leave_no_large_buffers() {
    let mut parser = Parser::new();
    let text = format!("[{}1]", "'some text',".repeat(100_000));
    assert_eq!(transcript(&mut parser, text.as_bytes()).len(), 1);
    assert!(parser.memory() < 512 * 1024, "{}", parser.memory());
    assert!(parser.is_idle());
}

#[test]
fn only_what_ends_between_messages_is_idle() {
    let mut parser = Parser::new();
    parser.feed(b"[1] [2] x");
    assert!(!parser.is_idle());
    assert!(parser.next().is_some());
    assert!(parser.next().is_some() && parser.next().is_none());
    assert!(!parser.is_idle(), "a keyword may go on");
    assert_eq!(transcript(&mut parser, b" "), ["JSON parse error, invalid keyword 'x'"]);
    assert!(parser.is_idle());
    parser.feed(b"[3");
    assert!(parser.next().is_none() && !parser.is_idle());
}

#[test]
fn a_number_waits_for_what_follows() {
    let mut parser = Parser::new();
    assert_eq!(transcript(&mut parser, b"12"), Vec::<String>::new());
    assert!(!parser.is_idle());
    assert_eq!(transcript(&mut parser, b"3 "), ["123"]);
    assert_eq!(transcript(&mut parser, b"0e5 "), ["0", "JSON parse error, invalid keyword 'e'", "5"]);
}

#[test]
fn one_text_one_value() {
    assert_eq!(parse("1").unwrap(), Value::Int(1));
    for (text, wanted) in [
        ("", "JSON parse error, unexpected end of text"),
        ("[", "JSON parse error, unexpected end of text"),
        ("1 2", "JSON parse error, unexpected text after the value"),
        ("1 [", "JSON parse error, unexpected text after the value"),
        ("1 @", "JSON parse error, stray '@'"),
    ] {
        assert_eq!(parse(text).unwrap_err().to_string(), wanted, "{text}");
    }
}

#[test]
fn utf8_as_qemu_takes_it() {
    let string = |bytes: &[u8]| {
        let mut text = b"'".to_vec();
        text.extend_from_slice(bytes);
        text.push(b'\'');
        transcript(&mut Parser::new(), &text).remove(0)
    };
    assert_eq!(string(b"\xC0\x80"), r#""\u0000""#);
    assert_eq!(string("\u{10FFFD}".as_bytes()), r#""\uDBFF\uDFFD""#);
    let bad: [&[u8]; 9] = [
        b"\xC1\xBF",
        b"\xE0\x80\x80",
        b"\xED\xA0\x80",
        b"\xEF\xBF\xBE",
        b"\xF4\x90\x80\x80",
        b"\xF8\x88\x80\x80\x80",
        b"\x80",
        b"\xE2\x82",
        "\u{FDD0}".as_bytes(),
    ];
    for bytes in bad {
        assert_eq!(string(bytes), "JSON parse error, invalid UTF-8 sequence in string", "{bytes:X?}");
    }
}

#[test]
fn stray_tokens_are_shown_up_to_a_nul() {
    let stray = |bytes: &[u8]| ParseError::stray(bytes).to_string();
    assert_eq!(stray(b"'a\x00b"), "JSON parse error, stray ''a'");
    assert_eq!(stray(b"\xE2\x82\n"), "JSON parse error, stray '\u{FFFD}\n'");
    assert!(ParseError::stray(b"@").is_lexical() && !ParseError::limit("token size").is_lexical());
}

#[test]
fn long_descriptions_are_cut_between_characters() {
    let text = ParseError::syntax("é".repeat(1000)).to_string();
    assert_eq!(text, format!("JSON parse error, {}", "é".repeat(511)));
}

#[test]
fn what_is_written_is_ascii() {
    let mut out = Writer::new();
    out.string("\u{0}\u{1F}\u{8}\u{C}\n\r\t\"\\/'\u{7F}\u{80}é\u{FFFF}\u{1F600}~");
    let wanted = r#""\u0000\u001F\b\f\n\r\t\"\\/'\u007F\u0080\u00E9\uFFFF\uD83D\uDE00~""#;
    assert_eq!(String::from_utf8(out.into_bytes()).unwrap(), wanted);
}

#[test]
fn floats_read_back_equal() {
    for number in [0.0, -0.0, 1.0, 0.1, 1e17, 1e300, 5e-324, f64::MAX, -123.456] {
        let mut out = Writer::new();
        out.float(number);
        let text = String::from_utf8(out.into_bytes()).unwrap();
        assert_eq!(text.parse::<f64>().unwrap().to_bits(), number.to_bits());
        assert_eq!(serde_json::from_str::<f64>(&text).unwrap(), number);
    }
}

#[test]
fn objects_compare_without_order() {
    let equal = |a, b| parse(a).unwrap() == parse(b).unwrap();
    assert!(equal("{'a': 1, 'b': [2]}", "{'b': [2], 'a': 1}"));
    assert!(!equal("{'a': 1, 'b': 2}", "{'b': 1, 'a': 2}"));
    assert!(!equal("{'a': 1}", "{'a': 1, 'b': 2}"));
    assert!(!equal("{'a': 1}", "{'b': 1}"));
}

#[test]
fn objects_can_be_edited() {
    let mut object = Object::new();
    object.push("a", 1i64);
    assert_eq!(object.insert("a", 2i64), Some(Value::Int(1)));
    assert_eq!(object.insert("b", "x"), None);
    assert_eq!(object.remove("a"), Some(Value::Int(2)));
    assert_eq!((object.len(), object.get("b")), (1, Some(&Value::from("x"))));
}
