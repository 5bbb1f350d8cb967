use super::{Any, Encode, Features, Policy};
use crate::json::{Value, Writer};
use crate::{Error, Result};

/// Encodes values as JSON text, without the parts that the [`Policy`] hides.
///
/// The text is pure ASCII, with the separators `, ` and `: `, as QMP servers print it. The caller must follow JSON's
/// structure: one value at the top, members in objects, elements in arrays.
///
/// ```
/// use qapi_runtime::Output;
///
/// let mut out = Output::new();
/// out.object(|out| {
///     out.member("status", "running");
///     out.member("size", &4096u64);
/// });
/// assert_eq!(out.finish()?, br#"{"status": "running", "size": 4096}"#);
/// # Ok::<(), qapi_runtime::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Output {
    json: Writer,
    hidden: Features,
    error: Option<Error>,
}

impl Output {
    /// Creates an output that hides nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates an output without the parts that this policy hides.
    #[must_use]
    pub fn with_policy(policy: Policy) -> Self {
        Self { hidden: policy.hidden(), ..Self::default() }
    }

    /// Returns the text.
    ///
    /// # Errors
    ///
    /// The first error: a number that JSON cannot express, or an error passed to [`fail`](Self::fail).
    pub fn finish(self) -> Result<Vec<u8>> {
        match self.error {
            None => Ok(self.json.into_bytes()),
            Some(error) => Err(error),
        }
    }

    /// Records an error for [`finish`](Self::finish), unless there already is one.
    #[cold]
    pub fn fail(&mut self, error: Error) {
        self.error.get_or_insert(error);
    }

    /// Writes an object whose members are written by `write`.
    #[inline]
    pub fn object(&mut self, write: impl FnOnce(&mut Self)) {
        self.json.open(b'{');
        write(self);
        self.json.close(b'}');
    }

    /// Writes an array whose elements are written by `write`.
    #[inline]
    pub fn array(&mut self, write: impl FnOnce(&mut Self)) {
        self.json.open(b'[');
        write(self);
        self.json.close(b']');
    }

    /// Writes a member of the open object.
    #[inline]
    pub fn member<T: Encode + ?Sized>(&mut self, name: &str, value: &T) {
        self.json.key(name);
        let failed = self.error.is_some();
        value.encode(self);
        if !failed && self.error.is_some() {
            self.place_fault(name);
        }
    }

    /// Writes a member with special features, unless they are hidden.
    #[inline]
    pub fn member_with<T: Encode + ?Sized>(&mut self, name: &str, features: Features, value: &T) {
        if !features.intersects(self.hidden) {
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
        self.json.separate();
        value.encode(self);
    }

    /// Writes `null`.
    pub fn null(&mut self) {
        self.json.null();
    }

    /// Writes `true` or `false`.
    pub fn bool(&mut self, value: bool) {
        self.json.bool(value);
    }

    /// Writes an integer.
    pub fn int(&mut self, number: i64) {
        self.json.int(number);
    }

    /// Writes an unsigned integer.
    pub fn uint(&mut self, number: u64) {
        self.json.uint(number);
    }

    /// Writes an integer that may be signed or unsigned. One beyond `i64` and `u64` is an error.
    pub(super) fn integer(&mut self, number: i128) {
        if let Ok(number) = u64::try_from(number) {
            self.json.uint(number);
        } else if let Ok(number) = i64::try_from(number) {
            self.json.int(number);
        } else {
            self.json.null();
            self.fail(Error::generic(format_args!("the number {number} is no integer of 64 bits")));
        }
    }

    /// Writes a number, in the shortest form that reads back equal. Infinity and NaN are an error.
    pub fn float(&mut self, number: f64) {
        self.json.float(number);
        self.notice_unwritable();
    }

    /// Writes a string.
    pub fn string(&mut self, text: &str) {
        self.json.string(text);
    }

    /// Writes a tree.
    pub fn value(&mut self, value: &Value<'_>) {
        self.json.value(value);
        self.notice_unwritable();
    }

    /// Writes a tree of `serde_json`.
    pub fn any(&mut self, value: &Any) {
        self.json.any(value);
        self.notice_unwritable();
    }

    fn notice_unwritable(&mut self) {
        if let Some(number) = self.json.take_unwritable() {
            self.fail(Error::generic(format_args!("the number {number} has no JSON form")));
        }
    }

    #[cold]
    fn place_fault(&mut self, name: &str) {
        self.error = self.error.take().map(|error| error.in_member(name.to_owned()));
    }
}

/// Encodes a value as JSON text.
pub(crate) fn encode<T: Encode + ?Sized>(value: &T, policy: Policy) -> Result<Vec<u8>> {
    /// Most replies are shorter, and are written without growing the buffer.
    const USUAL: usize = 128;
    let json = Writer::with_buffer(Vec::with_capacity(USUAL));
    let mut out = Output { json, ..Output::with_policy(policy) };
    value.encode(&mut out);
    out.finish()
}
