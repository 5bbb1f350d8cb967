//! QEMU's schema with pieces cut out of it, as if they had not been added yet.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// The cuts: the file, the piece, and its replacement. Each piece must occur exactly once, so that a cut which misses
/// is an error.
const CUTS: [(&str, &str, &str); 7] = [
    // Values in replies, and one that selects a branch.
    ("run-state.json", "'prelaunch', ", ""),
    ("run-state.json", "'guest-panicked', ", ""),
    ("machine.json", "'x86_64', ", ""),
    // A value in an event, and a whole event.
    ("run-state.json", "'pause', 'poweroff', 'run' ]", "'poweroff', 'run' ]"),
    ("run-state.json", "{ 'event': 'RESUME' }", ""),
    // Members in replies.
    ("block-core.json", "            'active': 'bool', 'encrypted': 'bool',\n", ""),
    ("pragma.json", "{ 'pragma': { 'doc-required': true } }", ""),
];

/// The commands and events that the cuts remove.
pub(crate) const GONE: [&str; 1] = ["RESUME"];

/// Copies the folder of a schema, without comments: these would document the pieces that are cut out.
pub(crate) fn cut(schema: &Path, to: &Path) -> Result<PathBuf, Box<dyn Error>> {
    fs::create_dir_all(to)?;
    let mut cuts = 0;
    for entry in fs::read_dir(schema)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if !name.ends_with(".json") {
            continue;
        }
        println!("cargo::rerun-if-changed={}", path.display());
        let text = fs::read_to_string(&path)?;
        let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
        let mut code = code.join("\n") + "\n";
        for (_, piece, left) in CUTS.iter().filter(|(file, ..)| *file == name) {
            if code.matches(piece).count() != 1 {
                return Err(format!("{name} has {piece:?} not once").into());
            }
            code = code.replace(piece, left);
            cuts += 1;
        }
        fs::write(to.join(name), code)?;
    }
    if cuts == CUTS.len() { Ok(to.to_owned()) } else { Err("a file to be cut is not there".into()) }
}
