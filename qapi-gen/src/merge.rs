//! Makes one schema of several, for a client that talks to servers of all of them.
//!
//! The schemas are walked in step, from commands and events of the same name down through members, branches, elements
//! and choices. The types that describe one place in the schemas form a group, and each group becomes one type:
//!
//! - A member is mandatory only if it is so in all schemas that know the type.
//! - Values, branches, choices, commands and events are united.
//! - Conditions are joined by `any`.
//! - Types of different kinds are joined as far as the language can express it; see [`join`]. Where it cannot, there is a
//!   [`Conflict`], and the caller decides which schema to follow at that place.
//!
//! The laws, for each of the given schemas: what its server sends decodes, and encoded again equals what was sent; what
//! its server takes can be sent. Whether a server takes a certain value is its own answer's to say
//! (`Capabilities::supports` in the runtime).
//!
//! | module | what it does |
//! |---|---|
//! | `group` | the types that describe one place, taken apart by class |
//! | `join` | joins the values of a group to a shape |
//! | `object` | joins objects |
//! | `unite` | unites conditions and features |
//! | `walk` | finds all groups |
//! | `share` | lets a group use the type of a larger one |
//! | `names` | names the types |
//! | `definitions` | makes the definitions that are written |
//! | `notes` | says in the documentation which schemas know a part |
//! | `decisions` | the caller's decisions for places where schemas cannot be joined |
//! | `conflict` | what cannot be joined |
//! | `summary` | what was joined |

mod conflict;
mod decisions;
mod definitions;
mod group;
mod join;
mod names;
mod notes;
mod object;
mod share;
mod summary;
mod unite;
mod walk;

use crate::compose::{self, File, Layout, Source, Unwritable};
use crate::schema::Schema;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

pub use conflict::Conflict;
pub(crate) use notes::enumerate;
pub use summary::Summary;

/// A schema to merge.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The word for it in documentation and messages, such as a version. No two sides have the same.
    pub label: &'a str,
    /// The schema, checked.
    pub schema: &'a Schema,
}

/// Decisions for places where schemas cannot be joined: the label of the side to follow, by place.
pub type Preferences = BTreeMap<String, String>;

/// A merged schema.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The files, the root first. Paths are relative to the root's folder.
    pub files: Vec<File>,
    /// What was joined.
    pub summary: Summary,
}

/// Why schemas cannot be merged.
#[derive(Clone, Debug)]
pub enum MergeError {
    /// Places where types cannot be joined.
    Conflicts(Vec<Conflict>),
    /// A preference that decides nothing.
    Preference(String),
    /// The text of the merged schema.
    Unwritable(Unwritable),
}

impl fmt::Display for MergeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflicts(conflicts) => {
                let count = conflicts.len();
                let noun = if count == 1 { "place" } else { "places" };
                write!(f, "the schemas cannot be joined at {count} {noun}")?;
                conflicts.iter().try_for_each(|conflict| write!(f, "\n{conflict}"))
            }
            Self::Preference(text) => f.write_str(text),
            Self::Unwritable(error) => write!(f, "the merged schema cannot be written: {error}"),
        }
    }
}

impl Error for MergeError {}

/// The comment at the beginning of each file.
const HEAD: &str = "# Made by qapi-gen of several schemas\n";

/// Merges schemas. They are given from the oldest to the newest: where only one of them can be followed, as in the name
/// of a type or the order of its members, it is the newest.
///
/// Only what a command or event uses is merged.
///
/// # Errors
///
/// Places where the schemas cannot be joined and `preferences` has no decision, and decisions that concern no such place.
pub fn merge(sides: &[Side<'_>], preferences: &Preferences, layout: Layout) -> Result<Merged, MergeError> {
    let sources: Vec<Source<'_>> = sides.iter().map(|side| Source::new(side.label, side.schema)).collect();
    let mut decisions = decisions::Decisions::new(&sources, preferences)?;
    let mut walk = walk::walk(&sources, &mut decisions);
    let unused = decisions.unused();
    share::share(&mut walk);
    walk.mark();
    let conflicts = conflict::find(&walk, &sources);
    if !conflicts.is_empty() {
        return Err(MergeError::Conflicts(conflicts));
    }
    if let Some(place) = unused {
        return Err(MergeError::Preference(format!("no place of the merged schema is called {place}")));
    }
    let inline = definitions::inline(&walk, &sources);
    let chosen = names::choose(&walk, &sources, &inline);
    let definitions = definitions::definitions(&walk, &sources, &chosen, &inline);
    let files = compose::compose(definitions, layout, HEAD).map_err(MergeError::Unwritable)?;
    let summary = Summary::new(&walk, &sources, &chosen);
    Ok(Merged { files, summary })
}
