//! Sizes on a command line: what is wrong with one names what is expected.
// A test may end with a panic.
#![allow(clippy::unwrap_used)]

use qapi_runtime::json::Value;
use qapi_runtime::{Decode, Input, Mode, keyval};
use qapi_tests::types::{Builtins, SizeOrText};

const EXPECTED: &str = "expects a size below 2^64, with an optional suffix k, M, G, T, P or E";

fn fault(more: &str) -> String {
    let before = "text=,real=0,integer=0,i8=0,i16=0,i32=0,i64=0,u8=0,u16=0,u32=0";
    keyval::decode::<Builtins>(&format!("{before},{more}")).unwrap_err().to_string()
}

#[test]
fn a_member_expects_a_size() {
    assert_eq!(fault("u64=0,bytes=1Q"), format!("Parameter 'bytes' {EXPECTED}"));
    assert_eq!(fault("u64=0,bytes=1k"), "Parameter 'flag' is missing", "a suffix is taken");
    assert_eq!(fault("u64=1Q,bytes=1"), "Parameter 'u64' expects uint64", "that is no size");
}

#[test]
fn an_alternative_expects_a_size() {
    let decode = |text: &'static str| {
        let value = Value::String(text.into());
        SizeOrText::decode(Input::new(&value, Mode::Keyval))
    };
    assert_eq!(decode("4k").unwrap(), SizeOrText::Size(4096));
    assert_eq!(decode("1Q").unwrap_err().to_string(), format!("Value {EXPECTED}"));
}
