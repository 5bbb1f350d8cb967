//! Errors that travel as QMP error replies.

mod class;
mod path;

use crate::json::ParseError;
use core::fmt;
use std::borrow::Cow;

pub use class::ErrorClass;
use path::{Path, Segment};

/// What most functions of this crate return.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// An error with a class and a description: the two things an error reply carries.
///
/// It is one pointer wide, so that a `Result` stays small. An error about a member of the input knows the path to
/// that member, which is pushed while the decoder unwinds: `backend.data.addr.data.port`, `capabilities[1].state`.
/// The [`Display`](fmt::Display) form is the description, with the path in it.
pub struct Error(Box<Inner>);

struct Inner {
    class: ErrorClass,
    kind: Kind,
    path: Path,
}

/// What happened, without the place.
pub(crate) enum Kind {
    /// Words of the caller; the path is not part of them.
    Text(String),
    Missing,
    Unexpected,
    WrongType {
        expected: Cow<'static, str>,
    },
    /// A scalar of the right kind that cannot be taken.
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
    /// An error of a class.
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

    /// An error of class `GenericError`, the one to use unless clients have to tell it from others.
    #[cold]
    pub fn generic(description: impl fmt::Display) -> Self {
        Self::new(ErrorClass::GenericError, description)
    }

    /// The class that the reply carries.
    #[must_use]
    pub fn class(&self) -> &ErrorClass {
        &self.0.class
    }

    /// The description that the reply carries, for people to read.
    #[must_use]
    pub fn desc(&self) -> String {
        self.to_string()
    }

    /// The path of the member of the input that is at fault, as in `capabilities[1].state`; empty when there is none.
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
        // The name of what is at fault, for the sentences that need one.
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
    /// The error of `self`, in other clothes.
    fn or_generic(self) -> Result<T>;
}

impl<T, E: fmt::Display> OrGeneric<T> for core::result::Result<T, E> {
    fn or_generic(self) -> Result<T> {
        self.map_err(Error::generic)
    }
}

#[cfg(test)]
mod tests;
