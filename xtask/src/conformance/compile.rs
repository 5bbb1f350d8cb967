//! Group 2: QEMU's own schemas are accepted, and what is generated of them compiles without a warning.
//!
//! Each schema is generated twice, with none of the defines that it uses and with all of them, into a package of its
//! own below the build folder.

use super::report::{Difference, Group};
use super::tree::Tree;
use crate::{Failure, workspace};
use qapi_gen::Builder;
use std::path::Path;

/// A name, and where the schema stands in the tree.
const SCHEMAS: [(&str, &str); 3] = [
    ("qapi", "qapi/qapi-schema.json"),
    ("qga", "qga/qapi-schema.json"),
    ("storage-daemon", "storage-daemon/qapi/qapi-schema.json"),
];

pub(super) fn run(tree: &Tree) -> Result<Group, Failure> {
    let folder = workspace::target().join("conformance");
    let mut group = Group::new("compile", "packages");
    let mut packages = Vec::new();
    for (name, path) in SCHEMAS {
        let schema = tree.path(path);
        if !schema.is_file() {
            println!("compile: skipped {name}, there is no {}", schema.display());
            continue;
        }
        let defines = match tree.load(&schema) {
            Ok(schema) => schema.defines().into_iter().map(str::to_owned).collect(),
            // It will be refused again, and reported, where it is generated.
            Err(_) => Vec::new(),
        };
        for (which, defines) in [("none", Vec::new()), ("all", defines)] {
            group.compared += 1;
            let name = format!("{name}-{which}");
            let builder = Builder::new().defines(defines).lenient_docs(tree.is_before_10());
            match builder.generate(&schema) {
                Ok(generated) => {
                    write_package(&folder.join(&name), &name, &generated.text)?;
                    packages.push(name);
                }
                Err(error) => {
                    group.differences.push(Difference { case: name, detail: format!("refused:\n{error}") });
                }
            }
        }
    }
    write_workspace(&folder, &packages)?;
    for name in packages {
        if let Err(detail) = compile(&folder, &name)? {
            group.differences.push(Difference { case: name, detail });
        }
    }
    Ok(group)
}

/// A package that holds nothing but a generated schema.
fn write_package(folder: &Path, name: &str, code: &str) -> Result<(), Failure> {
    let runtime = workspace::root().join("qapi-runtime");
    workspace::write(
        &folder.join("Cargo.toml"),
        &format!(
            "[package]\nname = \"{name}\"\nedition = \"2024\"\nversion = \"0.0.0\"\n\n\
             [dependencies]\nqapi-runtime = {{ path = {runtime:?} }}\n"
        ),
    )?;
    workspace::write(
        &folder.join("src/lib.rs"),
        "//! Generated code, all of it public and documented.\n#![deny(warnings, missing_docs)]\n\n\
         /// The schema.\npub mod qapi {\n    include!(\"generated.rs\");\n}\n",
    )?;
    workspace::write(&folder.join("src/generated.rs"), code)
}

/// Ties the packages together, so that they share what they build and the versions of this workspace.
fn write_workspace(folder: &Path, members: &[String]) -> Result<(), Failure> {
    workspace::write(
        &folder.join("Cargo.toml"),
        &format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n\n[profile.dev]\ndebug = false\n"),
    )?;
    let lock = workspace::read(&workspace::root().join("Cargo.lock"))?;
    workspace::write(&folder.join("Cargo.lock"), &lock)
}

/// What the Rust compiler says against it, if anything.
fn compile(folder: &Path, name: &str) -> Result<Result<(), String>, Failure> {
    let output = workspace::cargo(folder)
        .args(["check", "--quiet", "--message-format", "short", "--package", name])
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .output()?;
    if output.status.success() {
        return Ok(Ok(()));
    }
    let messages = String::from_utf8_lossy(&output.stderr).into_owned();
    let some: Vec<&str> = messages.lines().take(20).collect();
    Ok(Err(format!("{}\n({} lines in all)", some.join("\n"), messages.lines().count())))
}
