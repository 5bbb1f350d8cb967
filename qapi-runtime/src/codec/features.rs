/// The special features of a schema element: those that the run-time policy checks.
///
/// One bit per feature. Generated tables store the bits, see [`from_bits`](Self::from_bits) and [`bits`](Self::bits).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Features(u8);

impl Features {
    /// No special feature.
    pub const NONE: Self = Self(0);
    /// The element will be removed.
    pub const DEPRECATED: Self = Self(1);
    /// The element may change or be removed without notice.
    pub const UNSTABLE: Self = Self(2);

    /// The set with these bits. Unknown bits are kept and ignored.
    #[doc(hidden)]
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// The bits of the set.
    #[doc(hidden)]
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether no special feature is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether every feature of `other` is in this set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any feature is in both sets.
    #[must_use]
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The features of both sets.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
