//! `cargo xtask conformance`: how far we agree with QEMU.
//!
//! Each group is a module that returns a [`Group`]: what it looked at, and each difference that it found. Which
//! differences are known, and why they are accepted, stands in `known-differences.txt`; a difference that is
//! not listed fails, and so does an entry of the list that is not found any more.

mod combinations;
mod compile;
// Shared with the tests of qapi-gen, for which these are public.
#[allow(unreachable_pub)]
mod dump;
mod introspection;
mod known;
mod package;
mod report;
#[allow(unreachable_pub)]
mod suite;
mod tree;

use crate::{Failure, workspace};
use report::{Difference, Group};
use std::path::PathBuf;
use tree::Tree;

/// What `cargo xtask conformance` takes.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// A QEMU source tree, or the parts of it that hold schemas [default: the one in QAPI_CONFORMANCE_DATA]
    #[arg(long, value_name = "DIR")]
    qemu: Option<PathBuf>,
    /// How many random combinations of conditions the whole schema is compiled under
    #[arg(long, value_name = "N", default_value_t = 8)]
    combinations: u32,
    /// What the combinations are drawn from
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let folder = match &options.qemu {
        Some(folder) => folder.clone(),
        None => workspace::conformance_data().join("qemu-10.0.2"),
    };
    let tree = Tree::open(folder)?;
    let mut groups = vec![schema_suite(&tree)?, compile::run(&tree)?];
    groups.extend(combinations::run(&tree, options.combinations, options.seed)?);
    groups.extend(introspection::run(&tree)?);

    let known = known::read(&workspace::root().join("xtask/known-differences.txt"))?;
    report::judge(&groups, &known)
}

/// Group 1: QEMU's own cases for its schema compiler.
fn schema_suite(tree: &Tree) -> Result<Group, Failure> {
    let folder = tree.path("tests/qapi-schema");
    // What QEMU's versions before 10 print of a schema differs from what version 10 does.
    let outcome = suite::run(&folder, !tree.is_before_10())
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    let differences = outcome.differences.into_iter().map(|(case, detail)| Difference { case, detail });
    let mut group = Group::new("schema-suite", "cases");
    group.compared = outcome.cases;
    group.differences = differences.collect();
    Ok(group)
}
