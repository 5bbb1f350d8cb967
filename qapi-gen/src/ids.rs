//! Typed ids, and the vectors that they index.

use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// The index of an entry in an [`IdVec`].
pub trait Id: Copy {
    /// The id of the entry that has this index.
    fn from_index(index: usize) -> Self;

    /// The index of the entry.
    fn index(self) -> usize;
}

/// Declares id types, each around a `u32`.
macro_rules! declare_ids {
    ($($(#[$meta:meta])* $visibility:vis struct $name:ident;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $visibility struct $name(u32);

        impl $crate::ids::Id for $name {
            fn from_index(index: usize) -> Self {
                $name(u32::try_from(index).expect("no schema has 2^32 of anything"))
            }

            fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}
pub(crate) use declare_ids;

/// A vector with one entry for each id.
#[derive(Clone)]
pub struct IdVec<I, T> {
    entries: Vec<T>,
    ids: PhantomData<fn(I)>,
}

impl<I: Id, T> IdVec<I, T> {
    /// Creates an empty vector.
    pub const fn new() -> Self {
        IdVec { entries: Vec::new(), ids: PhantomData }
    }

    /// Adds an entry and returns its id.
    pub fn push(&mut self, entry: T) -> I {
        self.entries.push(entry);
        I::from_index(self.entries.len() - 1)
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether the vector is empty.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The ids of all entries, in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + use<I, T> {
        (0..self.entries.len()).map(I::from_index)
    }

    /// All entries, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.entries.iter()
    }

    /// All entries, in order, mutably.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.entries.iter_mut()
    }

    /// All entries with their ids, in order.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator {
        self.ids().zip(self.iter())
    }

    /// The entry with the lowest id.
    pub fn first(&self) -> Option<&T> {
        self.entries.first()
    }

    /// The lowest id whose entry satisfies `wanted`.
    pub fn find(&self, mut wanted: impl FnMut(&T) -> bool) -> Option<I> {
        self.entries().find_map(|(id, entry)| wanted(entry).then_some(id))
    }

    /// A vector with the result of `make` for each id.
    pub fn map<U>(&self, make: impl FnMut(I) -> U) -> IdVec<I, U> {
        self.ids().map(make).collect()
    }
}

impl<I: Id, T> Default for IdVec<I, T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<I, T: std::fmt::Debug> std::fmt::Debug for IdVec<I, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.entries.fmt(f)
    }
}

impl<I: Id, T> Index<I> for IdVec<I, T> {
    type Output = T;

    fn index(&self, id: I) -> &T {
        &self.entries[id.index()]
    }
}

impl<I: Id, T> IndexMut<I> for IdVec<I, T> {
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.entries[id.index()]
    }
}

impl<I: Id, T> FromIterator<T> for IdVec<I, T> {
    fn from_iter<E: IntoIterator<Item = T>>(entries: E) -> Self {
        IdVec { entries: entries.into_iter().collect(), ids: PhantomData }
    }
}

impl<'v, I: Id, T> IntoIterator for &'v IdVec<I, T> {
    type Item = &'v T;
    type IntoIter = std::slice::Iter<'v, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'v, I: Id, T> IntoIterator for &'v mut IdVec<I, T> {
    type Item = &'v mut T;
    type IntoIter = std::slice::IterMut<'v, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl<I: Id, T> IntoIterator for IdVec<I, T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    declare_ids! {
        /// An id.
        struct Number;
    }

    #[test]
    fn an_entry_is_found_by_the_id_that_it_got() {
        let mut vec: IdVec<Number, &str> = IdVec::new();
        let (first, second) = (vec.push("a"), vec.push("b"));
        assert_eq!((vec[first], vec[second]), ("a", "b"));
        assert_eq!(vec.find(|entry| *entry == "b"), Some(second));
        assert_eq!(vec.entries().collect::<Vec<_>>(), [(first, &"a"), (second, &"b")]);
    }

    #[test]
    fn map_keeps_the_ids() {
        let vec: IdVec<Number, &str> = ["a", "b"].into_iter().collect();
        let indices = vec.map(Number::index);
        assert!(vec.ids().all(|id| indices[id] == id.index()));
    }
}
