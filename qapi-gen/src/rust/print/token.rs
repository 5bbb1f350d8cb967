//! The kinds of tokens, and their roles in the layout.

use proc_macro2::Delimiter;

/// The kind of a token.
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

/// The role of a token in the layout. For an opening delimiter: the kind of its contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// No role.
    Plain,
    /// Between angle brackets or the bars of a closure, where lines are not broken.
    Inner,
    /// A comma after the last element, written only if each element has a line.
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
    /// The arguments of a call, and lists of the same form.
    Arguments,
    /// A parenthesised expression, or a slice type.
    Enclosed,
    /// The elements of an array.
    Array,
    /// The input of a macro, in which a comma may have a meaning.
    Macro,
    /// The input of an attribute, in which a comma may have a meaning.
    Attribute,
}

impl Role {
    /// Whether the contents have lines of their own even if they fit on one.
    pub(super) fn has_lines(self) -> bool {
        matches!(self, Role::Items | Role::Statements | Role::Arms | Role::Fields)
    }

    /// Whether the contents are values, separated by commas.
    pub(super) fn is_list(self) -> bool {
        matches!(self, Role::Arguments | Role::Macro | Role::Attribute | Role::Array | Role::Enclosed)
    }

    /// The width up to which elements stay on one line, if there are `many`: rustfmt's defaults.
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
    /// The range of its text.
    pub(super) start: u32,
    pub(super) end: u32,
    /// The number of blanks before it on a line.
    pub(super) space: u8,
    /// For a delimiter, the index of the other one; for documentation, its number.
    pub(super) mate: u32,
}
