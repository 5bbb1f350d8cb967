//! A canonical layout for schema files, in the style of QEMU's own.
//!
//! * An expression that obeys some rules (`keep`) keeps its line breaks. Any other is laid out anew:
//! * A definition starts with `{ 'kind': 'Name',`; its other keys follow on lines of their own, indented by two
//!   spaces. A value that fits on a line and was on one line stays there. Lists are filled or, if the author wrote
//!   them so, have a line for each element.
//! * Values that the author aligned stay aligned.
//! * Spaces separate braces, and the brackets of lists, from their contents, except in array types (`['str']`).
//! * Documentation is wrapped at 70 columns. Sentences keep their two spaces. Markup (examples, directives, tables)
//!   is not changed.
//! * All comments are kept.
//!
//! The formatter works on tokens, so only the syntax of a file has to be right. It is idempotent.

mod doc;
mod keep;
mod lex;
mod print;
mod tree;
mod verify;
mod wrap;

use std::fmt;

/// The width limit for lines of a definition.
const WIDTH: usize = 79;
/// The width limit for lines of documentation.
const DOC_WIDTH: usize = 70;

/// The reason why a file cannot be formatted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatError {
    /// The line, from 1; 0 for the file as a whole.
    pub line: u32,
    /// The error there.
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

/// Returns the text of a schema file in canonical layout.
///
/// # Errors
///
/// If the text is not a sequence of expressions, documentation and comments.
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
