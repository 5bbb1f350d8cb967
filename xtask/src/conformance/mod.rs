//! `cargo xtask conformance`: how far we agree with QEMU.
//!
//! Each group is a module that returns a [`Group`]: what it looked at, and each difference that it found. Which
//! differences are known, and why they are accepted, stands in `known-differences.txt`; a difference that is
//! not listed fails, and so does an entry of the list that is not found any more.

mod compile;
mod introspection;
mod known;
mod report;
mod tree;

use crate::{Failure, workspace};
use std::path::PathBuf;
use tree::Tree;

/// What `cargo xtask conformance` takes.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// A QEMU source tree, or the parts of it that hold schemas [default: the one in QAPI_CONFORMANCE_DATA]
    #[arg(long, value_name = "DIR")]
    qemu: Option<PathBuf>,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let folder = match &options.qemu {
        Some(folder) => folder.clone(),
        None => workspace::conformance_data().join("qemu-10.0.2"),
    };
    let tree = Tree::open(folder)?;
    let mut groups = vec![compile::run(&tree)?];
    groups.extend(introspection::run(&tree)?);

    let known = known::read(&workspace::root().join("xtask/known-differences.txt"))?;
    report::judge(&groups, &known)
}
