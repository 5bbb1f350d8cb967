//! The backend for Rust: from the checked schema to the text of a module.
//!
//! [`generate`] is the way through: the context decides what there is, emitters make tokens of one definition at a
//! time, in threads, and the pieces are put into their modules in the schema's order.

mod assemble;
mod cfg;
mod context;
mod docs;
mod emit;
mod fingerprint;
mod graph;
mod names;
mod option_checks;
mod options;
mod outline;
mod print;
mod select;
mod spelling;
mod vocabulary;

pub use options::{Conditions, ExternModule, Handlers, Options};
pub use outline::{Handler, Outline, outline};

use crate::diagnostic::Diagnostics;
use crate::schema::Schema;
use context::Context;

/// What a schema became.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The Rust code: the content of a module.
    pub text: String,
    /// What rustc has to be told of cfgs that the code asks for, as in `cfg(CONFIG_LINUX)`.
    pub check_cfgs: Vec<String>,
    /// What the schema's author should know.
    pub warnings: Diagnostics,
}

/// Generates the Rust code of a schema.
///
/// # Errors
///
/// Options that name what the schema does not have.
pub fn generate(schema: &Schema, options: &Options) -> Result<Generated, Diagnostics> {
    option_checks::check(schema, options)?;
    let cx = Context::new(schema, options)?;
    option_checks::check_decided(&cx)?;
    let text = assemble::assemble(&cx);
    Ok(Generated { text, check_cfgs: cx.check_cfgs(), warnings: Diagnostics::new() })
}

/// The fingerprint of a module of the schema, as [`ExternModule::fingerprint`] takes it.
pub fn fingerprint(schema: &Schema, module: crate::schema::ModuleId) -> u64 {
    fingerprint::of_module(schema, module)
}
