//! A peer's text, made fit for one line of a log.

use std::fmt::{self, Write};

/// Shows text that a peer chose so that it stays within one line of a log and cannot pass for another record.
///
/// Control characters, line and paragraph separators, marks that change the direction of writing, and backslashes
/// appear as Rust's escapes (`\n`, `\u{1b}`, `\\`). After 64 characters of the text, or as many as
/// [`limit`](Escaped::limit) says, `...` stands for the rest. The rest is not even formatted, so that a long text costs
/// no more than a short one.
///
/// This crate logs names and texts of clients so, and an [`Interceptor`](crate::interceptor::Interceptor) that logs should, too.
///
/// ```
/// use qapi_runtime::Escaped;
///
/// assert_eq!(Escaped::new("stop\nERROR disk full").to_string(), r"stop\nERROR disk full");
/// assert_eq!(Escaped::new("query-status").limit(5).to_string(), "query...");
/// ```
#[derive(Clone, Copy)]
pub struct Escaped<T> {
    text: T,
    limit: usize,
}

/// Long enough for the name of any command that there is.
const NAME: usize = 64;

/// For what is a sentence, or the form of a value.
const SENTENCE: usize = 256;

impl<T> Escaped<T> {
    /// The displayed form of `text`, escaped and cut after 64 characters.
    #[must_use]
    pub const fn new(text: T) -> Escaped<T> {
        Escaped { text, limit: NAME }
    }

    /// The same, cut after `characters` characters of the text; escapes count as the character that they stand for.
    #[must_use]
    pub const fn limit(mut self, characters: usize) -> Escaped<T> {
        self.limit = characters;
        self
    }

    /// The same for a sentence that quotes what a client sent.
    pub(crate) const fn sentence(text: T) -> Escaped<T> {
        Escaped { text, limit: SENTENCE }
    }
}

impl<T: fmt::Display> fmt::Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = Line { out: f, left: self.limit, cut: false };
        match write!(line, "{}", self.text) {
            // The error is the line's own: it wants no more.
            Err(_) if line.cut => line.out.write_str("..."),
            result => result,
        }
    }
}

impl<T: fmt::Display> fmt::Debug for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

/// Passes so many characters on, escaped; then fails, which ends the formatting.
struct Line<'a, 'f> {
    out: &'a mut fmt::Formatter<'f>,
    left: usize,
    cut: bool,
}

impl Write for Line<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            if self.left == 0 {
                self.cut = true;
                return Err(fmt::Error);
            }
            self.left -= 1;
            match c {
                // Quotation marks end no line.
                '"' | '\'' => self.out.write_char(c)?,
                _ => write!(self.out, "{}", c.escape_debug())?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_within_one_line() {
        let nasty = "a\r\n\u{1b}[2K\u{85}\u{2028}\u{2029}\u{202e}\u{9b}\\n'\"é";
        let shown = Escaped::new(nasty).to_string();
        assert_eq!(shown, r#"a\r\n\u{1b}[2K\u{85}\u{2028}\u{2029}\u{202e}\u{9b}\\n'"é"#);
        assert_eq!(format!("{:?}", Escaped::new("a\n")), r#""a\n""#);
    }

    #[test]
    fn cuts_what_is_longer_than_the_limit_only() {
        let text = "é".repeat(64);
        assert_eq!(Escaped::new(&text).to_string(), text);
        assert_eq!(Escaped::new(format_args!("{text}\n")).to_string(), format!("{text}..."));
        assert_eq!(Escaped::new("").limit(0).to_string(), "");
    }
}
