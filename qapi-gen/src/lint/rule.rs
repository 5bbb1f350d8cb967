//! The table of rules. Names are stable: files silence rules by them.

use std::fmt;

macro_rules! rules {
    ($($variant:ident $name:literal $reason:literal,)*) => {
        /// A rule.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $(#[doc = $reason] $variant,)*
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Rule] = &[$(Rule::$variant),*];

            /// The stable name: lower case, words joined by `-`.
            pub const fn name(self) -> &'static str {
                match self { $(Rule::$variant => $name),* }
            }

            /// The reason to follow it.
            pub const fn reason(self) -> &'static str {
                match self { $(Rule::$variant => $reason),* }
            }
        }
    };
}

rules! {
    UndocumentedDefinition "undocumented-definition"
        "Clients are written from the documentation; what is not described is guessed.",
    UndocumentedMember "undocumented-member"
        "Clients are written from the documentation; what is not described is guessed.",
    MissingSince "missing-since"
        "Without 'Since:' a client cannot tell which versions have it.",
    LongLine "long-line"
        "QEMU refuses documentation with lines over 70 characters since version 10.2.",
    SentenceSpacing "sentence-spacing"
        "QEMU refuses documentation with one space between sentences since version 10.2.",
    UnmarkedExperiment "unmarked-experiment"
        "An 'x-' in a name promises nothing to programs; the feature 'unstable' is what they can see, and what policies hide.",
    StringLikeEnum "string-like-enum"
        "An enumeration is checked, shows in introspection, and can be extended; a string says nothing of its values.",
    BareReturn "bare-return"
        "An object can get further members later; a list or a plain value can never say more than it does.",
    UnknownRule "unknown-rule"
        "A rule that does not exist silences nothing.",
}

impl Rule {
    /// The rule with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.name() == name)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
