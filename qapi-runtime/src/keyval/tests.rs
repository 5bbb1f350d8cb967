#![allow(clippy::unwrap_used)]

use serde_json::json;

use super::*;
use crate::codec::{Decode, Features, Input};

fn tree(text: &str) -> serde_json::Value {
    parse(text).unwrap().into()
}

fn error(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

#[test]
fn good_texts() {
    let cases = [
        ("", json!({})),
        ("a=1", json!({"a": "1"})),
        ("a=1,", json!({"a": "1"})),
        ("a=", json!({"a": ""})),
        ("a=,b=x", json!({"a": "", "b": "x"})),
        ("a=x=y", json!({"a": "x=y"})),
        ("a=1,a=2", json!({"a": "2"})),
        ("a=x,,", json!({"a": "x,"})),
        ("a=x,,,b=y", json!({"a": "x,", "b": "y"})),
        ("a=,,,,", json!({"a": ",,"})),
        ("a.b.c=1,a.d=2", json!({"a": {"b": {"c": "1"}, "d": "2"}})),
        ("a.1=y,a.0=x", json!({"a": ["x", "y"]})),
        ("a.0.b=x,a.1.b=y", json!({"a": [{"b": "x"}, {"b": "y"}]})),
        ("a,nob", json!({"a": "on", "b": "off"})),
        ("no", json!({"no": "on"})),
        ("{'a': {'b': 1}}", json!({"a": {"b": 1}})),
    ];
    for (text, wanted) in cases {
        assert_eq!(tree(text), wanted, "{text}");
    }
}

#[test]
fn more_than_ten_elements_are_in_order() {
    let text: String = (0..12).rev().map(|index| format!("a.{index}={index},")).collect();
    assert_eq!(tree(&text), json!({"a": (0..12).map(|index| index.to_string()).collect::<Vec<_>>()}));
}

#[test]
fn bad_texts() {
    let deep = format!("{}a=x", "a.".repeat(500));
    let cases = [
        (",", "Invalid parameter ''"),
        (",a=1", "Invalid parameter ''"),
        ("=1", "Invalid parameter ''"),
        ("a =1", "Invalid parameter 'a '"),
        ("a:b", "Invalid parameter 'a:b'"),
        ("0=x", "Invalid parameter '0'"),
        ("a..b=x", "Invalid parameter 'a..b'"),
        ("a.01=x", "Invalid parameter 'a.01'"),
        ("a.99999999999999999999999=x", "Invalid parameter 'a.99999999999999999999999'"),
        ("a=1,a.b=2", "Parameters 'a.*' used inconsistently"),
        ("a.b=1,a=2", "Parameters 'a.*' used inconsistently"),
        ("a.0=1,a.b=2", "Parameters 'a.*' used inconsistently"),
        ("x.a.0=1,x.a.2=2", "Parameter 'x.a.1' is missing"),
        ("{'a': }", "JSON parse error, expecting value"),
        ("{'a': 1", "JSON parse error, unexpected end of text"),
        ("{'a': 1} x", "JSON parse error, invalid keyword 'x'"),
    ];
    for (text, wanted) in cases {
        assert_eq!(error(text), wanted, "{text}");
    }
    assert!(error(&deep).ends_with("is nested too deeply"));
}

#[test]
fn syntax_variants() {
    let strict = Syntax::new().short_booleans(false);
    assert_eq!(strict.parse("a").unwrap_err().to_string(), "Expected '=' after parameter 'a'");
    let implied = Syntax::new().implied_key("driver");
    assert_eq!(implied.parse("x,,y,b=1").unwrap().get("driver").unwrap().as_str(), Some("x,y"));
    assert_eq!(implied.parse("a=x,b").unwrap().get("driver"), None);
}

#[test]
fn help_is_asked_for() {
    let cases = [
        ("help", true),
        ("?", true),
        ("a=1,help", true),
        ("help,a=1", true),
        ("a=help", false),
        ("a=x,,help", false),
        ("a=x,,,help", true),
        ("{'help': 1}", false),
        ("", false),
    ];
    for (text, wanted) in cases {
        assert_eq!(wants_help(text), wanted, "{text}");
    }
}

struct Sample {
    size: u64,
    signed: i64,
    flag: bool,
    number: f64,
    list: Option<Vec<u8>>,
    sizes: Option<Vec<u64>>,
    count: Option<u64>,
}

impl Decode for Sample {
    fn decode(input: Input<'_>) -> Result<Self> {
        input.object(|m| {
            Ok(Self {
                size: m.required_size("size", Features::NONE)?,
                signed: m.required("signed")?,
                flag: m.required("flag")?,
                number: m.required("number")?,
                list: m.optional("list")?,
                sizes: m.optional_size("sizes", Features::NONE)?,
                count: m.optional("count")?,
            })
        })
    }
}

#[test]
fn text_decodes_into_types() {
    let sample: Sample = decode("size=1.5G,signed=-0x10,flag=on,number=2.5,list.0=1,list.1=017").unwrap();
    assert_eq!((sample.size, sample.signed, sample.flag), (3 << 29, -16, true));
    assert_eq!((sample.number, sample.list), (2.5, Some(vec![1, 15])));
    let sample: Sample = decode("size=1,signed=1,flag=on,number=1,sizes.0=4k,count=3").unwrap();
    assert_eq!((sample.sizes, sample.count), (Some(vec![4096]), Some(3)));
    let sample: Sample = decode("{'size': 1, 'signed': 2, 'flag': false, 'number': 3}").unwrap();
    assert_eq!((sample.size, sample.signed, sample.flag, sample.list), (1, 2, false, None));
    let good = "size=1,signed=1,flag=on,number=1,";
    let size = "Parameter 'size' expects a size below 2^64, with an optional suffix k, M, G, T, P or E";
    for (more, wanted) in [
        ("size=-1", size),
        ("size=1x", size),
        ("size=1.5B", size),
        ("size=16E", size),
        ("size=", size),
        ("sizes.0=4k,sizes.1=1Q", &size.replace("size'", "sizes[1]'")),
        ("count=1Q", "Parameter 'count' expects uint64"),
        ("signed=1k", "Parameter 'signed' expects integer"),
        ("flag=maybe", "Parameter 'flag' expects 'on' or 'off'"),
        ("number=inf", "Parameter 'number' expects number"),
        ("list.0=256", "Parameter 'list[0]' expects uint8_t"),
        ("list=1", "Invalid parameter type for 'list', expected: array"),
        ("bogus=1", "Parameter 'bogus' is unexpected"),
    ] {
        let error = decode::<Sample>(&format!("{good}{more}")).err().unwrap().to_string();
        assert_eq!(error, wanted, "{more}");
    }
    let error = decode::<Sample>("{'size': '1'}").err().unwrap().to_string();
    assert_eq!(error, "Parameter 'size' expects uint64", "JSON has types of its own");
}
