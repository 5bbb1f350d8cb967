//! A layout that costs next to nothing: comments as comments, a line for each statement, field and attribute, indented
//! by braces. It never breaks a line, so it is not what a formatter would write; but errors of the compiler, which show
//! lines, can be read. Only white space is chosen here, so the tokens stay what they are.

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
use std::fmt::Write;

/// The tokens as text, which ends with a line break unless it is empty.
pub(super) fn layout(tokens: TokenStream) -> String {
    let mut out = Layout { text: String::new(), indent: 0, gap: Gap::Line, after_keyword: false };
    out.block(tokens);
    out.line();
    out.text
}

/// What stands between the last token and the next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// Nothing: the two belong together.
    None,
    /// Nothing, unless another mark follows, with which a longer one would come of it.
    Tight,
    /// A blank, unless the next token needs none.
    Blank,
    /// The next token begins a line.
    Line,
}

/// Words before paths.
const KEYWORDS: [&str; 9] = ["impl", "mut", "for", "dyn", "as", "in", "return", "match", "if"];

struct Layout {
    text: String,
    indent: usize,
    gap: Gap,
    /// The last token is a word behind which a path begins, not goes on.
    after_keyword: bool,
}

impl Layout {
    /// What stands at the top level, or in braces: lines.
    fn block(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        // Commas between `<` and `>` separate no fields.
        let mut angles = 0_usize;
        let mut last = ' ';
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' => match tokens.next() {
                    Some(TokenTree::Group(group)) => self.attribute(group),
                    other => {
                        self.punct('#', Spacing::Alone);
                        other.into_iter().for_each(|token| self.inline(token));
                    }
                },
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                    self.braces(group);
                    // What goes on behind braces stays on their line.
                    let goes_on = match tokens.peek() {
                        Some(TokenTree::Punct(punct)) => matches!(punct.as_char(), ',' | ';' | '.' | '?'),
                        Some(TokenTree::Ident(ident)) => *ident == "else",
                        _ => false,
                    };
                    self.gap = if goes_on { Gap::Blank } else { Gap::Line };
                }
                token => {
                    let mut ends = false;
                    if let TokenTree::Punct(punct) = &token {
                        match punct.as_char() {
                            '<' => angles += 1,
                            '>' if last != '-' && last != '=' => angles = angles.saturating_sub(1),
                            ';' => ends = true,
                            ',' => ends = angles == 0,
                            _ => {}
                        }
                        last = punct.as_char();
                    }
                    self.inline(token);
                    if ends {
                        angles = 0;
                        self.gap = Gap::Line;
                    }
                }
            }
        }
    }

    /// A token in the line, with all that it holds.
    fn inline(&mut self, token: TokenTree) {
        match token {
            TokenTree::Group(group) => self.group(group),
            TokenTree::Punct(punct) => self.punct(punct.as_char(), punct.spacing()),
            TokenTree::Ident(ident) => {
                self.word(&ident);
                self.after_keyword = KEYWORDS.iter().any(|keyword| ident == keyword);
            }
            TokenTree::Literal(literal) => self.word(&literal),
        }
    }

    fn word(&mut self, word: &dyn std::fmt::Display) {
        self.fill();
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{word}");
        self.gap = Gap::Blank;
    }

    fn punct(&mut self, mark: char, spacing: Spacing) {
        // Before these marks no blank is wanted, where no other token comes of it: `1.` would be one.
        let after_word = self.text.ends_with(|last: char| last.is_alphabetic() || last == '_');
        let is_close = match mark {
            ',' | ';' | '?' => true,
            '.' => after_word || self.text.ends_with([')', ']', '?']),
            ':' => after_word && !self.after_keyword,
            _ => false,
        };
        if self.gap == Gap::Tight {
            self.gap = Gap::Blank;
        }
        if self.gap == Gap::Blank && is_close {
            self.gap = Gap::None;
        }
        self.after_keyword = false;
        self.fill();
        let is_path = mark == ':' && self.text.ends_with(':');
        self.text.push(mark);
        self.gap = match spacing {
            Spacing::Joint => Gap::None,
            Spacing::Alone if is_path || matches!(mark, '.' | '!') => Gap::Tight,
            Spacing::Alone if mark == '&' && !self.text.ends_with("&&") => Gap::Tight,
            Spacing::Alone => Gap::Blank,
        };
    }

    fn group(&mut self, group: Group) {
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis => ('(', ')'),
            Delimiter::Bracket => ('[', ']'),
            Delimiter::Brace => return self.braces(group),
            Delimiter::None => {
                content(group).into_iter().for_each(|token| self.inline(token));
                return;
            }
        };
        let called =
            self.text.ends_with(|last: char| last.is_alphanumeric() || matches!(last, '_' | '>' | '!'));
        if self.gap == Gap::Blank && called && open == '(' {
            self.gap = Gap::None;
        }
        self.fill();
        self.text.push(open);
        self.gap = Gap::None;
        content(group).into_iter().for_each(|token| self.inline(token));
        // Lines that were begun inside, after a closure's body, end here.
        self.gap = Gap::None;
        self.fill();
        self.text.push(close);
        self.gap = Gap::Blank;
    }

    fn braces(&mut self, group: Group) {
        self.fill();
        let content = content(group);
        if content.is_empty() {
            self.text.push_str("{}");
        } else {
            self.text.push('{');
            self.indent += 1;
            self.gap = Gap::Line;
            self.block(content);
            self.indent -= 1;
            self.gap = Gap::Line;
            self.fill();
            self.text.push('}');
        }
        self.gap = Gap::Blank;
    }

    /// An attribute has a line of its own; documentation is a comment.
    fn attribute(&mut self, group: Group) {
        let delimiter = group.delimiter();
        let tokens: Vec<TokenTree> = content(group).into_iter().collect();
        if let Some(text) = doc_text(&tokens) {
            self.gap = Gap::Line;
            self.fill();
            self.text.push_str("///");
            self.text.push_str(&text);
        } else {
            self.fill();
            self.text.push('#');
            self.gap = Gap::None;
            self.group(Group::new(delimiter, tokens.into_iter().collect()));
        }
        self.gap = Gap::Line;
    }

    /// Writes the gap.
    fn fill(&mut self) {
        match self.gap {
            Gap::None | Gap::Tight => {}
            Gap::Blank => self.text.push(' '),
            Gap::Line => {
                self.line();
                (0..self.indent).for_each(|_| self.text.push_str("    "));
            }
        }
    }

    fn line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }
}

