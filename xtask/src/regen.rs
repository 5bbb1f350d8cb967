//! `cargo xtask regen`: rewrites all checked-in generated code and the snapshots, and reports changes of compatibility.
//!
//! Generated code comes first, since the snapshots are made by tests that compile against it.

mod compatibility;
mod generated;
mod grammar;
mod snapshots;

use crate::{Failure, workspace};
use similar::TextDiff;
use std::path::Path;

/// The arguments of `cargo xtask regen`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Change nothing, but show what would change and fail if anything would
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let mut changes = grammar::run(options.check)?;
    changes += generated::run(options.check)?;
    changes += snapshots::run(options.check)?;
    compatibility::run()?;
    match (changes, options.check) {
        (0, _) => println!("all generated code and snapshots are up to date"),
        (_, false) => println!("{changes} files rewritten: read the change before you commit it"),
        (_, true) => {
            let message = "files differ from what the schemas give; `cargo xtask regen` rewrites them";
            return Err(format!("{changes} {message}").into());
        }
    }
    Ok(())
}

/// Prints the difference that a file has, or would have.
fn show(path: &Path, old: &str, new: &str) {
    let name = path.strip_prefix(workspace::root()).unwrap_or(path).display().to_string();
    let diff = TextDiff::from_lines(old, new);
    print!("{}", diff.unified_diff().context_radius(3).header(&name, &name));
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
