//! Formatting moves things, and loses or makes none: whatever happens, a file keeps its meaning.

use super::FormatError;
use super::lex::{Kind, Token, tokens};

/// Compares the tokens of a file with its formatted text: the same tokens, and the same words in its comments.
pub(super) fn verify(before: &[Token<'_>], formatted: &str) -> Result<(), FormatError> {
    let after = tokens(formatted)?;
    let code = |tokens: &[Token<'_>]| -> Vec<String> {
        tokens.iter().filter(|token| token.kind != Kind::Comment).map(|token| token.text.to_owned()).collect()
    };
    let words = |tokens: &[Token<'_>]| -> Vec<String> {
        let comments = tokens.iter().filter(|token| token.kind == Kind::Comment);
        comments.flat_map(|token| words(token.text).map(str::to_owned)).collect()
    };
    if code(before) != code(&after) || words(before) != words(&after) {
        return Err(FormatError::new(
            0,
            "this file cannot be formatted without changing it; please report it",
        ));
    }
    Ok(())
}

/// The words of a comment. Its `#` is none, as wrapping makes more or fewer of them; `##` is one.
fn words(comment: &str) -> impl Iterator<Item = &str> {
    let text = if comment.starts_with("##") { comment } else { comment.strip_prefix('#').unwrap_or(comment) };
    text.split_whitespace()
}
