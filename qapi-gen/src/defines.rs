//! Finds out which defines a server was built with, from its answer to `query-qmp-schema`.
//!
//! An answer has no conditions, but a part that it has shows that the part's condition holds, and one that it lacks
//! shows that the condition does not hold. So a schema of the server's version decides defines:
//!
//! | module | what it does |
//! |---|---|
//! | `observe` | finds which conditional parts the answer has, and which it lacks |
//! | `solve` | derives the defines from these conditions |
//! | `report` | prints defines with what depends on them |

mod observe;
pub mod report;
mod solve;

pub use solve::{State, States};

use crate::schema::{Conditional, Schema};
use crate::wire::{AnswerError, Wire};
use std::collections::BTreeMap;

/// Every define that a condition of the schema names, with the parts that depend on it, sorted.
pub fn list(schema: &Schema) -> BTreeMap<&str, Vec<Conditional<'_>>> {
    let mut defines: BTreeMap<&str, Vec<Conditional<'_>>> =
        schema.defines().into_iter().map(|name| (name, Vec::new())).collect();
    let mut parts = schema.conditionals();
    // A definition comes before its parts.
    parts.sort_by_key(|part| (&part.definition.name, part.inside, part.feature));
    for (name, dependent) in &mut defines {
        dependent.extend(parts.iter().filter(|part| part.condition.names(name)).cloned());
    }
    defines
}

/// The state of every define of the schema in the server that gave `answer`: the array that `query-qmp-schema` returns,
/// or the whole reply.
///
/// # Errors
///
/// The text is not such an answer.
pub fn decide(schema: &Schema, answer: &str) -> Result<States, AnswerError> {
    let (answer, wire) = (Wire::from_answer(answer)?, Wire::from_schema(schema));
    Ok(solve::solve(schema, &observe::facts(&answer, &wire)))
}
