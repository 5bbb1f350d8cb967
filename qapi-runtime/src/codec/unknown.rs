//! Keeps parts of messages that only a newer schema has.

use super::{DecodeMembers, EncodeMembers, Members, Output};
use crate::error::Kind;
use crate::json::Object;
use crate::{Error, Result};

/// A branch of a union that the schema does not know.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UnknownBranch {
    /// The discriminator's value.
    pub kind: String,
    /// The members that are not common to all branches, in the order sent.
    pub members: Object<'static>,
}

impl EncodeMembers for UnknownBranch {
    fn encode_members(&self, out: &mut Output) {
        self.members.encode_members(out);
    }
}

/// Takes all remaining members.
impl DecodeMembers for Object<'static> {
    fn decode_members(members: &mut Members<'_>) -> Result<Self> {
        Ok(members.take_rest())
    }
}

impl EncodeMembers for Object<'_> {
    fn encode_members(&self, out: &mut Output) {
        for (name, value) in self.iter() {
            out.member(name, value);
        }
    }
}

impl Members<'_> {
    /// Takes all remaining members, for a branch that the schema does not know.
    #[doc(hidden)]
    #[cold]
    #[must_use]
    pub fn unknown_branch(&mut self, kind: &str) -> UnknownBranch {
        UnknownBranch { kind: kind.to_owned(), members: self.take_rest() }
    }

    /// The error for a discriminator's value that the union does not have.
    #[doc(hidden)]
    #[cold]
    #[must_use]
    pub fn refuse_branch(&self, member: &'static str, kind: &str) -> Error {
        Error::of(Kind::BadValue { value: kind.to_owned() }).in_member(member)
    }
}
