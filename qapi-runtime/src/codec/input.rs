use std::borrow::Cow;

use super::{Features, Leniency, Mode, Policy, stack};
use crate::error::Kind;
use crate::json::{Object, Value};
use crate::{Error, Result};

/// The JSON type of a value, which selects the alternative of an alternate.
///
/// In [`Mode::Keyval`] every scalar is [`String`](Self::String).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JsonKind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A number, with or without a fraction.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// A value to decode, and the rules for decoding it.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    pub(super) value: &'a Value<'a>,
    pub(super) cx: Cx,
}

/// The rules, which are the same for the whole tree.
#[derive(Clone, Copy)]
pub(super) struct Cx {
    pub(super) mode: Mode,
    pub(super) policy: Policy,
    pub(super) leniency: Leniency,
    pub(super) stack: stack::Base,
    /// Whether unsigned integers are sizes: a type of their own in the schema, but not in Rust.
    pub(super) sizes: bool,
}

static NO_MEMBERS: Value<'static> = Value::Object(Object::new());

impl<'a> Input<'a> {
    /// Creates an input for a tree, in this mode. Deprecated and unstable parts are accepted, see
    /// [`with_policy`](Self::with_policy).
    ///
    /// Create it on the thread, and at about the stack depth, where it is decoded: the decoder refuses input that would
    /// take more than about 512 KiB of stack from here.
    #[must_use]
    pub fn new(value: &'a Value<'a>, mode: Mode) -> Self {
        let (policy, leniency) = (Policy::ACCEPT, Leniency::STRICT);
        Self { value, cx: Cx { mode, policy, leniency, stack: stack::Base::here(), sizes: false } }
    }

    /// Creates an input for the empty object: the arguments of a command that was sent without any.
    #[must_use]
    pub fn empty(mode: Mode) -> Input<'static> {
        Input::new(&NO_MEMBERS, mode)
    }

    /// Sets the policy. Its output part applies to the return value of a [`Call`](crate::Call).
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { cx: Cx { policy, ..self.cx }, ..self }
    }

    /// Sets which faults are accepted that QEMU refuses.
    #[must_use]
    pub(crate) fn with_leniency(self, leniency: Leniency) -> Self {
        Self { cx: Cx { leniency, ..self.cx }, ..self }
    }

    /// Marks the value as a `size` of the schema, or an array of them. Rust has `u64` for both `size` and `uint64`, so
    /// the input has to know which one an error must name.
    #[doc(hidden)]
    #[must_use]
    pub fn as_size(self) -> Self {
        Self { cx: Cx { sizes: true, ..self.cx }, ..self }
    }

    /// The value itself.
    #[must_use]
    pub fn value(&self) -> &'a Value<'a> {
        self.value
    }

    /// How strictly the value is decoded.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.cx.mode
    }

    /// The policy.
    pub(crate) fn policy(&self) -> Policy {
        self.cx.policy
    }

    /// The JSON type of the value.
    #[doc(hidden)]
    #[must_use]
    pub fn kind(&self) -> JsonKind {
        match self.value {
            Value::Null => JsonKind::Null,
            Value::Bool(_) => JsonKind::Bool,
            Value::Int(_) | Value::UInt(_) | Value::Float(_) => JsonKind::Number,
            Value::String(_) => JsonKind::String,
            Value::Array(_) => JsonKind::Array,
            Value::Object(_) => JsonKind::Object,
        }
    }

    /// The elements of an array.
    ///
    /// # Errors
    ///
    /// The value is not an array, or is nested too deeply.
    pub fn elements(self) -> Result<impl ExactSizeIterator<Item = Input<'a>>> {
        self.cx.stack.check()?;
        let Value::Array(elements) = self.value else {
            return Err(self.wrong_type("array"));
        };
        Ok(elements.iter().map(move |value| Input { value, cx: self.cx }))
    }

    /// The text of a string.
    ///
    /// # Errors
    ///
    /// The value is not a string.
    pub fn text(self) -> Result<&'a str> {
        match self.value {
            Value::String(text) => Ok(text),
            _ => Err(self.wrong_type("string")),
        }
    }

    /// The index of the value in the names of an enum. `features` has the features of each name, or is empty when no
    /// name has any.
    ///
    /// `None` for a name that is not listed, in [`Mode::Lenient`] only.
    ///
    /// # Errors
    ///
    /// The value is not a string, the name is not listed (in other modes), or the policy refuses the value.
    pub fn enum_index(
        self,
        names: &'static [&'static str],
        features: &'static [Features],
    ) -> Result<Option<usize>> {
        let text = self.text()?;
        let Some(index) = names.iter().position(|name| *name == text) else {
            return if self.mode() == Mode::Lenient { Ok(None) } else { Err(self.bad_value()) };
        };
        let refusal = features.get(index).and_then(|features| self.cx.policy.refusal(*features, text));
        if let Some(word) = refusal {
            return Err(Error::of(Kind::ValuePolicy { word, value: text.to_owned() }));
        }
        Ok(Some(index))
    }

    /// [`enum_index`](Self::enum_index) for an enum that cannot keep unknown names.
    ///
    /// # Errors
    ///
    /// Those of [`enum_index`](Self::enum_index), and an unlisted name in every mode.
    pub fn enum_closed(self, names: &'static [&'static str], features: &'static [Features]) -> Result<usize> {
        self.enum_index(names, features)?.ok_or_else(|| self.bad_value())
    }

    /// The error for a value of another JSON type than `expected`, which is the name of a JSON type or of an alternate.
    #[cold]
    #[must_use]
    pub fn wrong_type(&self, expected: impl Into<Cow<'static, str>>) -> Error {
        Error::of(Kind::WrongType { expected: expected.into() })
    }

    /// The error for a string, or a command-line value, that is not one of the accepted ones.
    #[cold]
    #[must_use]
    pub fn bad_value(&self) -> Error {
        let value = match self.value {
            Value::String(text) => text.clone().into_owned(),
            other => crate::json::to_string(other),
        };
        Error::of(Kind::BadValue { value })
    }

    /// The error for a value that does not fit the type, as in `expects uint8_t`.
    #[cold]
    #[must_use]
    pub fn expects(&self, what: &'static str) -> Error {
        Error::of(Kind::Expects { what })
    }
}
