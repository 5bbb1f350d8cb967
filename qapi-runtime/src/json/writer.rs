use super::Value;
use super::chars;
use crate::codec::EncodeOptions;
use crate::{Any, Encode, Error, Features, Result};

/// Writes JSON text: pure ASCII, `, ` and `: ` between the parts, as QMP servers do.
///
/// Characters that are not ASCII, and U+007F, become `\uXXXX` with upper-case digits, those beyond U+FFFF a pair of
/// surrogates. The caller keeps to JSON's structure: one value at the top, members in objects, elements in arrays.
///
/// # Examples
///
/// ```
/// use qapi_runtime::json::Writer;
///
/// let mut out = Writer::new();
/// out.object(|out| {
///     out.member("status", "running");
///     out.member("size", &4096u64);
/// });
/// assert_eq!(out.finish()?, br#"{"status": "running", "size": 4096}"#);
/// # Ok::<(), qapi_runtime::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
    options: EncodeOptions,
    /// Nothing has been written yet into the innermost container.
    empty: bool,
    error: Option<Error>,
}

impl Writer {
    /// A writer that hides nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A writer that leaves out what the options hide.
    #[must_use]
    pub fn with_options(options: EncodeOptions) -> Self {
        Self { options, ..Self::default() }
    }

    /// A writer that uses the memory of `buffer`, whose contents it keeps in front of its own.
    #[must_use]
    pub fn with_buffer(buffer: Vec<u8>, options: EncodeOptions) -> Self {
        Self { bytes: buffer, options, ..Self::default() }
    }

    /// What is left out.
    #[must_use]
    pub fn options(&self) -> EncodeOptions {
        self.options
    }

    /// The text so far.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The text.
    ///
    /// # Errors
    ///
    /// The first fault: a number that JSON cannot express, or what was given to [`fail`](Self::fail).
    pub fn finish(self) -> Result<Vec<u8>> {
        match self.error {
            None => Ok(self.bytes),
            Some(error) => Err(error),
        }
    }

    /// The text whatever happened, as a string.
    pub(crate) fn into_text(self) -> String {
        // Everything that is written is ASCII, except through `raw`.
        String::from_utf8(self.bytes).unwrap_or_default()
    }

    /// Keeps an error for [`finish`](Self::finish), unless there is one already.
    #[cold]
    pub fn fail(&mut self, error: Error) {
        self.error.get_or_insert(error);
    }

    /// Whether a fault was met.
    #[must_use]
    fn has_failed(&self) -> bool {
        self.error.is_some()
    }

    /// Writes an object whose members are written by `write`.
    #[inline]
    pub fn object(&mut self, write: impl FnOnce(&mut Self)) {
        self.open(b'{');
        write(self);
        self.close(b'}');
    }

    /// Writes an array whose elements are written by `write`.
    #[inline]
    pub fn array(&mut self, write: impl FnOnce(&mut Self)) {
        self.open(b'[');
        write(self);
        self.close(b']');
    }

    /// Writes a member of the open object.
    #[inline]
    pub fn member<T: Encode + ?Sized>(&mut self, name: &str, value: &T) {
        self.key(name);
        let failed = self.has_failed();
        value.encode(self);
        if !failed && self.has_failed() {
            self.place_fault(|error| error.in_member(name.to_owned()));
        }
    }

    /// Writes a member with special features, unless they are hidden.
    #[inline]
    pub fn member_with<T: Encode + ?Sized>(&mut self, name: &str, features: Features, value: &T) {
        if !self.options.hides(features) {
            self.member(name, value);
        }
    }

    /// Writes a member if there is a value.
    #[inline]
    pub fn optional<T: Encode>(&mut self, name: &str, value: &Option<T>) {
        if let Some(value) = value {
            self.member(name, value);
        }
    }

