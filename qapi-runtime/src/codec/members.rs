use super::{Decode, Features, Input, Mode, input::Cx};
use crate::error::Kind;
use crate::json::{Object, Value};
use crate::{Error, Result};

/// The members of an object that is being decoded.
///
/// A member can be taken several times (both the base and the union read a discriminator). Members that are never taken
/// are unexpected.
pub struct Members<'a> {
    object: &'a Object<'a>,
    cx: Cx,
    used: Used,
    /// Where the search for the next name begins. Most senders use the order of the schema, so it usually hits at once.
    cursor: usize,
}

/// Which members have been taken, one bit each. Only objects with more than 64 members need an allocation.
enum Used {
    Few(u64),
    Many(Vec<u64>),
}

impl Used {
    fn new(len: usize) -> Self {
        if len <= 64 { Self::Few(0) } else { Self::Many(vec![0; len.div_ceil(64)]) }
    }

    fn set(&mut self, index: usize) {
        match self {
            Self::Few(bits) => *bits |= 1 << index,
            Self::Many(words) => words[index / 64] |= 1 << (index % 64),
        }
    }

    fn contains(&self, index: usize) -> bool {
        match self {
            Self::Few(bits) => bits & (1 << index) != 0,
            Self::Many(words) => words[index / 64] & (1 << (index % 64)) != 0,
        }
    }
}

impl<'a> Members<'a> {
    pub(super) fn new(object: &'a Object<'a>, cx: Cx) -> Self {
        Self { object, cx, used: Used::new(object.len()), cursor: 0 }
    }

    /// How strictly the object is decoded.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.cx.mode
    }

    /// Decodes a required member.
    ///
    /// # Errors
    ///
    /// The member is missing or does not decode.
    #[inline]
    pub fn required<T: Decode>(&mut self, name: &'static str) -> Result<T> {
        self.required_with(name, Features::NONE)
    }

    /// [`required`](Self::required) for a member with special features.
    ///
    /// # Errors
    ///
    /// The member is missing, refused by policy, or does not decode.
    #[inline]
    pub fn required_with<T: Decode>(&mut self, name: &'static str, features: Features) -> Result<T> {
        let input = self.require(name, features)?;
        T::decode(input).map_err(|error| error.in_member(name))
    }

    /// Decodes an optional member. `null` counts as absent only under [`Leniency`](super::Leniency).
    ///
    /// # Errors
    ///
    /// The member does not decode.
    #[inline]
    pub fn optional<T: Decode>(&mut self, name: &'static str) -> Result<Option<T>> {
        self.optional_with(name, Features::NONE)
    }

    /// [`optional`](Self::optional) for a member with special features.
    ///
    /// # Errors
    ///
    /// The member is refused by policy or does not decode.
    #[inline]
    pub fn optional_with<T: Decode>(&mut self, name: &'static str, features: Features) -> Result<Option<T>> {
        match self.take(name, features)? {
            Some(input) => match T::decode(input) {
                Ok(value) => Ok(Some(value)),
                Err(error) => input.excuse(error, name).map(|()| None),
            },
            None => Ok(None),
        }
    }

    /// [`required_with`](Self::required_with) for a member that is a [size](Input::as_size), or an array of them.
    ///
    /// # Errors
    ///
    /// Those of [`required_with`](Self::required_with).
    #[doc(hidden)]
    #[inline]
    pub fn required_size<T: Decode>(&mut self, name: &'static str, features: Features) -> Result<T> {
        let input = self.require(name, features)?.as_size();
        T::decode(input).map_err(|error| error.in_member(name))
    }

    /// [`optional_with`](Self::optional_with) for a member that is a [size](Input::as_size), or an array of them.
    ///
    /// # Errors
    ///
    /// Those of [`optional_with`](Self::optional_with).
    #[doc(hidden)]
    #[inline]
    pub fn optional_size<T: Decode>(&mut self, name: &'static str, features: Features) -> Result<Option<T>> {
        match self.take(name, features)? {
            Some(input) => T::decode(input.as_size()).map(Some).map_err(|error| error.in_member(name)),
            None => Ok(None),
        }
    }

    /// Marks a member as taken and returns its value, or `None` when it is absent.
    ///
    /// # Errors
    ///
    /// The policy refuses the member.
    pub fn take(&mut self, name: &'static str, features: Features) -> Result<Option<Input<'a>>> {
        let Some(index) = self.position(name) else {
            return Ok(None);
        };
        self.used.set(index);
        self.cursor = index + 1;
        if let Some(word) = self.cx.policy.refusal(features, name) {
            return Err(Error::of(Kind::MemberPolicy { word }).in_member(name));
        }
        Ok(Some(Input { value: &self.object.as_slice()[index].1, cx: self.cx }))
    }

    /// Takes all remaining members, which an open type keeps.
    #[must_use]
    pub(super) fn take_rest(&mut self) -> Object<'static> {
        let mut rest = Object::new();
        for (index, (name, value)) in self.object.iter().enumerate() {
            if !self.used.contains(index) {
                self.used.set(index);
                rest.push(name.to_owned(), value.to_static());
            }
        }
        rest
    }

    /// Refuses members that were not taken, except in [`Mode::Lenient`] or if unknown members are ignored.
    ///
    /// # Errors
    ///
    /// The first such member, in the order sent.
    pub fn finish(self) -> Result<()> {
        if self.cx.mode == Mode::Lenient || self.cx.leniency.unknown_members {
            return Ok(());
        }
        match self.object.iter().enumerate().find(|(index, _)| !self.used.contains(*index)) {
            None => Ok(()),
            Some((_, (name, _))) => Err(Error::of(Kind::Unexpected).in_member(name.to_owned())),
        }
    }

    fn require(&mut self, name: &'static str, features: Features) -> Result<Input<'a>> {
        match self.take(name, features)? {
            Some(input) => Ok(input),
            None => Err(Error::of(Kind::Missing).in_member(name)),
        }
    }

    fn position(&self, name: &str) -> Option<usize> {
        let pairs: &[(_, Value<'_>)] = self.object.as_slice();
        let (before, after) = pairs.split_at(self.cursor.min(pairs.len()));
        match after.iter().position(|(other, _)| other == name) {
            Some(index) => Some(before.len() + index),
            None => before.iter().position(|(other, _)| other == name),
        }
    }
}

impl<'a> Input<'a> {
    /// Decodes an object: `read` takes the members it knows, and any other is refused, see [`Members::finish`].
    ///
    /// # Errors
    ///
    /// The value is not an object or is nested too deeply, `read` returns an error, or a member is unexpected.
    #[inline]
    pub fn object<T>(self, read: impl FnOnce(&mut Members<'a>) -> Result<T>) -> Result<T> {
        let mut members = self.members()?;
        let value = read(&mut members)?;
        members.finish()?;
        Ok(value)
    }

    /// The members, for a caller that calls [`Members::finish`] itself.
    ///
    /// # Errors
    ///
    /// The value is not an object, or is nested too deeply.
    pub fn members(self) -> Result<Members<'a>> {
        self.cx.stack.check()?;
        match self.value {
            Value::Object(object) => Ok(Members::new(object, self.cx)),
            _ => Err(self.wrong_type("object")),
        }
    }

    /// Drops the error of an optional member if its value is a `null` that means absence. Called only after the
    /// member's type has failed to decode, since the type may accept `null`.
    #[cold]
    fn excuse(self, error: Error, name: &'static str) -> Result<()> {
        let absent = self.cx.leniency.null_members && matches!(self.value, Value::Null);
        if absent { Ok(()) } else { Err(error.in_member(name)) }
    }
}
