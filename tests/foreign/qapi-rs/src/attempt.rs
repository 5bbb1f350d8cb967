//! Whether something compiles that may not: the package `attempt`, compiled by cargo.

use std::fs;
use std::path::Path;
use std::process::Command;

/// What comes of an example of the package.
pub fn program(name: &str) -> String {
    check(&["--example", name], None)
}

/// What comes of a schema of our tests' clients, by qapi-codegen.
pub fn schema(name: &str) -> String {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../client-schemas/schemas");
    // The generator wants a folder with a file of this name in it.
    let folder = tempfile::tempdir().expect("a folder");
    fs::copy(ours.join(format!("{name}.json")), folder.path().join("qapi-schema.json")).expect("copies");
    check(&["--lib"], Some(folder.path()))
}

fn check(what: &[&str], schema: Option<&Path>) -> String {
    let mut cargo = Command::new(std::env::var_os("CARGO").expect("this is run by cargo"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo.args(["check", "--quiet", "--locked", "--message-format", "short", "--package", "attempt"]);
    cargo.args(what).env_remove("ATTEMPT");
    if let Some(folder) = schema {
        cargo.env("ATTEMPT", folder);
    }
    let output = cargo.output().expect("cargo runs");
    if output.status.success() {
        return "compiles".to_owned();
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    verdict(&errors).unwrap_or_else(|| panic!("cargo failed, and not at the code:\n{errors}"))
}

/// The first error of the compiler, by its code where it has one: its words may change.
fn verdict(errors: &str) -> Option<String> {
    let line = errors.lines().find(|line| line.contains(": error"))?;
    let code = line.split_once("error[").and_then(|(_, rest)| rest.split_once(']'));
    Some(match code {
        Some((code, _)) => format!("does not compile ({code})"),
        // Errors of the parser have none.
        None => "does not compile (syntax)".to_owned(),
    })
}
