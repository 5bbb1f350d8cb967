//! QEMU's own generator, from a source tree.

use super::Options;
use super::measure::{Sample, once};
use crate::Failure;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(super) struct Generator {
    python: PathBuf,
    arguments: Vec<OsString>,
}

impl Generator {
    /// The generator of the given tree: the script or, if the tree has only that, the package that the script starts.
    /// The error says why there is none.
    pub(super) fn find(options: &Options) -> Result<Generator, Failure> {
        let tree = options.qemu.as_ref().ok_or("name a QEMU source tree with --qemu")?;
        let arguments = arguments(&tree.join("scripts"))?;
        Ok(Generator { python: interpreter(&options.python)?, arguments })
    }

    /// Generates from `schema` to the folder `out`.
    pub(super) fn run(&self, schema: &Path, out: &Path) -> Result<Sample, Failure> {
        once(Command::new(&self.python).args(&self.arguments).arg("-o").arg(out).arg(schema), false)
    }
}

/// The arguments for Python to start the generator in this folder.
fn arguments(scripts: &Path) -> Result<Vec<OsString>, Failure> {
    let script = scripts.join("qapi-gen.py");
    if script.is_file() {
        Ok(vec![script.into()])
    } else if scripts.join("qapi/main.py").is_file() {
        let start =
            "import sys; sys.path.insert(0, sys.argv.pop(1)); from qapi import main; sys.exit(main.main())";
        Ok(vec!["-c".into(), start.into(), scripts.into()])
    } else {
        Err(format!("{}: neither qapi-gen.py nor the package qapi", scripts.display()).into())
    }
}

/// The interpreter itself: `python3` may be a wrapper script, whose time is not the generator's.
fn interpreter(python: &Path) -> Result<PathBuf, Failure> {
    let output = Command::new(python).args(["-c", "import sys; print(sys.executable)"]).output();
    let output = output.map_err(|error| format!("{}: {error}", python.display()))?;
    if !output.status.success() {
        return Err(format!("{}: it is no Python", python.display()).into());
    }
    Ok(String::from_utf8(output.stdout)?.trim_end().into())
}

#[cfg(test)]
mod tests {
    use super::arguments;
    use std::fs;

    #[test]
    fn the_generator_is_found_in_either_layout() {
        let folder = tempfile::tempdir().expect("a folder");
        let scripts = folder.path();
        let error = arguments(scripts).expect_err("there is nothing").to_string();
        assert!(error.ends_with("neither qapi-gen.py nor the package qapi"), "{error}");
        fs::create_dir(scripts.join("qapi")).expect("made");
        fs::write(scripts.join("qapi/main.py"), "").expect("written");
        let package = arguments(scripts).expect("the package is there");
        assert_eq!((package[0].as_os_str(), &*package[2]), ("-c".as_ref(), scripts.as_os_str()));
        fs::write(scripts.join("qapi-gen.py"), "").expect("written");
        assert_eq!(arguments(scripts).expect("the script is there"), [scripts.join("qapi-gen.py")]);
    }
}
