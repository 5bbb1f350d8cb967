//! What a token is, and the part that it has in the layout.

use proc_macro2::Delimiter;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An identifier, a literal, a lifetime, or the path of the vocabulary.
    Word,
    /// Punctuation, of one character or more.
    Mark,
    Open(Delimiter),
    Close(Delimiter),
    /// Documentation, by its number.
    Doc,
}

/// The part that a token has in the layout: of an opening delimiter, what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// None that layout asks for.
    Plain,
    /// Between angle brackets or the bars of a closure, where no line is broken.
    Inner,
    /// A comma behind the last element, which is written only where each element has a line.
    Trailing,
    /// Items of a module, an `impl` or a trait.
    Items,
    /// Statements that have lines of their own, even where they fit.
    Statements,
    /// A block of one expression.
    Block,
    /// The arms of a `match`.
    Arms,
    /// The fields or variants of a type's declaration.
    Fields,
    /// The fields of a value.
    Literal,
    /// The names of a `use`.
    Names,
    /// The parameters of a function.
    Parameters,
    /// The arguments of a call, and whatever is written like them.
    Arguments,
    /// Something in parentheses that are no call's, or the type of a slice.
    Enclosed,
    /// The elements of an array.
    Array,
    /// What a macro is given, to which a comma may mean something.
    Macro,
    /// What an attribute is given, likewise.
    Attribute,
}

impl Role {
    /// Whether what the delimiters hold has lines of its own, even where it fits.
    pub(super) fn has_lines(self) -> bool {
        matches!(self, Role::Items | Role::Statements | Role::Arms | Role::Fields)
    }

    /// Whether the delimiters hold elements that are values.
    pub(super) fn is_list(self) -> bool {
        matches!(self, Role::Arguments | Role::Macro | Role::Attribute | Role::Array | Role::Enclosed)
    }

    /// How wide the elements may be in one line, if they are `many`. These are rustfmt's defaults.
    pub(super) fn limit(self, many: bool) -> usize {
        match self {
            Role::Literal => 18,
            Role::Attribute if many => 70,
            Role::Array | Role::Arguments | Role::Macro | Role::Enclosed if many => 60,
            _ => usize::MAX,
        }
    }
}

/// A token in the row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) role: Role,
    /// Where its text is.
    pub(super) start: u32,
    pub(super) end: u32,
    /// How many blanks stand before it, in a line.
    pub(super) space: u8,
    /// Of a delimiter, the other one; of documentation, its number.
    pub(super) mate: u32,
}
