//! What a user's build compiles, and that it need not compile the compiler.
//!
//! The lists are snapshots: a dependency more, or a feature of one, is seen in review.
// A test may end with a panic.
#![allow(clippy::unwrap_used)]

use qapi_gen::Builder;
use qapi_test_support::{skipped, user};
use std::path::Path;
use std::process::Command;

/// A client on tokio, which compiles a few commands of a schema.
const CLIENT: &str = r#"[package]
name = "client"
version = "0.1.0"
edition = "2024"

[dependencies]
qapi-runtime = { path = "../qapi/qapi-runtime", default-features = false, features = ["client", "tokio"] }
tokio = { version = "1", features = ["rt"] }

[build-dependencies]
qapi-gen = { path = "../qapi/qapi-gen", default-features = false }
"#;

/// A program with generated code in its sources.
const CHECKED_IN: &str = r#"[package]
name = "thermostat"
version = "0.1.0"
edition = "2021"
rust-version = "1.85"

[dependencies]
qapi-runtime = { path = "../qapi/qapi-runtime" }
"#;

/// The packages that cargo compiles for the one in `folder` on Linux, build scripts' included, each with its features.
fn compiled(folder: &Path) -> String {
    let mut cargo = user::cargo(folder);
    // Not what the machine of the test compiles, but what a certain one does.
    cargo.args(["tree", "--offline", "--target", "x86_64-unknown-linux-gnu", "--edges", "normal,build"]);
    let output = cargo.args(["--prefix", "none", "--format", "{p}|{f}"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let mut packages: Vec<String> = text.lines().map(package).collect();
    packages.sort();
    // A package that is compiled twice, for the build script and for the program, stands here once.
    packages.dedup();
    format!("{} packages\n{}", packages.len(), packages.join("\n"))
}

/// Name and features of a line. Versions change with each update, and say little of what it costs.
fn package(line: &str) -> String {
    let (package, features) = line.trim_end_matches(" (*)").split_once('|').unwrap();
    let name = package.split(' ').next().unwrap();
    format!("{name}: {features}").trim_end_matches([':', ' ']).to_owned()
}

fn check(name: &str, list: &str) {
    // Shown when the test fails.
    eprintln!(
        "`cargo xtask regen` rewrites a list that differs: is what was added worth what each user pays for it?"
    );
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, list));
}

#[test]
fn the_first_schema_compiles() {
    let folder = tempfile::tempdir().unwrap();
    user::write_first_schema(folder.path());
    check("first-schema-compiles", &compiled(folder.path()));
}

#[test]
fn a_client_on_tokio_compiles() {
    let folder = tempfile::tempdir().unwrap();
    user::write_package(
        folder.path(),
        &[("Cargo.toml", CLIENT), ("src/lib.rs", ""), ("build.rs", "fn main() {}")],
    );
    check("tokio-client-compiles", &compiled(folder.path()));
}

/// The way of docs/building.md for those whose Rust is older than the compiler's, or who do without a build script.
#[test]
fn checked_in_code_builds_with_the_rust_of_the_runtime() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    user::write_first_schema(folder);
    std::fs::remove_file(folder.join("build.rs")).unwrap();
    Builder::new().out_dir(folder.join("src")).compile(folder.join("thermostat.json")).unwrap();
    let main = std::fs::read_to_string(folder.join("src/main.rs")).unwrap();
    let included = "qapi_runtime::include_schema!(mod qapi = \"thermostat\");";
    assert!(main.contains(included));
    let main = main.replace(included, "#[rustfmt::skip]\n#[path = \"thermostat.rs\"]\nmod qapi;");
    user::write_package(folder, &[("Cargo.toml", CHECKED_IN), ("src/main.rs", &main)]);

    let (mut cargo, version) = (user::cargo(folder), toolchain());
    // In a folder of its own, for another compiler would have the others' work done anew.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("checked-in");
    match version {
        Some(version) => {
            cargo = Command::new("rustup");
            cargo.current_dir(folder).args(["run", &version, "cargo"]).env_remove("RUSTUP_TOOLCHAIN");
        }
        None => {
            skipped("checked-in code with Rust 1.85", "this toolchain is not installed: today's is taken")
        }
    }
    cargo
        .args(["check", "--quiet", "--offline"])
        .env("CARGO_TARGET_DIR", target)
        .env("RUSTFLAGS", "-D warnings");
    for name in ["RUSTC", "RUSTDOC", "CARGO", "RUSTC_WRAPPER"] {
        cargo.env_remove(name);
    }
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Code for a server and a client, with the runtime's parts that generated code names and nothing else.
#[test]
fn generated_code_needs_no_feature_of_the_runtime() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    user::write_first_schema(folder);
    for file in ["build.rs", "src/main.rs"] {
        std::fs::remove_file(folder.join(file)).unwrap();
    }
    Builder::new().client(true).out_dir(folder.join("src")).compile(folder.join("thermostat.json")).unwrap();
    let manifest = CHECKED_IN.replace("qapi-runtime\" }", "qapi-runtime\", default-features = false }");
    assert_ne!(manifest, CHECKED_IN);
    let lib = "#![deny(warnings)]\n#[path = \"thermostat.rs\"]\npub mod qapi;\n";
    user::write_package(folder, &[("Cargo.toml", &manifest), ("src/lib.rs", lib)]);

    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no-features");
    let mut cargo = user::cargo(folder);
    cargo.args(["check", "--quiet", "--offline"]).env("CARGO_TARGET_DIR", target);
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The toolchain of the version that the runtime states, if rustup has it.
fn toolchain() -> Option<String> {
    let output = Command::new("rustup").args(["toolchain", "list"]).output().ok()?;
    let list = String::from_utf8(output.stdout).ok()?;
    let names = list.lines().filter_map(|line| line.split(' ').next());
    names.filter(|name| name.starts_with("1.85")).map(str::to_owned).next()
}