    /// Writes a member with special features if there is a value, unless they are hidden.
    #[inline]
    pub fn optional_with<T: Encode>(&mut self, name: &str, features: Features, value: &Option<T>) {
        if let Some(value) = value {
            self.member_with(name, features, value);
        }
    }

    /// Writes an element of the open array.
    #[inline]
    pub fn element<T: Encode + ?Sized>(&mut self, value: &T) {
        self.separate();
        value.encode(self);
    }

    /// Writes the name of a member; its value has to follow.
    pub fn key(&mut self, name: &str) {
        self.separate();
        self.string(name);
        self.bytes.extend_from_slice(b": ");
    }

    /// Writes `null`.
    pub fn null(&mut self) {
        self.bytes.extend_from_slice(b"null");
    }

    /// Writes `true` or `false`.
    pub fn bool(&mut self, value: bool) {
        self.bytes.extend_from_slice(if value { b"true" } else { b"false" });
    }

    /// Writes an integer.
    pub fn int(&mut self, number: i64) {
        if number < 0 {
            self.bytes.push(b'-');
        }
        self.uint(number.unsigned_abs());
    }

    /// Writes an integer without a sign.
    pub fn uint(&mut self, mut number: u64) {
        let mut digits = [0; 20];
        let mut start = digits.len();
        loop {
            start -= 1;
            // One decimal digit always fits.
            digits[start] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.bytes.extend_from_slice(&digits[start..]);
    }

    /// Writes a number, in the shortest form that reads back equal. Infinity and "not a number" are a fault.
    pub fn float(&mut self, number: f64) {
        use std::io::Write as _;

        if number.is_finite() {
            // Writing to a Vec cannot fail; Rust's debug form of a finite number is good JSON.
            let _ = write!(self.bytes, "{number:?}");
        } else {
            self.null();
            self.fail(Error::generic(format_args!("the number {number} has no JSON form")));
        }
    }

    /// Writes a string.
    pub fn string(&mut self, text: &str) {
        self.bytes.push(b'"');
        chars::escape_into(text, &mut self.bytes);
        self.bytes.push(b'"');
    }

    /// Writes JSON text that is there already. The caller answers for its being one value, in ASCII.
    pub fn raw(&mut self, json: &[u8]) {
        self.bytes.extend_from_slice(json);
    }

    /// Writes a tree.
    pub fn value(&mut self, value: &Value<'_>) {
        match value {
            Value::Null => self.null(),
            Value::Bool(value) => self.bool(*value),
            Value::Int(number) => self.int(*number),
            Value::UInt(number) => self.uint(*number),
            Value::Float(number) => self.float(*number),
            Value::String(text) => self.string(text),
            Value::Array(elements) => self.array(|out| {
                for element in elements {
                    out.separate();
                    out.value(element);
                }
            }),
            Value::Object(object) => self.object(|out| {
                for (name, value) in object.iter() {
                    out.key(name);
                    out.value(value);
                }
            }),
        }
    }

    /// Writes a tree of serde_json.
    pub fn any(&mut self, value: &Any) {
        match value {
            Any::Array(elements) => self.array(|out| {
                for element in elements {
                    out.separate();
                    out.any(element);
                }
            }),
            Any::Object(map) => self.object(|out| {
                for (name, value) in map {
                    out.key(name);
                    out.any(value);
                }
            }),
            scalar => self.value(&Value::from(scalar)),
        }
    }

    /// Opens a container.
    pub fn open(&mut self, bracket: u8) {
        self.bytes.push(bracket);
        self.empty = true;
    }

    /// Closes the innermost container, which the caller knows to be of this kind.
    pub fn close(&mut self, bracket: u8) {
        self.bytes.push(bracket);
        self.empty = false;
    }

    fn separate(&mut self) {
        if !self.empty {
            self.bytes.extend_from_slice(b", ");
        }
        self.empty = false;
    }

    #[cold]
    fn place_fault(&mut self, place: impl FnOnce(Error) -> Error) {
        self.error = self.error.take().map(place);
    }
}
