//! Lints our own schemas.

use crate::{Failure, workspace};
use qapi_gen::stages::lint::{human, lint};
use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::schema;

/// The roots of our schemas.
const SCHEMAS: [&str; 2] = ["schemas/qapi-schema.json", "schemas/protocol.json"];

/// Prints the advice on our schemas. Returns whether there is none.
pub(super) fn run() -> Result<bool, Failure> {
    let mut is_clean = true;
    for name in SCHEMAS {
        let path = workspace::root().join(name);
        let loaded = schema::load(&DiskLoader, &path, &schema::Options::default())
            .map_err(|failure| failure.diagnostics.to_human(&failure.sources))?;
        let findings = lint(&loaded.schema);
        let advice = human(&findings, &loaded.schema.sources, false);
        print!("{}", super::within(workspace::root(), &advice));
        is_clean &= findings.is_empty();
    }
    Ok(is_clean)
}
