//! A canonical layout for schema files, in the style of QEMU's own.
//!
//! * An expression that keeps some rules (`keep`) stays as it was written. Any other is laid out anew:
//! * A definition starts with `{ 'kind': 'Name',`; its other keys stand below, two spaces in. What fits on a line and
//!   was written on one stays on one; lists are filled or, when they were written so, have a line an element.
//! * Values that the author aligned stay aligned.
//! * Spaces stand inside braces and around the elements of lists, but not in array types (`['str']`).
//! * Documentation is wrapped at 70 columns. Sentences keep their two spaces, and what is no plain text (examples,
//!   directives, tables) is left alone.
//! * All comments are kept.
//!
//! It works on tokens: only the form of a file has to be right. Formatting twice changes nothing more.

mod doc;
mod keep;
mod lex;
mod print;
mod tree;
mod verify;
mod wrap;

use std::fmt;

/// The widest line of a definition.
const WIDTH: usize = 79;
/// The widest line of documentation.
const DOC_WIDTH: usize = 70;

/// Why a file cannot be formatted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatError {
    /// The line, from 1; 0 for the file as a whole.
    pub line: u32,
    /// What is wrong there.
    pub message: String,
}

impl FormatError {
    fn new(line: u32, message: impl Into<String>) -> Self {
        FormatError { line, message: message.into() }
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for FormatError {}

/// The text of a schema file in canonical layout.
///
/// # Errors
///
/// When the text is no sequence of expressions, documentation and comments.
///
/// ```
/// let text = "{'enum':'E','data':['a',\n'b']}\n";
/// assert_eq!(qapi_gen::stages::fmt::format(text).unwrap(), "{ 'enum': 'E', 'data': [ 'a', 'b' ] }\n");
/// ```
pub fn format(text: &str) -> Result<String, FormatError> {
    let tokens = lex::tokens(text)?;
    let items = tree::parse(text, &tokens)?;
    let formatted = print::print(&items);
    verify::verify(&tokens, &formatted)?;
    Ok(formatted)
}
