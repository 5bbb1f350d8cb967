//! Group 2: QEMU's own schemas are accepted, and their generated code compiles without warnings.
//!
//! Each schema is generated twice: with none of the defines in its conditions, and with all of them.

use super::package::Packages;
use super::report::{Difference, Group};
use super::tree::Tree;
use crate::Failure;
use qapi_gen::Builder;

/// A name, and the path of the schema in the tree.
const SCHEMAS: [(&str, &str); 3] = [
    ("qapi", "qapi/qapi-schema.json"),
    ("qga", "qga/qapi-schema.json"),
    ("storage-daemon", "storage-daemon/qapi/qapi-schema.json"),
];

pub(super) fn run(tree: &Tree) -> Result<Group, Failure> {
    let mut group = Group::new("compile", "packages");
    let mut packages = Packages::new("compile");
    for (name, path) in SCHEMAS {
        let schema = tree.path(path);
        if !schema.is_file() {
            println!("compile: skipped {name}, there is no {}", schema.display());
            continue;
        }
        let defines = match tree.load(&schema) {
            Ok(schema) => schema.defines().into_iter().map(str::to_owned).collect(),
            // Generation refuses the schema again, and reports it.
            Err(_) => Vec::new(),
        };
        for (which, defines) in [("none", Vec::new()), ("all", defines)] {
            group.compared += 1;
            let name = format!("{name}-{which}");
            let builder = Builder::new().defines(defines);
            match builder.generate(&schema) {
                Ok(generated) => packages.add(&name, &generated.text)?,
                Err(error) => {
                    group.differences.push(Difference { case: name, detail: format!("refused:\n{error}") });
                }
            }
        }
    }
    packages.finish()?;
    for name in packages.names() {
        if let Some(detail) = packages.check(name)? {
            group.differences.push(Difference { case: name.clone(), detail });
        }
    }
    Ok(group)
}
