//! Writes a new schema: its definitions, with documentation from the schemas that they were made of, as files.
//!
//! | module | what it does |
//! |---|---|
//! | `definition` | what there is to write |
//! | `print` | writes a definition |
//! | `docs` | writes its documentation |
//! | `files` | distributes definitions over files, and excuses what the language would refuse |

mod definition;
mod docs;
mod files;
mod print;

pub(crate) use definition::{
    Body, Choice, Command, Data, Definition, Docs, Mark, Member, Reference, Returns, Value,
};
pub(crate) use docs::documentation;
pub use files::{File, Layout, Unwritable};
pub(crate) use files::{compose, is_plain};
