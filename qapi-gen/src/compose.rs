//! Writes a new schema: its definitions, with documentation from the schemas that they were made of, as files.
//!
//! | module | what it does |
//! |---|---|
//! | `source` | a schema of which the new one is made |
//! | `definition` | what there is to write |
//! | `integers` | spells integers whose width is not known |
//! | `naming` | names what no schema names |
//! | `print` | writes a definition |
//! | `docs` | writes its documentation |
//! | `files` | distributes definitions over files, and excuses what the language would refuse |

mod definition;
mod docs;
mod files;
mod integers;
mod naming;
mod print;
mod source;

pub(crate) use definition::{
    Body, Choice, Command, Data, Definition, Docs, Mark, Member, Reference, Returns, Value, WIDE_INTEGER,
};
pub(crate) use docs::documentation;
pub use files::{File, Layout, Unwritable};
pub(crate) use files::{compose, is_plain};
pub(crate) use naming::{camel, choice_name, free, is_name};
pub(crate) use source::Source;
