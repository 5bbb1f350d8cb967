//! Checks that formatting has moved tokens only, without losing or adding any, so that a bug cannot change a file's
//! meaning.

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

/// The words of a comment. A single `#` does not count, since wrapping adds and removes lines; `##` counts.
fn words(comment: &str) -> impl Iterator<Item = &str> {
    let text = if comment.starts_with("##") { comment } else { comment.strip_prefix('#').unwrap_or(comment) };
    text.split_whitespace()
}
