//! Makes a schema from an answer to `query-qmp-schema`, so that the interface of a running server can be compiled.
//!
//! Source: "Client JSON Protocol introspection" in the specification of the QAPI schema language. An answer has no type
//! names, no documentation, no widths of integers, and of a command's flags only `allow-oob`. These are taken from
//! schemas of about the same version, where they describe the same place; see [`pairs`].
//!
//! The law: introspection of the imported schema equals the answer, up to order and the numbers of masked types, for
//! everything that a command or event reaches.
//!
//! | module | what it does |
//! |---|---|
//! | `spelled` | refuses names that the language does not allow |
//! | `pairs` | finds the type of a given schema that describes the same places as a type of the answer |
//! | `places` | names a type after the first place that uses it |
//! | `names` | chooses one name for each type |
//! | `definitions` | makes the definitions that are written |
//! | `summary` | reports where names came from, and what did not fit |

mod definitions;
mod names;
mod pairs;
mod places;
mod spelled;
mod summary;

use crate::compose::{self, File, Layout, Source};
use crate::schema::Schema;
use crate::wire::{AnswerError, Wire};

pub use summary::Summary;

/// The comment at the beginning of each file.
const HEAD: &str = "# Made by qapi-gen of an answer to query-qmp-schema\n";

/// A schema made from an answer.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The files, the root first. Paths are relative to the root's folder.
    pub files: Vec<File>,
    /// Where names came from, and what did not fit.
    pub summary: Summary,
}

/// A schema that gives names, with its label for messages.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// As the user named it.
    pub label: &'a str,
    /// The schema, checked.
    pub schema: &'a Schema,
}

/// Makes a schema of `answer`: the array that `query-qmp-schema` returns, or the whole reply.
///
/// Names and documentation come from the first of `names` that describes the same place.
///
/// # Errors
///
/// The text is not such an answer, or describes something that the schema language cannot express.
pub fn import(answer: &str, names: &[Names<'_>], layout: Layout) -> Result<Imported, AnswerError> {
    let wire = Wire::from_answer(answer)?;
    // A server that answers has at least the command that was asked.
    if wire.commands.is_empty() {
        return Err(AnswerError::new("it describes no command"));
    }
    spelled::check(&wire)?;
    let sources: Vec<Source<'_>> = names.iter().map(|names| Source::new(names.label, names.schema)).collect();
    let pairs = pairs::find(&wire, &sources);
    let uses = places::uses(&wire);
    let places = places::find(&wire);
    let chosen = names::choose(&wire, &sources, &pairs, &places, &uses);
    let definitions = definitions::definitions(&wire, &sources, &pairs, &chosen, &uses)?;
    let summary = Summary::new(&wire, &sources, &chosen, &places, &definitions, answer);
    let files = compose::compose(definitions.all, layout, HEAD)
        .map_err(|error| AnswerError::new(error.to_string()))?;
    Ok(Imported { files, summary })
}
