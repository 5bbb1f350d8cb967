//! Generated types: what decodes is written so that it decodes again to the same.

use super::schema::{commands, features, machine, types};
use crate::digest::Digest;
use crate::seeds::{self, Seed};
use qapi_runtime::json::{self, Item, Parser, Value};
use qapi_runtime::{Decode, Encode, Input, Mode, Output, Result};
use std::path::Path;

/// Decodes as one type.
type Try = fn(&Value<'_>, Mode) -> Result<()>;

macro_rules! tries {
    ($($type:ty),* $(,)?) => { &[$(as_type::<$type>),*] };
}

const TRIES: &[Try] = tries![
    machine::command::SetAction,
    machine::GuestPanicInformation,
    machine::event::GuestPanicked,
    machine::event::MemoryFailure,
    qapi_runtime::introspect::SchemaInfo,
    qapi_runtime::control::VersionInfo,
    types::Builtins,
    types::Optionals,
    types::Lists,
    types::ColouredPoint,
    types::Shape,
    types::Tagged,
    types::LateTag,
    types::Everything,
    types::SwitchOrNumber,
    types::Chain,
    types::Tree,
    types::Ping,
    types::Node,
    types::Wrapper,
    types::command::EchoEverything,
    types::EchoResult,
    features::Settings,
    features::Choice,
    features::Either,
    features::command::SetEither,
    commands::command::Inline,
    commands::command::BoxedUnion,
    commands::command::ReturnAny,
    qapi_runtime::Any,
];

/// The first byte is the type, the rest is JSON.
pub(super) fn run(input: &[u8]) -> Vec<u64> {
    let Some((kind, text)) = input.split_first() else { return Vec::new() };
    let kind = usize::from(*kind) % TRIES.len();
    let mut parser = Parser::new();
    parser.feed(text);
    parser.feed(b"\n");
    let mut digest = Digest::new();
    digest.scope(kind);
    while let Some(item) = parser.next() {
        let Item::Message(message) = item else { continue };
        for mode in [Mode::Strict, Mode::Lenient, Mode::Keyval] {
            match TRIES[kind](message.value(), mode) {
                Ok(()) => {
                    digest.add(mode);
                    digest.add_size(text.len());
                }
                Err(error) => {
                    digest.add_message(&error.to_string());
                    digest.add_size(error.path().to_string().len());
                }
            }
        }
    }
    digest.finish()
}

fn as_type<T: Decode + Encode>(value: &Value<'_>, mode: Mode) -> Result<()> {
    let decoded = T::decode(Input::new(value, mode))?;
    // A value that JSON cannot tell is refused by the writer, not by the type.
    let Ok(bytes) = print(&decoded) else { return Ok(()) };
    let text = std::str::from_utf8(&bytes).expect("printed text is ASCII");
    let again = json::parse(text).expect("what is printed is read");
    // What came as text is printed with its type, and read as any client reads.
    let mode = if mode == Mode::Keyval { Mode::Strict } else { mode };
    let again = T::decode(Input::new(&again, mode)).expect("what is printed decodes");
    assert_eq!(print(&again).expect("it was printed before"), bytes, "it is the same");
    Ok(())
}

fn print(value: &impl Encode) -> Result<Vec<u8>> {
    let mut out = Output::new();
    value.encode(&mut out);
    out.finish()
}

pub(super) fn seeds(data: Option<&Path>) -> Vec<Seed> {
    let own = [
        r#"{"panic": "none", "reboot": "reset"}"#,
        r#"{"type": "hyper-v", "arg1": 1, "arg2": 2, "arg3": 3, "arg4": 4, "arg5": 5}"#,
        r#"{"action": "pause", "info": {"type": "s390", "core": 1, "psw-mask": 2, "psw-addr": 3, "reason": "unknown"}}"#,
        r#"{"name": "x", "meta-type": "object", "members": [{"name": "a", "type": "int", "default": null}]}"#,
        r#"{"kind": "pair", "left": {"kind": "leaf", "value": 1}, "right": {"kind": "leaf", "value": 2}}"#,
        r#"{"name": "a", "next": {"name": "b", "next": {"name": "c"}}}"#,
        r#"{"x": 1, "y": -1, "name": "n", "colour": "dark-blue"}"#,
        r#"{"level": "middling", "floor": 1, "ceiling": 2, "hint": "h"}"#,
        r#"{"name": "x", "way": "careful", "plans": ["p", {"way": "careful", "steps": 255}]}"#,
        r#"{"children": [{"children": []}, {"children": [{"children": []}]}]}"#,
    ];
    let own = own.iter().enumerate().flat_map(|(index, text)| {
        // Each with every third type: most do not fit, which mutation mends.
        (0..TRIES.len() as u8).filter(move |kind| (usize::from(*kind) + index) % 3 == 0).map(move |kind| {
            let mut bytes = vec![kind];
            bytes.extend_from_slice(text.as_bytes());
            Seed { bytes, own: true }
        })
    });
    own.chain(seeds::conversations(data)).collect()
}
