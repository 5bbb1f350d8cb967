use super::Value;
use super::chars;
use serde_json::Value as Tree;

/// Writes JSON text: pure ASCII with the separators `, ` and `: `, as QMP servers do.
///
/// Characters that are not ASCII, and U+007F, become `\uXXXX` with upper-case digits; those beyond U+FFFF become a
/// surrogate pair. The caller must follow JSON's structure: one value at the top, members in objects, elements in
/// arrays.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    bytes: Vec<u8>,
    /// The innermost container is still empty.
    empty: bool,
    /// The first number that JSON cannot express.
    unwritable: Option<f64>,
}

impl Writer {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Creates a writer that appends to `buffer`.
    pub(crate) fn with_buffer(buffer: Vec<u8>) -> Self {
        Self { bytes: buffer, ..Self::default() }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(crate) fn into_text(self) -> String {
        // Everything that is written is ASCII, except through `raw`.
        String::from_utf8(self.bytes).unwrap_or_default()
    }

    /// The first number since the last call that JSON cannot express.
    pub(crate) fn take_unwritable(&mut self) -> Option<f64> {
        self.unwritable.take()
    }

    /// Writes an object whose members are written by `write`.
    #[inline]
    pub(crate) fn object(&mut self, write: impl FnOnce(&mut Self)) {
        self.open(b'{');
        write(self);
        self.close(b'}');
    }

    /// Writes an array whose elements are written by `write`.
    #[inline]
    pub(crate) fn array(&mut self, write: impl FnOnce(&mut Self)) {
        self.open(b'[');
        write(self);
        self.close(b']');
    }

    /// Writes the name of a member. Its value must follow.
    pub(crate) fn key(&mut self, name: &str) {
        self.separate();
        self.string(name);
        self.bytes.extend_from_slice(b": ");
    }

    pub(crate) fn null(&mut self) {
        self.bytes.extend_from_slice(b"null");
    }

    pub(crate) fn bool(&mut self, value: bool) {
        self.bytes.extend_from_slice(if value { b"true" } else { b"false" });
    }

    pub(crate) fn int(&mut self, number: i64) {
        if number < 0 {
            self.bytes.push(b'-');
        }
        self.uint(number.unsigned_abs());
    }

    pub(crate) fn uint(&mut self, mut number: u64) {
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

    /// Writes a number, in the shortest form that reads back equal. Infinity and NaN become `null`, see
    /// [`take_unwritable`](Self::take_unwritable).
    pub(crate) fn float(&mut self, number: f64) {
        use std::io::Write as _;

        if number.is_finite() {
            // Writing to a `Vec` cannot fail. Rust's `Debug` form of a finite number is valid JSON.
            let _ = write!(self.bytes, "{number:?}");
        } else {
            self.null();
            self.unwritable.get_or_insert(number);
        }
    }

    pub(crate) fn string(&mut self, text: &str) {
        self.bytes.push(b'"');
        chars::escape_into(text, &mut self.bytes);
        self.bytes.push(b'"');
    }

    /// Writes existing JSON text. The caller guarantees that it is one value, in ASCII.
    pub(crate) fn raw(&mut self, json: &[u8]) {
        self.bytes.extend_from_slice(json);
    }

    /// Writes a tree.
    pub(crate) fn value(&mut self, value: &Value<'_>) {
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

    /// Writes a tree of `serde_json`.
    pub(crate) fn any(&mut self, value: &Tree) {
        match value {
            Tree::Array(elements) => self.array(|out| {
                for element in elements {
                    out.separate();
                    out.any(element);
                }
            }),
            Tree::Object(map) => self.object(|out| {
                for (name, value) in map {
                    out.key(name);
                    out.any(value);
                }
            }),
            scalar => self.value(&Value::from(scalar)),
        }
    }

    /// Opens a container.
    pub(crate) fn open(&mut self, bracket: u8) {
        self.bytes.push(bracket);
        self.empty = true;
    }

    /// Closes the innermost container, which must be of this kind.
    pub(crate) fn close(&mut self, bracket: u8) {
        self.bytes.push(bracket);
        self.empty = false;
    }

    /// Begins an element of the open container.
    pub(crate) fn separate(&mut self) {
        if !self.empty {
            self.bytes.extend_from_slice(b", ");
        }
        self.empty = false;
    }
}
