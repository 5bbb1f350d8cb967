//! QEMU's schema with pieces cut out of it, as it might have been before it had them.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// What is cut out: the file, the piece, and what is left of it. Each piece is there once, so that a cut that misses is
/// noticed.
const CUTS: [(&str, &str, &str); 7] = [
    // Values that are returned, and one that chooses a branch.
    ("run-state.json", "'prelaunch', ", ""),
    ("run-state.json", "'guest-panicked', ", ""),
    ("machine.json", "'x86_64', ", ""),
    // A value of an event, and a whole one.
    ("run-state.json", "'pause', 'poweroff', 'run' ]", "'poweroff', 'run' ]"),
    ("run-state.json", "{ 'event': 'RESUME' }", ""),
    // Members that are returned.
    ("block-core.json", "            'active': 'bool', 'encrypted': 'bool',\n", ""),
    ("pragma.json", "{ 'pragma': { 'doc-required': true } }", ""),
];

/// Commands and events that are not there any more.
pub(crate) const GONE: [&str; 1] = ["RESUME"];

/// Copies the folder of a schema, without comments, which would speak of what is gone.
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