/// What a group holds. The group is gone by then: tokens that nobody else holds are moved, not copied.
fn content(group: Group) -> TokenStream {
    group.stream()
}

/// The text of `doc = "..."` where a comment can hold it: one line, of plain characters.
fn doc_text(attribute: &[TokenTree]) -> Option<String> {
    match attribute {
        [TokenTree::Ident(name), TokenTree::Punct(_), TokenTree::Literal(literal)] if name == "doc" => {
            let literal = literal.to_string();
            let escaped = literal.strip_prefix('"')?.strip_suffix('"')?;
            // Four slashes make no documentation.
            if escaped.starts_with('/') { None } else { unescape(escaped) }
        }
        _ => None,
    }
}

fn unescape(escaped: &str) -> Option<String> {
    let mut text = String::with_capacity(escaped.len());
    let mut rest = escaped;
    while let Some((plain, behind)) = rest.split_once('\\') {
        text.push_str(plain);
        let next = behind.chars().next().filter(|next| matches!(next, '"' | '\'' | '\\'))?;
        text.push(next);
        rest = &behind[1..];
    }
    text.push_str(rest);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::layout;
    use proc_macro2::TokenStream;
    use quote::quote;

    #[test]
    fn lines_and_comments() {
        let tokens = quote! {
            #[doc = " A \"thing\" of `C:\\`."]
            #[derive(Clone, Debug)]
            pub struct Thing { #[doc = " One."] pub one: Vec<(u8, i8)>, pub two: Result<u8, i8>, }
            impl<'a> Thing {
                fn f(self, x: &'a mut i32) -> ::core::result::Result<(), u8> {
                    if x == 1 { a.b()?; } else { Self { one, two } }
                    match x { 1 => y.map(|index| { Self::ALL[index] }), _ => !z && 1 << 2 == -3 }
                }
            }
        };
        assert_eq!(
            layout(tokens),
            r#"/// A "thing" of `C:\`.
#[derive(Clone, Debug)]
pub struct Thing {
    /// One.
    pub one: Vec < (u8, i8) >,
    pub two: Result < u8, i8 >,
}
impl < 'a > Thing {
    fn f(self, x: & 'a mut i32) -> ::core::result::Result < (), u8 > {
        if x == 1 {
            a.b()?;
        } else {
            Self {
                one,
                two
            }
        }
        match x {
            1 => y.map(| index | {
                Self::ALL [index]
            }),
            _ => !z && 1 << 2 == - 3
        }
    }
}
"#
        );
    }

    #[test]
    fn tokens_stay_what_they_are() {
        for text in [
            "a :: b : : c , 'x' 'y: loop { } a . 0 . 1 a .. b ..= c & & d && e - > f -> g",
            "#[doc = \"a\\nb\"] #[doc = \"/\"] #[doc = \"\"] x",
            "r#type ! (a) ! [b] ! {c} 1.5 1 . 5 |a| || b | | c < - 1 <- 2",
            "a : ::b c ::: d ? : e ; ; , , . . . ...",
        ] {
            let tokens: TokenStream = text.parse().expect("these are tokens");
            let again: TokenStream = layout(tokens.clone()).parse().expect("these are tokens, too");
            let plain = |tokens: TokenStream| tokens.to_string();
            assert_eq!(plain(again), plain(tokens), "{text}");
        }
    }
}
