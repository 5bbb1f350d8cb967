//! What a peer with a newer schema sends, kept as it is.

use super::{EncodeMembers, Members};
use crate::error::Kind;
use crate::json::Writer;
use crate::{Any, Error};

/// A branch of a union that the schema does not know.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UnknownBranch {
    /// The discriminator's value.
    pub kind: String,
    /// The members that are not common to all branches.
    pub members: serde_json::Map<String, Any>,
}

impl EncodeMembers for UnknownBranch {
    fn encode_members(&self, out: &mut Writer) {
        for (name, value) in &self.members {
            out.member(name, value);
        }
    }
}

impl Members<'_> {
    /// Takes every member that is left, for a branch that the schema does not know.
    #[cold]
    #[must_use]
    pub fn unknown_branch(&mut self, kind: &str) -> UnknownBranch {
        let members =
            self.take_rest().into_iter().map(|(name, value)| (name.into_owned(), value.into())).collect();
        UnknownBranch { kind: kind.to_owned(), members }
    }

    /// The error for a discriminator's value that a union has no place for.
    #[cold]
    #[must_use]
    pub fn refuse_branch(&self, member: &'static str, kind: &str) -> Error {
        Error::of(Kind::BadValue { value: kind.to_owned() }).in_member(member)
    }
}
