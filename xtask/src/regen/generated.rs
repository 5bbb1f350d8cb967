//! The generated code that is checked in: the protocol's own modules, which the runtime serves.

use crate::{Failure, workspace};
use qapi_gen::Builder;

/// The schema, and the file that it becomes.
const PROTOCOL: (&str, &str) = ("schemas/protocol.json", "qapi-runtime/src/generated/protocol.rs");

/// Renews the generated code and says how many files changed; only looks when `check` is set.
pub(super) fn run(check: bool) -> Result<usize, Failure> {
    let (schema, path) = PROTOCOL;
    let generated = Builder::new().runtime_path("crate").generate(workspace::root().join(schema))?;
    if let Some(warning) = generated.warnings.first() {
        return Err(warning.clone().into());
    }
    let path = workspace::root().join(path);
    // A file that is not there is as good as an empty one: both differ.
    let old = if path.is_file() { workspace::read(&path)? } else { String::new() };
    if old == generated.text {
        return Ok(0);
    }
    super::show(&path, &old, &generated.text);
    if !check {
        workspace::write(&path, &generated.text)?;
    }
    Ok(1)
}
