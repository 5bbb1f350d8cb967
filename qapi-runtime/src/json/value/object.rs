use std::borrow::Cow;

use super::Value;

/// The members of a JSON object, in the order sent.
///
/// The parser refuses duplicate names. [`push`](Self::push) does not check for them, and [`insert`](Self::insert)
/// replaces.
#[derive(Debug, Default)]
pub struct Object<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

impl<'a> Object<'a> {
    /// Creates an object without members.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The number of members.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of a member. Takes time linear in the number of members.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value)
    }

    /// The value of a member, mutable. Takes time linear in the number of members.
    #[must_use]
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value<'a>> {
        self.0.iter_mut().find(|(other, _)| other == name).map(|(_, value)| value)
    }

    /// The members in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value<'a>)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// Adds a member at the end. The caller must make sure that the name is new.
    pub fn push(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Value<'a>>) {
        self.0.push((name.into(), value.into()));
    }

    /// Replaces a member's value and returns the old one, or adds the member at the end.
    pub fn insert(
        &mut self,
        name: impl Into<Cow<'a, str>>,
        value: impl Into<Value<'a>>,
    ) -> Option<Value<'a>> {
        let (name, value) = (name.into(), value.into());
        match self.get_mut(&name) {
            Some(place) => Some(core::mem::replace(place, value)),
            None => {
                self.0.push((name, value));
                None
            }
        }
    }

    /// Removes a member. The others keep their order.
    pub fn remove(&mut self, name: &str) -> Option<Value<'a>> {
        let index = self.0.iter().position(|(other, _)| other == name)?;
        Some(self.0.remove(index).1)
    }

    /// Clones all borrowed strings.
    #[must_use]
    pub fn into_owned(self) -> Object<'static> {
        self.to_static()
    }

    pub(super) fn to_static(&self) -> Object<'static> {
        let mut owned = Vec::with_capacity(self.0.len());
        for (name, value) in &self.0 {
            owned.push((Cow::Owned(name.clone().into_owned()), value.to_static()));
        }
        Object(owned)
    }

    pub(crate) fn as_slice(&self) -> &[(Cow<'a, str>, Value<'a>)] {
        &self.0
    }
}

impl Clone for Object<'_> {
    fn clone(&self) -> Self {
        let mut cloned = Vec::with_capacity(self.0.len());
        for (name, value) in &self.0 {
            cloned.push((name.clone(), value.clone()));
        }
        Self(cloned)
    }
}

/// Objects are equal if they have equal members, in any order.
impl PartialEq for Object<'_> {
    fn eq(&self, other: &Self) -> bool {
        if self.len() != other.len() {
            return false;
        }
        // Usually the order is the same. If not, sorting avoids quadratic time for large objects.
        let (mut mine, mut theirs): (Vec<_>, Vec<_>) = (self.0.iter().collect(), other.0.iter().collect());
        if !mine.iter().zip(&theirs).all(|(a, b)| a.0 == b.0) {
            mine.sort_by(|a, b| a.0.cmp(&b.0));
            theirs.sort_by(|a, b| a.0.cmp(&b.0));
        }
        for index in 0..mine.len() {
            if mine[index].0 != theirs[index].0 || mine[index].1 != theirs[index].1 {
                return false;
            }
        }
        true
    }
}

impl<'a> FromIterator<(Cow<'a, str>, Value<'a>)> for Object<'a> {
    fn from_iter<I: IntoIterator<Item = (Cow<'a, str>, Value<'a>)>>(members: I) -> Self {
        Self(members.into_iter().collect())
    }
}

impl<'a> From<Vec<(Cow<'a, str>, Value<'a>)>> for Object<'a> {
    fn from(members: Vec<(Cow<'a, str>, Value<'a>)>) -> Self {
        Self(members)
    }
}

impl<'a> IntoIterator for Object<'a> {
    type Item = (Cow<'a, str>, Value<'a>);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
