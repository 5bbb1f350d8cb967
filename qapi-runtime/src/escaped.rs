//! Escapes a peer's text for a line of a log.

use std::fmt::{self, Write};

/// Displays text that a peer chose, so that it stays within one line of a log and cannot forge another record.
///
/// Control characters, line and paragraph separators, marks that change the direction of writing, and backslashes
/// appear as Rust's escapes (`\n`, `\u{1b}`, `\\`). The text is cut after 64 characters, or as many as
/// [`limit`](Escaped::limit) sets, and `...` is appended. The rest is not formatted at all, so that a long text costs
/// no more than a short one.
///
/// This crate logs names and texts of clients this way. An [`Interceptor`](crate::interceptor::Interceptor) that logs
/// should do the same.
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

/// Long enough for the name of any known command.
const NAME: usize = 64;

/// For sentences and formatted values.
const SENTENCE: usize = 256;

impl<T> Escaped<T> {
    /// Displays `text` escaped and cut after 64 characters.
    #[must_use]
    pub const fn new(text: T) -> Escaped<T> {
        Escaped { text, limit: NAME }
    }

    /// Sets the number of characters after which the text is cut. An escape counts as the character that it stands for.
    #[must_use]
    pub const fn limit(mut self, characters: usize) -> Escaped<T> {
        self.limit = characters;
        self
    }

    /// Displays a sentence that quotes text from a client.
    pub(crate) const fn sentence(text: T) -> Escaped<T> {
        Escaped { text, limit: SENTENCE }
    }
}

impl<T: fmt::Display> fmt::Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = Line { out: f, left: self.limit, cut: false };
        match write!(line, "{}", self.text) {
            // `Line` itself has raised the error, to stop the formatting.
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

/// Writes up to `left` characters, escaped, then fails, which ends the formatting.
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
                // Quotation marks cannot end a line, so they stay as they are.
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
