//! The back end for Rust: from the checked schema to the text of a module.
//!
//! [`generate`] runs all steps: the context decides what exists, emitters turn one definition at a time into tokens, in
//! several threads, and the pieces are put into their modules in the schema's order.
//!
//! The context is built in layers, each complete before the next: the `selection` says what exists, `spelling` names
//! it, and `context` combines both.

mod apart;
mod assemble;
mod cfg;
mod context;
#[cfg(feature = "import")]
mod devices;
mod docs;
mod emit;
mod fingerprint;
mod graph;
mod homes;
mod names;
mod option_checks;
mod options;
mod outline;
mod place;
mod print;
mod reach;
mod selection;
mod spelling;
mod tolerant;
mod vocabulary;

#[cfg(feature = "import")]
pub use devices::{fields as device_fields, generate as generate_devices};
pub use options::{Conditions, ExternModule, Handlers, Options};
pub use outline::{Handler, Outline, outline};

use crate::diagnostic::Diagnostics;
use crate::schema::Schema;
use cfg::Decider;
use context::Context;
use std::borrow::Cow;

/// Generates the Rust code of a schema: the content of a module.
///
/// # Errors
///
/// Options that name something that the schema does not define.
pub fn generate(schema: &Schema, options: &Options) -> Result<String, Diagnostics> {
    option_checks::check(schema, options)?;
    let schema = prepared(schema, options);
    let cx = Context::new(&schema, options)?;
    option_checks::check_decided(&cx)?;
    Ok(assemble::assemble(&cx))
}

/// The schema as the options change it before anything is decided.
fn prepared<'a>(schema: &'a Schema, options: &Options) -> Cow<'a, Schema> {
    let schema = match options.conditions {
        Conditions::All => Cow::Owned(schema.clone().of_any_build()),
        Conditions::Fixed | Conditions::Cfg { .. } => Cow::Borrowed(schema),
    };
    if options.tolerant_replies {
        Cow::Owned(tolerant::tolerant(schema.into_owned(), options))
    } else {
        schema
    }
}

/// The cfgs that the code uses, as `cargo::rustc-check-cfg` takes them: `cfg(CONFIG_LINUX)`.
pub fn check_cfgs(schema: &Schema, options: &Options) -> Vec<String> {
    Decider::new(&options.conditions, &options.defines).check_cfgs(schema)
}

/// The fingerprint of a module of the schema, as [`ExternModule::fingerprint`] takes it.
pub fn fingerprint(schema: &Schema, module: crate::schema::ModuleId) -> u64 {
    fingerprint::of_module(schema, module)
}
