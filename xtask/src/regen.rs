//! `cargo xtask regen`: rewrites all checked-in generated code and the snapshots, and judges our own schemas: what changed for
//! clients since the last release, and what lint advises.
//!
//! Generated code comes first, since the snapshots are made by tests that compile against it.

mod advice;
mod base;
mod compatibility;
mod generated;
mod grammar;
#[cfg(test)]
mod scratch;
mod snapshots;

use crate::{Failure, workspace};
use similar::TextDiff;
use std::path::Path;

/// The arguments of `cargo xtask regen`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Change nothing, but show what would change; fail if anything would, if clients are affected, or if there is advice
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let mut changes = grammar::run(options.check)?;
    changes += generated::run(options.check)?;
    changes += snapshots::run(options.check)?;
    let passes = [compatibility::run()?, advice::run()?];
    let mut faults = Vec::new();
    match (changes, options.check) {
        (0, _) => println!("all generated code and snapshots are up to date"),
        (_, false) => println!("{changes} files rewritten: read the change before you commit it"),
        (_, true) => {
            let message = "files differ from what the schemas give; `cargo xtask regen` rewrites them";
            faults.push(format!("{changes} {message}"));
        }
    }
    // Without the check, the reports alone are for the author, who is not done.
    if options.check {
        let messages = ["clients of our schemas are affected", "lint has advice on our schemas"];
        let failed = passes.into_iter().zip(messages).filter(|(passes, _)| !passes);
        faults.extend(failed.map(|(_, message)| message.to_owned()));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("; ").into()) }
}

/// Prints the difference that a file has, or would have.
fn show(path: &Path, old: &str, new: &str) {
    let name = path.strip_prefix(workspace::root()).unwrap_or(path).display().to_string();
    let diff = TextDiff::from_lines(old, new);
    print!("{}", diff.unified_diff().context_radius(3).header(&name, &name));
}

/// A report in which files are named relative to the top of the workspace, as revisions name them.
fn within(root: &Path, report: &str) -> String {
    report.replace(&format!("{}/", root.display()), "")
}

/// Rewrites one generated file, or only compares it if `check` is set. Returns 1 if it differs.
fn renew(path: &Path, text: &str, check: bool) -> Result<usize, Failure> {
    let old = if path.exists() { workspace::read(path)? } else { String::new() };
    if old == text {
        return Ok(0);
    }
    show(path, &old, text);
    if !check {
        workspace::write(path, text)?;
    }
    Ok(1)
}
