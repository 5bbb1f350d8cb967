//! Values of command-line options: `panic=none,shutdown=pause`.
//!
//! They decode into the types of the schema, with the same checks and errors as JSON:
//!
//! ```
//! use qapi_runtime::keyval;
//!
//! let value = keyval::parse("driver=qcow2,file.filename=a,,b.img,hosts.0=x,hosts.1=y")?;
//! let file = value.get("file").and_then(|file| file.get("filename"));
//! assert_eq!(file.and_then(|name| name.as_str()), Some("a,b.img"));
//! assert_eq!(value.get("hosts").and_then(|hosts| hosts.as_array()).map(|hosts| hosts.len()), Some(2));
//! # Ok::<(), qapi_runtime::Error>(())
//! ```
//!
//! # Syntax
//!
//! A list of `KEY=VALUE`, separated by commas. It may be empty or end in a comma. A comma in a value is doubled. A key
//! consists of fragments separated by dots: names of the schema, or the indices `0`, `1`, ... of a list, none of which
//! may be missing. The last value of a key wins. `KEY` alone means `KEY=on`, and `noKEY` means `KEY=off`, unless
//! [`Syntax::short_booleans`] is off. Text that begins with `{` is JSON instead.
//!
//! Every scalar is text; the type that it is decoded into gives it a meaning ([`Mode::Keyval`]): booleans are `on` and
//! `off`, integers are decimal, hexadecimal (`0x`) or octal (`0`), and sizes may have a fraction and one of the
//! suffixes `B`, `K`, `M`, `G`, `T`, `P`, `E`, which are powers of 1,024.

mod key;
#[cfg(test)]
mod tests;
mod tree;

use crate::json::{self, Value};
use crate::{Decode, Error, Input, Mode, Result};
use key::Key;

/// Parses the value of an option, with [`Syntax::new`].
///
/// # Errors
///
/// The text does not have the syntax in the [module's documentation](self), or keys contradict each other, as in
/// `a=x,a.b=y`.
pub fn parse(text: &str) -> Result<Value<'static>> {
    Syntax::new().parse(text)
}

/// Parses and decodes the value of an option, with [`Syntax::new`].
///
/// # Errors
///
/// Those of [`parse`], and those of decoding: the first fault in schema order, with its path.
pub fn decode<T: Decode>(text: &str) -> Result<T> {
    Syntax::new().decode(text)
}

/// Whether the user asks for help: one of the comma-separated parts is `help` or `?`.
#[must_use]
pub fn wants_help(text: &str) -> bool {
    if is_json(text) {
        return false;
    }
    let mut rest = text;
    while !rest.is_empty() {
        // A doubled comma is part of a value, so not every comma ends a part.
        let (part, behind) = take_value(rest);
        if part == "help" || part == "?" {
            return true;
        }
        rest = behind;
    }
    false
}

/// The parts of the syntax that differ between options.
///
/// # Examples
///
/// ```
/// use qapi_runtime::keyval::Syntax;
///
/// let value = Syntax::new().implied_key("driver").parse("null-co,read-zeroes")?;
/// assert_eq!(value.get("driver").and_then(|driver| driver.as_str()), Some("null-co"));
/// assert_eq!(value.get("read-zeroes").and_then(|zeroes| zeroes.as_str()), Some("on"));
/// # Ok::<(), qapi_runtime::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Syntax<'a> {
    implied_key: Option<&'a str>,
    short_booleans: bool,
}

impl Default for Syntax<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a> Syntax<'a> {
    /// Creates a syntax without an implied key and with short booleans.
    #[must_use]
    pub const fn new() -> Self {
        Self { implied_key: None, short_booleans: true }
    }

    /// Lets the first part be a value without a key, which then belongs to this key.
    #[must_use]
    pub const fn implied_key(mut self, key: &'a str) -> Self {
        self.implied_key = Some(key);
        self
    }

    /// Sets whether `KEY` means `KEY=on` and `noKEY` means `KEY=off`. Otherwise a key without a value is an error.
    #[must_use]
    pub const fn short_booleans(mut self, allowed: bool) -> Self {
        self.short_booleans = allowed;
        self
    }

    /// Parses the value of an option.
    ///
    /// # Errors
    ///
    /// See [`parse`].
    pub fn parse(&self, text: &str) -> Result<Value<'static>> {
        if is_json(text) {
            return Ok(json::parse(text)?);
        }
        let mut root = tree::Root::default();
        let mut rest = text;
        let mut implied_key = self.implied_key;
        while !rest.is_empty() {
            let (part, behind) = self.part(rest, implied_key.take())?;
            root.insert(&part.key, part.value)?;
            rest = behind;
        }
        root.finish()
    }

    /// Parses and decodes the value of an option.
    ///
    /// # Errors
    ///
    /// See [`decode`].
    pub fn decode<T: Decode>(&self, text: &str) -> Result<T> {
        let value = self.parse(text)?;
        let mode = if is_json(text) { Mode::Strict } else { Mode::Keyval };
        T::decode(Input::new(&value, mode))
    }

    /// Splits off the first part.
    fn part<'t>(&self, text: &'t str, implied_key: Option<&str>) -> Result<(Part, &'t str)> {
        let key_end = text.find(['=', ',']).unwrap_or(text.len());
        let (key, behind) = text.split_at(key_end);
        if let Some(behind) = behind.strip_prefix('=') {
            let (value, rest) = take_value(behind);
            return Ok((Part { key: Key::parse(key)?, value }, rest));
        }
        if let Some(implied) = implied_key {
            let (value, rest) = take_value(text);
            return Ok((Part { key: Key::parse(implied)?, value }, rest));
        }
        if !self.short_booleans {
            Key::parse(key)?;
            return Err(Error::generic(format_args!("Expected '=' after parameter '{key}'")));
        }
        let rest = behind.strip_prefix(',').unwrap_or(behind);
        let (key, value) = match key.strip_prefix("no") {
            Some(negated) if !negated.is_empty() => (negated, "off"),
            _ => (key, "on"),
        };
        Ok((Part { key: Key::parse(key)?, value: value.to_owned() }, rest))
    }
}

struct Part {
    key: Key,
    value: String,
}

fn is_json(text: &str) -> bool {
    text.starts_with('{')
}

/// Splits off a value up to a single comma, with doubled commas made single. Returns the text after the comma as well.
fn take_value(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut rest = text;
    loop {
        let end = rest.find(',').unwrap_or(rest.len());
        value.push_str(&rest[..end]);
        match rest[end..].strip_prefix(",,") {
            None => return (value, rest.get(end + 1..).unwrap_or_default()),
            Some(behind) => {
                value.push(',');
                rest = behind;
            }
        }
    }
}
