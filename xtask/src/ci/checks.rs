//! The checks that are not commands of `cargo xtask` themselves.

use super::need;
use super::tally::Tally;
use super::{command, succeed};
use crate::{Failure, workspace};
use std::process::Command;

/// The variable with the path of a QEMU 7.2 source tree, or of the parts that contain schemas.
pub(super) const OLD_SOURCE: &str = "QAPI_QEMU_7_2";

/// The variable with the path of a Python that has `qemu.qmp`.
pub(super) const PYTHON: &str = "QAPI_FOREIGN_PYTHON";

/// The manifest that declares the Rust version of all packages except the runtime.
pub(super) const WORKSPACE: &str = "Cargo.toml";

/// The manifest that declares the runtime's Rust version.
pub(super) const RUNTIME: &str = "qapi-runtime/Cargo.toml";

/// The runtime's features that change what is compiled of it. Each combination of them is built.
const SIDES_AND_TRANSPORTS: [&str; 4] = ["client", "server", "threads", "tokio"];

/// More of its combinations that are built.
const MORE: [&str; 5] =
    ["serde", "systemd", "server threads credentials", "server threads systemd", "server tokio systemd"];

/// Another command of this program. It runs through cargo, since an earlier check may have rebuilt the program.
pub(super) fn xtask(arguments: &[&str]) -> Result<(), Failure> {
    succeed(command("cargo").arg("xtask").args(arguments))
}

fn cargo(arguments: &str) -> Command {
    let mut cargo = command("cargo");
    cargo.args(arguments.split_whitespace());
    cargo
}

pub(super) fn format(_: &mut Tally) -> Result<(), Failure> {
    succeed(&mut cargo("fmt --all --check"))?;
    succeed(&mut cargo("fmt --check --manifest-path examples/hotplug/Cargo.toml"))?;
    let mut schemas = Vec::new();
    for entry in workspace::root().join("schemas").read_dir()? {
        schemas.push(entry?.path());
    }
    succeed(cargo("run --quiet --locked --package qapi-gen -- fmt --check").args(schemas))
}

pub(super) fn clippy(_: &mut Tally) -> Result<(), Failure> {
    succeed(&mut cargo("clippy --workspace --all-targets --all-features --locked -- -D warnings"))
}

pub(super) fn stated_rust(_: &mut Tally) -> Result<(), Failure> {
    check_with_stated(WORKSPACE, "--workspace")
}

pub(super) fn stated_rust_of_runtime(_: &mut Tally) -> Result<(), Failure> {
    check_with_stated(RUNTIME, "--package qapi-runtime")
}

/// Checks packages with the Rust version that a manifest declares.
fn check_with_stated(manifest: &str, packages: &str) -> Result<(), Failure> {
    let version = need::stated_rust(manifest).and_then(|version| need::toolchain(&version));
    let toolchain = version.ok_or("the toolchain is gone")?;
    // rustup's cargo, which selects toolchains. `CARGO` names the cargo of the toolchain that runs this program.
    let mut cargo = Command::new("rustup");
    cargo.current_dir(workspace::root()).args(["run", &toolchain, "cargo", "check"]);
    cargo.args(packages.split_whitespace()).args(["--all-features", "--locked"]);
    // A folder of its own: in a shared one, each compiler would rebuild what the other has built.
    succeed(cargo.env_remove("RUSTC").env("CARGO_TARGET_DIR", workspace::target().join("msrv")))
}

pub(super) fn deny(_: &mut Tally) -> Result<(), Failure> {
    succeed(&mut cargo("deny --locked check bans licenses sources"))
}

pub(super) fn test(tally: &mut Tally) -> Result<(), Failure> {
    tally.run(&mut cargo("test --workspace --locked --no-fail-fast"))
}

pub(super) fn test_features(tally: &mut Tally) -> Result<(), Failure> {
    tally.run(&mut cargo("test --package qapi-runtime --all-features --locked --no-fail-fast"))
}

