//! Errors that travel as QMP error replies.

mod class;
mod path;

use crate::json::ParseError;
use core::fmt;
use std::borrow::Cow;

pub use class::ErrorClass;
use path::{Path, Segment};

/// The result type of most functions of this crate.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// An error with a class and a description: the two things an error reply carries.
///
/// It is one pointer wide, so that a `Result` stays small. An error about a member of the input has the path to that
/// member, which the decoder builds while it returns: `backend.data.addr.data.port`, `capabilities[1].state`. The
/// [`Display`](fmt::Display) form is the description, including the path.
pub struct Error(Box<Inner>);

struct Inner {
    class: ErrorClass,
    kind: Kind,
    path: Path,
}

/// What is wrong, without the path.
pub(crate) enum Kind {
    /// The caller's text, without the path.
    Text(String),
    Missing,
    Unexpected,
    WrongType {
        expected: Cow<'static, str>,
    },
    /// A scalar of the right kind, but not of the right form or range.
    Expects {
        what: &'static str,
    },
    BadValue {
        value: String,
    },
    MemberPolicy {
        word: &'static str,
    },
    ValuePolicy {
        word: &'static str,
        value: String,
    },
    TooDeep,
}

impl Error {
    /// Creates an error of a class.
    ///
    /// # Examples
    ///
    /// ```
    /// use qapi_runtime::{Error, ErrorClass};
    ///
    /// let error = Error::new(ErrorClass::DeviceNotFound, "Device 'ide0' not found");
    /// assert_eq!(error.class().as_str(), "DeviceNotFound");
    /// ```
    #[cold]
    pub fn new(class: ErrorClass, description: impl fmt::Display) -> Self {
        Self::with_kind(class, Kind::Text(description.to_string()))
    }

    /// Creates an error of class `GenericError`: use it unless clients have to distinguish the error from others.
    #[cold]
    pub fn generic(description: impl fmt::Display) -> Self {
        Self::new(ErrorClass::GenericError, description)
    }

    /// The class in the error reply.
    #[must_use]
    pub fn class(&self) -> &ErrorClass {
        &self.0.class
    }

    /// The description in the error reply, for people to read.
    #[must_use]
    pub fn desc(&self) -> String {
        self.to_string()
    }

    /// The path to the faulty member of the input, such as `capabilities[1].state`; empty when there is none.
    #[must_use]
    pub fn path(&self) -> String {
        self.0.path.to_string()
    }

    /// Adds a member's name in front of the path.
    #[cold]
    #[must_use]
    pub fn in_member(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.0.path.push_front(Segment::Member(name.into()));
        self
    }

    /// Adds a list index, counted from 0, in front of the path.
    #[cold]
    #[must_use]
    pub fn in_element(mut self, index: usize) -> Self {
        self.0.path.push_front(Segment::Index(index));
        self
    }

    #[cold]
    pub(crate) fn with_kind(class: ErrorClass, kind: Kind) -> Self {
        Self(Box::new(Inner { class, kind, path: Path::default() }))
    }

    #[cold]
    pub(crate) fn of(kind: Kind) -> Self {
        Self::with_kind(ErrorClass::GenericError, kind)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { class: _, kind, path } = &*self.0;
        // The subject of the sentences that need one.
        let parameter = path::Parameter(path);
        match kind {
            Kind::Text(text) if path.is_empty() => f.write_str(text),
            Kind::Text(text) => write!(f, "{parameter}: {text}"),
            Kind::Missing => write!(f, "{parameter} is missing"),
            Kind::Unexpected => write!(f, "{parameter} is unexpected"),
            Kind::WrongType { expected } if path.is_empty() => {
                write!(f, "Invalid type, expected: {expected}")
            }
            Kind::WrongType { expected } => {
                write!(f, "Invalid parameter type for '{path}', expected: {expected}")
            }
            Kind::Expects { what } => write!(f, "{parameter} expects {what}"),
            Kind::BadValue { value } if path.is_empty() => write!(f, "Invalid value '{value}'"),
            Kind::BadValue { value } => write!(f, "{parameter} does not accept value '{value}'"),
            Kind::MemberPolicy { word } => write!(f, "{word} parameter '{path}' disabled by policy"),
            Kind::ValuePolicy { word, value } if path.is_empty() => {
                write!(f, "{word} value '{value}' disabled by policy")
            }
            Kind::ValuePolicy { word, value } => {
                write!(f, "{parameter}: {word} value '{value}' disabled by policy")
            }
            Kind::TooDeep => write!(f, "{parameter} is nested too deeply"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error").field("class", self.class()).field("desc", &format_args!("{self}")).finish()
    }
}

impl core::error::Error for Error {}

impl From<ParseError> for Error {
    fn from(error: ParseError) -> Self {
        Self::generic(error)
    }
}

/// Turns foreign errors into [`Error`]s of class `GenericError`.
///
/// There is no blanket `From`, so that no error becomes part of the protocol by accident.
///
/// # Examples
///
/// ```
/// use qapi_runtime::OrGeneric;
///
/// fn read() -> qapi_runtime::Result<i32> {
///     "x".parse::<i32>().or_generic()
/// }
/// assert_eq!(read().unwrap_err().to_string(), "invalid digit found in string");
/// ```
pub trait OrGeneric<T> {
    /// Keeps the value, or makes the error generic with its displayed text as the description.
    ///
    /// # Errors
    ///
    /// The error of `self`, as an [`Error`].
    fn or_generic(self) -> Result<T>;
}

impl<T, E: fmt::Display> OrGeneric<T> for core::result::Result<T, E> {
    fn or_generic(self) -> Result<T> {
        self.map_err(Error::generic)
    }
}

#[cfg(test)]
mod tests;
