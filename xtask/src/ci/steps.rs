//! The checks, in the order in which they run: fast ones that often fail come first.

use super::checks::{self, xtask};
use super::need::Need;
use super::tally::Tally;
use super::{hotplug, published, readme};
use crate::{Failure, msrv};

/// A check.
pub(super) struct Step {
    /// Its name on the command line.
    pub(super) name: &'static str,
    /// A description.
    pub(super) title: &'static str,
    needs: &'static [Need],
    pub(super) run: fn(&mut Tally) -> Result<(), Failure>,
}

impl Step {
    /// The reason why it cannot run here; `None` if it can.
    pub(super) fn missing(&self) -> Option<String> {
        self.needs.iter().find_map(|need| need.missing())
    }
}

const fn step(
    name: &'static str,
    title: &'static str,
    needs: &'static [Need],
    run: fn(&mut Tally) -> Result<(), Failure>,
) -> Step {
    Step { name, title, needs, run }
}

/// All checks.
pub(super) static STEPS: &[Step] = &[
    step("format", "Format", &[Need::Cargo("fmt")], checks::format),
    step("clippy", "Clippy", &[Need::Cargo("clippy")], checks::clippy),
    step("msrv", "The Rust version that dependencies ask for", &[], |_| msrv::run()),
    step(
        "stated-rust",
        "A build with the Rust version that is stated",
        &[Need::StatedRust(checks::WORKSPACE)],
        checks::stated_rust,
    ),
    step(
        "stated-rust-runtime",
        "A build of the runtime with its own Rust version",
        &[Need::StatedRust(checks::RUNTIME)],
        checks::stated_rust_of_runtime,
    ),
    step("deny", "Licences, duplicates and sources of dependencies", &[Need::Cargo("deny")], checks::deny),
    step("test", "Tests", &[], checks::test),
    step("test-features", "Tests of the features that are off unless asked for", &[], checks::test_features),
    step("simulate", "The driver under every schedule that a seed gives, and its mutants", &[], |_| {
        xtask(&["simulate"])
    }),
    step("schedules", "Its locks under the schedules of a model checker", &[], |_| xtask(&["schedules"])),
    step("soak", "A soak of both transports", &[], |_| xtask(&["soak", "--seconds", "30"])),
    step(
        "features",
        "Combinations of features, and targets without our transports",
        &[Need::Cargo("clippy")],
        checks::features,
    ),
    step("regen", "Generated code, snapshots, and what changed in our schemas", &[], |_| {
        xtask(&["regen", "--check"])
    }),
    step("doc", "Documentation", &[], checks::doc),
    step("package", "Packages, and the tests in them", &[], |_| published::run()),
    step("conformance", "Conformance", &[Need::Data("qemu-10.0.2")], |_| xtask(&["conformance"])),
    step(
        "conformance-10.2",
        "Conformance with QEMU 10.2",
        &[Need::Data("qemu-10.2.2")],
        checks::conformance_next,
    ),
    step(
        "conformance-old",
        "Conformance with QEMU 7.2",
        &[Need::Variable(checks::OLD_SOURCE)],
        checks::conformance_old,
    ),
    step(
        "mutate",
        "Mutated and random schemas, beside QEMU 7.2's own compiler",
        &[Need::Variable(checks::OLD_SOURCE), Need::Program("python3")],
        checks::mutate,
    ),
    step(
        "live",
        "The recorded conversations, imports and devices, with a running QEMU",
        &[Need::Version("qemu-system-x86_64", "version 10."), Need::Data("golden/qmp")],
        |_| xtask(&["conformance", "--live"]),
    ),
    step(
        "hotplug",
        "The example that needs QEMU alone, with each QEMU",
        &[Need::Program("qemu-system-x86_64"), Need::Cargo("clippy")],
        hotplug::run,
    ),
    step(
        "foreign-python",
        "A foreign client: qemu.qmp",
        &[Need::Variable(checks::PYTHON)],
        checks::foreign_python,
    ),
    step("foreign-rust", "A foreign client: the crate qapi", &[Need::Program("bash")], checks::foreign_rust),
    step("readme", "The README's commands", &[Need::Program("bash")], readme::run),
];
