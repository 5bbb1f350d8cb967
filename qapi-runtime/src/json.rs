//! QMP's dialect of JSON: an incremental parser, a borrowed tree, and a writer.
//!
//! The dialect, its limits, and the resynchronisation after malformed input follow QEMU's monitor. In addition to RFC
//! 8259 it has strings in single quotes and the escape `\'`; it refuses Unicode noncharacters.

mod build;
mod chars;
mod convert;
mod lexer;
mod limits;
mod message;
mod number;
mod parse_error;
mod parser;
mod pretty;
mod string;
#[cfg(test)]
mod tests;
mod token;
mod value;
mod writer;

pub use limits::Limits;
pub use message::{Item, Message};
pub use parse_error::ParseError;
pub use parser::Parser;
pub(crate) use pretty::pretty;
pub use value::{Object, Value};
pub(crate) use writer::Writer;

/// Formats a value as JSON text, as servers write it. Numbers that JSON cannot express become `null`.
#[must_use]
pub fn to_string(value: &Value<'_>) -> String {
    let mut out = Writer::new();
    out.value(value);
    out.into_text()
}

/// Parses a text with exactly one value.
///
/// # Errors
///
/// The first fault, including an early end of the text or text after the value.
///
/// # Examples
///
/// ```
/// use qapi_runtime::json;
///
/// let value = json::parse(r#"{"panic": 'pause'}"#)?;
/// assert_eq!(value.get("panic").and_then(json::Value::as_str), Some("pause"));
/// # Ok::<(), json::ParseError>(())
/// ```
pub fn parse(text: &str) -> Result<Value<'static>, ParseError> {
    let mut parser = Parser::new();
    parser.feed(text.as_bytes());
    // The parser needs a byte after a number to know that the number is complete.
    parser.feed(b"\n");
    let value = match parser.next() {
        None => return Err(ParseError::unexpected_end()),
        Some(Item::Error(error)) => return Err(error),
        Some(Item::Message(message)) => message.into_value().into_owned(),
    };
    match parser.next() {
        Some(Item::Error(error)) => return Err(error),
        Some(Item::Message(_)) => return Err(ParseError::trailing()),
        None => {}
    }
    if parser.is_idle() { Ok(value) } else { Err(ParseError::trailing()) }
}
