//! QMP's JSON: the same messages whatever the pieces, and what was accepted is written so that it reads the same.

use crate::digest::Digest;
use qapi_runtime::Output;
use qapi_runtime::json::{self, Item, Parser, Value};

pub(super) fn run(input: &[u8]) -> Vec<u64> {
    let whole = items([input]);
    let bytes = items(input.chunks(1));
    assert_eq!(whole.len(), bytes.len(), "as many messages byte by byte");
    let mut digest = Digest::new();
    digest.add_size(whole.len());
    for (whole, bytes) in whole.iter().zip(&bytes) {
        // Compared as text: NaN is not equal to itself, and no number that was read is one.
        assert_eq!(format!("{whole:?}"), format!("{bytes:?}"), "the same messages byte by byte");
        match whole {
            Ok((value, id)) => {
                describe(value, 0, &mut digest);
                digest.add(("id", id.is_some()));
                reprint(value);
                id.iter().for_each(|id| check_id(id));
            }
            Err(message) => digest.add_message(message),
        }
    }
    digest.finish()
}

type Found = Result<(Value<'static>, Option<String>), String>;

fn items<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Found> {
    let mut parser = Parser::new();
    let mut found = Vec::new();
    for piece in pieces {
        parser.feed(piece);
        while let Some(item) = parser.next() {
            found.push(match item {
                Item::Message(message) => {
                    let id = message.raw_member("id");
                    Ok((message.into_value().into_owned(), id))
                }
                Item::Error(error) => Err(error.to_string()),
            });
        }
    }
    found
}

fn reprint(value: &Value<'_>) {
    let mut out = Output::new();
    out.value(value);
    let Ok(bytes) = out.finish() else { return };
    assert!(bytes.iter().all(|byte| (0x20..0x7f).contains(byte)), "printed text is ASCII");
    let text = std::str::from_utf8(&bytes).expect("ASCII is UTF-8");
    let again = json::parse(text).expect("what is printed is read");
    assert_eq!(format!("{value:?}"), format!("{again:?}"), "what is printed reads the same");
}

fn check_id(id: &str) {
    assert!(id.is_ascii(), "an id is printed in ASCII");
    json::parse(id).expect("an id is JSON");
}

/// The shape of a value: kinds and nesting, a few levels down.
fn describe(value: &Value<'_>, depth: usize, digest: &mut Digest) {
    digest.add((depth, std::mem::discriminant(value)));
    if depth > 3 {
        return;
    }
    match value {
        Value::Array(elements) => {
            digest.add_size(elements.len());
            elements.iter().take(3).for_each(|element| describe(element, depth + 1, digest));
        }
        Value::Object(object) => {
            digest.add_size(object.len());
            object.iter().take(3).for_each(|(_, member)| describe(member, depth + 1, digest));
        }
        Value::String(text) => digest.add((text.is_ascii(), text.is_empty())),
        _ => {}
    }
}
