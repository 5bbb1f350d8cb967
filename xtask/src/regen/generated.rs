//! The checked-in generated code: the protocol's own modules, which the runtime serves.

use crate::regen::renew;
use crate::{Failure, workspace};
use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::{rust, schema};

/// The modules that `qapi-gen` has built in for schemas that lack them.
const BUILT_IN: [&str; 2] = ["control.json", "introspect.json"];

/// Rewrites the generated code, or only compares it if `check` is set. Returns how many files differ.
pub(super) fn run(check: bool) -> Result<usize, Failure> {
    let root = workspace::root();
    let mut changes = 0;
    for name in BUILT_IN {
        let text = workspace::read(&root.join("schemas").join(name))?;
        changes += renew(&root.join("qapi-gen/protocol").join(name), &text, check)?;
    }
    let text = protocol()?;
    changes += renew(&root.join("qapi-runtime/src/generated/protocol.rs"), &text, check)?;
    Ok(changes)
}

/// The runtime's own modules. They are generated like any other schema, except that all paths stay in this crate.
fn protocol() -> Result<String, Failure> {
    let path = workspace::root().join("schemas/protocol.json");
    let mut options = rust::Options::default();
    options.runtime_path = "crate".to_owned();
    options.protocol = false;
    options.client = true;
    match qapi_gen::stages::compile(&DiskLoader, &path, &schema::Options::default(), &options) {
        Ok(generated) => Ok(generated.text),
        Err(failure) => Err(failure.diagnostics.to_human(&failure.sources).into()),
    }
}
