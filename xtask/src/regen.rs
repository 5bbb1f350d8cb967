//! `cargo xtask regen`: rewrites all checked-in generated code and the snapshots, and says what the change does to
//! compatibility.
//!
//! Generated code comes first, since the snapshots are made by tests that compile against it.

mod compatibility;
mod generated;
mod grammar;
mod snapshots;

use crate::{Failure, workspace};
use similar::TextDiff;
use std::path::Path;

/// What `cargo xtask regen` takes.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Change nothing; fail when anything would change, and show it
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

/// Prints how a file changes, or would change.
fn show(path: &Path, old: &str, new: &str) {
    let name = path.strip_prefix(workspace::root()).unwrap_or(path).display().to_string();
    let diff = TextDiff::from_lines(old, new);
    print!("{}", diff.unified_diff().context_radius(3).header(&name, &name));
}

/// Renews one file of generated text, or only looks when `check` is set; 1 when it differs.
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
