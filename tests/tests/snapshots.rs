//! The generated Rust of every schema, as text.
//!
//! The text is what this package was compiled with, so a snapshot is code that the compiler has accepted under
//! `deny(warnings, missing_docs)`. Snapshots change only through `cargo xtask regen`.
// A test may end with a panic.
#![allow(clippy::unwrap_used)]

use qapi_gen::Builder;
use qapi_test_support::skipped;
use qapi_tests::GENERATED;
use std::path::{Path, PathBuf};
use std::{fs, io};

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn snapshots_of_generated_code() {
    // Shown when the test fails.
    eprintln!(
        "`cargo xtask regen` rewrites a snapshot that differs, and says what the change does to clients"
    );
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (name, text) in GENERATED {
            insta::assert_snapshot!(*name, text);
        }
    });
}

#[test]
fn every_schema_is_compiled() {
    let mut schemas = vec!["machine".to_owned()];
    for entry in fs::read_dir(package().join("schemas")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            schemas.push(path.file_stem().unwrap().to_str().unwrap().to_owned());
        }
    }
    assert!(schemas.len() > 5, "found only {schemas:?}");
    for schema in schemas {
        let variants = GENERATED.iter().filter(|(name, _)| name.starts_with(&schema)).count();
        assert!(variants > 0, "{schema}.json is not compiled: add it to build.rs and lib.rs");
    }
}

/// What the snapshot of a module holds below its header.
fn snapshot(name: &str) -> String {
    let path = package().join(format!("tests/snapshots/{name}.snap"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let contents = text.splitn(3, "---\n").nth(2).expect("a snapshot has a header");
    contents.trim().to_owned()
}

fn copy_schemas(to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(package().join("../schemas"))? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

fn generate(folder: &Path) -> String {
    let root: PathBuf = folder.join("qapi-schema.json");
    Builder::new().generate(root).unwrap().text
}

/// The lines of `new` that `old` does not have.
fn added(old: &str, new: &str) -> Vec<String> {
    let old: Vec<&str> = old.lines().collect();
    new.lines().filter(|line| !old.contains(line)).map(|line| line.trim().to_owned()).collect()
}

#[test]
fn a_change_of_the_schema_is_caught() {
    if std::env::var_os("INSTA_FORCE_PASS").is_some() {
        skipped("that a change of the schema is caught", "the snapshots are just being rewritten");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    copy_schemas(folder.path()).unwrap();
    let accepted = snapshot("machine");
    assert_eq!(generate(folder.path()).trim(), accepted, "an unchanged copy gives the accepted code");

    let path = folder.path().join("run-state.json");
    let schema = fs::read_to_string(&path).unwrap();
    let (before, after) = schema.split_once("# @PanicAction:").expect("the schema defines PanicAction");
    let edited = after
        .replacen("\n#\n# Since:", "\n#\n# @shout: shout at all listeners\n#\n# Since:", 1)
        .replacen("'data': [ ", "'data': [ 'shout', ", 1);
    fs::write(&path, format!("{before}# @PanicAction:{edited}")).unwrap();

    let changed = generate(folder.path());
    assert_ne!(changed.trim(), accepted, "the snapshot does not tell a new value from none");
    let added = added(&accepted, &changed);
    assert!(added.iter().any(|line| line == "Shout,"), "the new variant is not what differs: {added:#?}");
}