pub(super) fn features(_: &mut Tally) -> Result<(), Failure> {
    for features in combinations(&SIDES_AND_TRANSPORTS).iter().map(String::as_str).chain(MORE) {
        check_features("qapi-runtime", features, None)?;
        // The documentation of one side names the other.
        if features.contains("client") && features.contains("server") {
            let mut doc =
                cargo("doc --quiet --package qapi-runtime --no-default-features --locked --no-deps");
            succeed(doc.args(["--features", features]).env("RUSTDOCFLAGS", "-D warnings"))?;
        }
    }
    for features in ["", "compat", "fmt", "import", "lint"] {
        check_features("qapi-gen", features, None)?;
    }
    for target in foreign_targets() {
        check_features("qapi-runtime", "client server", Some(&target))?;
    }
    Ok(())
}

/// Checks a package with these features alone, and allows no warning.
fn check_features(package: &str, features: &str, target: Option<&str>) -> Result<(), Failure> {
    let mut clippy = cargo("clippy --quiet --no-default-features --locked");
    clippy.args(["--package", package, "--features", features]);
    clippy.args(target.into_iter().flat_map(|target| ["--target", target]));
    succeed(clippy.args(["--", "-D", "warnings"]))
}

/// All subsets of these features, each as a list that cargo takes.
fn combinations(features: &[&str]) -> Vec<String> {
    let subset = |bits: usize| {
        let chosen = features.iter().enumerate().filter(|(place, _)| bits & 1 << place != 0);
        chosen.map(|(_, feature)| *feature).collect::<Vec<_>>().join(" ")
    };
    (0..1 << features.len()).map(subset).collect()
}

/// The installed targets of systems for which the runtime has no transports.
fn foreign_targets() -> Vec<String> {
    let output = Command::new("rustup").args(["target", "list", "--installed"]).output();
    let list = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let is_foreign = |target: &&str| {
        target.contains("windows") || target.contains("apple-darwin") || target.starts_with("wasm32")
    };
    let targets: Vec<String> = list.lines().filter(is_foreign).map(str::to_owned).collect();
    if targets.is_empty() {
        println!("skipped: targets without our transports: rustup has none of them");
    }
    targets
}

pub(super) fn doc(_: &mut Tally) -> Result<(), Failure> {
    let mut doc = cargo("doc --workspace --no-deps --all-features --locked");
    succeed(doc.env("RUSTDOCFLAGS", "-D warnings"))
}

pub(super) fn conformance_next(_: &mut Tally) -> Result<(), Failure> {
    let tree = workspace::conformance_data().join("qemu-10.2.2");
    xtask(&["conformance", "--qemu", &tree.to_string_lossy()])
}

pub(super) fn mutate(_: &mut Tally) -> Result<(), Failure> {
    xtask(&["conformance", "--qemu", &variable(OLD_SOURCE)?, "--mutate", "30000"])
}

pub(super) fn conformance_old(_: &mut Tally) -> Result<(), Failure> {
    xtask(&["conformance", "--qemu", &variable(OLD_SOURCE)?])
}

pub(super) fn foreign_python(_: &mut Tally) -> Result<(), Failure> {
    let vmm = workspace::build("vmm", "vmm")?;
    succeed(command(&variable(PYTHON)?).arg("tests/foreign/qmp_client.py").arg(vmm))
}

pub(super) fn foreign_rust(_: &mut Tally) -> Result<(), Failure> {
    let vmm = workspace::build("vmm", "vmm")?;
    succeed(command("bash").arg("tests/foreign/qapi-rs/run").arg(vmm))
}

fn variable(name: &str) -> Result<String, Failure> {
    std::env::var(name).map_err(|error| format!("{name}: {error}").into())
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_combination_of_features_is_listed() {
        assert_eq!(super::combinations(&["a", "b"]), ["", "a", "b", "a b"]);
    }
}
