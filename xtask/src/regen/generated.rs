//! The generated code that is checked in: what the runtime serves of the protocol itself.

use crate::regen::show;
use crate::{Failure, workspace};
use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::{rust, schema};
use std::path::Path;

/// The modules that `qapi-gen` carries along for schemas that lack them.
const BUILT_IN: [&str; 2] = ["control.json", "introspect.json"];

/// Renews the generated code and says how many files changed; only looks when `check` is set.
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

/// The runtime's own modules. They are generated like any other schema, but that everything is in this crate.
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

fn renew(path: &Path, text: &str, check: bool) -> Result<usize, Failure> {
    let old = if path.exists() { workspace::read(path)? } else { String::new() };
    if old == text {
        return Ok(0);
    }
    show(path, &old, text);
    if !check {
        workspace::write(path, text)?;
    }
    Ok(1)
}
