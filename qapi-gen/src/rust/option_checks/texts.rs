//! Checks that the text of an option is Rust of the expected kind.
//!
//! A parser of the whole language would be a tenth of what a build script compiles. So this reads tokens, and leaves
//! the contents of brackets to rustc.

use crate::rust::names::is_keyword;
use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use std::iter::Peekable;

/// A path in which types may have arguments, as `::a::B<C>` or `<A as B>::C`.
pub(super) fn is_type(text: &str) -> bool {
    whole(text, |reader| {
        if reader.is_at('<') {
            reader.arguments() && reader.separator() && reader.segments(true)
        } else {
            reader.path(true)
        }
    })
}

/// A path of names alone, as `::serde::Serialize`.
pub(super) fn is_path(text: &str) -> bool {
    whole(text, |reader| reader.path(false))
}

/// One or more attributes, as `#[a] #[b(c)]`.
pub(super) fn are_attributes(text: &str) -> bool {
    whole(text, |reader| {
        let mut some = false;
        while reader.punctuation('#') {
            let Some(content) = reader.group(Delimiter::Bracket) else { return false };
            if !all(content, Reader::meta) {
                return false;
            }
            some = true;
        }
        some
    })
}

/// The contents of an attribute, or a predicate of `cfg`: `a`, `a = "b"`, `a(b)`.
pub(super) fn is_meta(text: &str) -> bool {
    whole(text, Reader::meta)
}

/// Whether the reader accepts the whole text.
fn whole(text: &str, read: impl FnOnce(&mut Reader) -> bool) -> bool {
    text.parse().is_ok_and(|tokens| all(tokens, read))
}

fn all(tokens: TokenStream, read: impl FnOnce(&mut Reader) -> bool) -> bool {
    let mut reader = Reader(tokens.into_iter().peekable());
    read(&mut reader) && reader.0.next().is_none()
}

/// Reads tokens; each method returns whether it found what it reads.
struct Reader(Peekable<proc_macro2::token_stream::IntoIter>);

impl Reader {
    fn path(&mut self, arguments: bool) -> bool {
        (!self.is_at(':') || self.separator()) && self.segments(arguments)
    }

    fn segments(&mut self, arguments: bool) -> bool {
        let mut may_be_arguments = false;
        loop {
            let turbofish = may_be_arguments && self.is_at('<');
            if !turbofish && !self.segment() {
                return false;
            }
            if arguments && self.is_at('<') && !self.arguments() {
                return false;
            }
            if !self.is_at(':') {
                return true;
            }
            if !self.separator() {
                return false;
            }
            may_be_arguments = true;
        }
    }

    fn segment(&mut self) -> bool {
        let word = |tree: &TokenTree| match tree {
            TokenTree::Ident(word) => {
                let word = word.to_string();
                !is_keyword(&word) || matches!(&word[..], "crate" | "self" | "Self" | "super")
            }
            _ => false,
        };
        self.0.next_if(word).is_some()
    }

    /// `::`, without a blank inside.
    fn separator(&mut self) -> bool {
        let colon = |tree: &TokenTree| match tree {
            TokenTree::Punct(it) => it.as_char() == ':' && it.spacing() == Spacing::Joint,
            _ => false,
        };
        self.0.next_if(colon).is_some() && self.punctuation(':')
    }

    /// `<...>`, with any contents.
    fn arguments(&mut self) -> bool {
        let mut depth = 0;
        let mut arrow = false;
        for tree in self.0.by_ref() {
            if let TokenTree::Punct(punctuation) = &tree {
                match punctuation.as_char() {
                    '<' => depth += 1,
                    '>' if !arrow => depth -= 1,
                    _ => {}
                }
                arrow = punctuation.as_char() == '-' && punctuation.spacing() == Spacing::Joint;
            }
            if depth == 0 {
                return true;
            }
        }
        false
    }

    fn meta(&mut self) -> bool {
        if !self.path(false) {
            return false;
        }
        if self.punctuation('=') {
            let some = self.0.peek().is_some();
            self.0.by_ref().for_each(drop);
            return some;
        }
        matches!(self.0.next(), None | Some(TokenTree::Group(_)))
    }

    fn group(&mut self, delimiter: Delimiter) -> Option<TokenStream> {
        match self.0.next() {
            Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group.stream()),
            _ => None,
        }
    }

    fn is_at(&mut self, punctuation: char) -> bool {
        matches!(self.0.peek(), Some(TokenTree::Punct(found)) if found.as_char() == punctuation)
    }

    fn punctuation(&mut self, punctuation: char) -> bool {
        let found = self.is_at(punctuation);
        if found {
            self.0.next();
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse::Parser;

    /// Right and wrong, for all four; syn says which is which.
    const TEXTS: [&str; 42] = [
        "",
        "A",
        "a::B",
        "::a::B",
        "a:B",
        "a: :B",
        "a::",
        "::",
        "a b",
        "struct",
        "r#struct",
        "a::fn",
        "crate::A",
        "super::super::A",
        "Self",
        "1",
        "\"a\"",
        "A<B>",
        "A<B<C>, 'static>::D",
        "A::<B>",
        "A::<B>::C",
        "A<fn(B) -> C>",
        "A<B",
        "A<B>>",
        "A<>B",
        "<A as B>::C",
        "<A>",
        "<A>::B",
        "crate::A<(",
        "a(b)",
        "a[b]",
        "a{b}",
        "a(b)c",
        "a = \"b\"",
        "a = ",
        "all(unix, not(a = \"b\"))",
        "#[a]",
        "#[a] #[b(c)] #[d::e = 1]",
        "#[a",
        "#![a]",
        "#[a b]",
        "/// a",
    ];

    #[test]
    fn a_parser_of_the_language_agrees() {
        for text in TEXTS {
            assert_eq!(is_type(text), syn::parse_str::<syn::TypePath>(text).is_ok(), "a type: {text}");
            let plain = |path: &syn::Path| path.segments.iter().all(|segment| segment.arguments.is_none());
            let path = syn::parse_str(text).is_ok_and(|path| plain(&path));
            assert_eq!(is_path(text), path, "a path: {text}");
            assert_eq!(is_meta(text), syn::parse_str::<syn::Meta>(text).is_ok(), "a meta: {text}");
            let attributes = syn::Attribute::parse_outer.parse_str(text).is_ok_and(|all| !all.is_empty());
            assert_eq!(are_attributes(text), attributes, "attributes: {text}");
        }
    }
}
