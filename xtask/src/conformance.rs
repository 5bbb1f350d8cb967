//! `cargo xtask conformance`: compares this project with QEMU.
//!
//! Each group is a module that returns a [`Group`]: what it compared, and every difference. `known-differences.txt`
//! lists the accepted differences with their reasons. A difference that is not listed fails the command, and so does a
//! listed one that no longer occurs.

mod combinations;
mod compile;
mod devices;
mod dump;
mod golden;
mod imported;
mod introspection;
mod known;
mod mutate;
mod package;
mod random;
mod report;
mod suite;
mod tree;

use crate::{Failure, workspace};
use report::{Difference, Group};
use std::path::PathBuf;
use tree::Tree;

/// The arguments of `cargo xtask conformance`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// A QEMU source tree, or the parts of it that contain schemas [default: the one in QAPI_CONFORMANCE_DATA]
    #[arg(long, value_name = "DIR")]
    qemu: Option<PathBuf>,
    /// Compile the whole schema under this many random combinations of conditions
    #[arg(long, value_name = "N", default_value_t = 8)]
    combinations: u32,
    /// The seed for combinations and mutations
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,
    /// Only compare this many mutated and random schemas with the tree's schema compiler, which needs python3
    #[arg(long, value_name = "N", requires = "qemu")]
    mutate: Option<u32>,
    /// Only replay the recorded conversations of a folder, as the one in QAPI_CONFORMANCE_DATA
    #[arg(long, value_name = "DIR")]
    golden: Option<PathBuf>,
    /// Only ask this machine's QEMUs: replay the recorded conversations with qemu-system-x86_64, import the schema of each
    /// server that there is, and try devices as their generated types write them
    #[arg(long)]
    live: bool,
    /// With --live: also replay those that take QEMU minutes, and try all devices
    #[arg(long, requires = "live")]
    slow: bool,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let mut known = known::read(&workspace::root().join("xtask/known-differences.txt"))?;
    if options.golden.is_some() || options.live {
        let groups = conversations(options)?;
        if options.golden.is_some() {
            // A folder need not have a case for every rule.
            let is_found = |known: &known::Known| {
                groups
                    .iter()
                    .flat_map(|group| &group.differences)
                    .any(|difference| difference.case == known.case)
            };
            known.retain(is_found);
        }
        return report::judge(&groups, &known);
    }
    let folder = match &options.qemu {
        Some(folder) => folder.clone(),
        None => workspace::conformance_data().join("qemu-10.0.2"),
    };
    let tree = Tree::open(folder)?;
    if let Some(count) = options.mutate {
        return mutate::run(&tree, count, options.seed);
    }
    let mut groups = vec![schema_suite(&tree)?, compile::run(&tree)?];
    groups.extend(combinations::run(&tree, options.combinations, options.seed)?);
    groups.extend(introspection::run(&tree)?);
    if options.qemu.is_none() {
        groups.extend(conversations(options)?);
    }
    report::judge(&groups, &known)
}

/// Group 5: conversations recorded from QEMU, optionally also with this machine's QEMU; then also groups 6 and 7.
fn conversations(options: &Options) -> Result<Vec<Group>, Failure> {
    let folders = match &options.golden {
        Some(folder) => vec![folder.clone()],
        None => golden::default_folders().to_vec(),
    };
    if let Some(folder) = folders.iter().find(|folder| options.golden.is_none() && !folder.is_dir()) {
        let text = format!("there is no {}", folder.display());
        if options.live {
            return Err(text.into());
        }
        println!("golden: skipped, {text}");
        return Ok(Vec::new());
    }
    let mut groups = vec![golden::run(&folders)?];
    if options.live {
        match golden::run_live(&folders, options.slow)? {
            Some(live) => groups.extend(live),
            None => println!("live: skipped, there is no qemu-system-x86_64"),
        }
        groups.push(imported::run()?);
        groups.push(devices::run(options.slow)?);
    }
    Ok(groups)
}

/// Group 1: QEMU's own cases for its schema compiler.
fn schema_suite(tree: &Tree) -> Result<Group, Failure> {
    let folder = tree.path("tests/qapi-schema");
    let outcome =
        suite::run(&folder, tree.language()).map_err(|error| format!("{}: {error}", folder.display()))?;
    let differences = outcome.differences.into_iter().map(|(case, detail)| Difference { case, detail });
    let mut group = Group::new("schema-suite", "cases");
    group.compared = outcome.cases;
    group.differences = differences.collect();
    Ok(group)
}
