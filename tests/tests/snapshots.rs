//! The generated Rust of every schema, as text.
//!
//! The text is what this package was compiled with, so a snapshot is code that the compiler has accepted under
//! `deny(warnings, missing_docs)`; only the numbers of types in introspection are replaced by names. Snapshots change only through `cargo xtask regen`.
// A test may end with a panic.
#![allow(clippy::unwrap_used)]

mod type_names;

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
            insta::assert_snapshot!(*name, type_names::named(text, &schema_of(name)));
        }
    });
}

/// The root file of a module's schema.
fn schema_of(module: &str) -> PathBuf {
    let file = match module {
        "machine" => return package().join("../schemas/qapi-schema.json"),
        "client" => "types",
        _ if module.starts_with("conditions") => "conditions",
        _ => module,
    };
    package().join(format!("schemas/{file}.json"))
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
    type_names::named(&Builder::new().generate(&root).unwrap().text, &root)
}

/// Changes a file of the schema by replacing the first occurrences of texts behind `from`.
fn edit(path: &Path, from: &str, changes: [(&str, &str); 2]) {
    let schema = fs::read_to_string(path).unwrap();
    let (before, mut after) = match schema.split_once(from) {
        Some((before, after)) => (before, after.to_owned()),
        None => panic!("the schema has no {from}"),
    };
    for (old, new) in changes {
        assert!(after.contains(old), "the schema has no {old} behind {from}");
        after = after.replacen(old, new, 1);
    }
    fs::write(path, format!("{before}{from}{after}")).unwrap();
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
    // Not by `assert_eq`, which would print both texts: the test of the snapshots shows the difference.
    assert!(generate(folder.path()).trim() == accepted, "the schema gives other code than the snapshot has");

    edit(
        &folder.path().join("run-state.json"),
        "# @PanicAction:",
        [
            ("\n#\n# Since:", "\n#\n# @shout: shout at all listeners\n#\n# Since:"),
            ("'data': [ ", "'data': [ 'shout', "),
        ],
    );
    let changed = generate(folder.path());
    assert!(changed.trim() != accepted, "the snapshot does not tell a new value from none");
    let added = added(&accepted, &changed);
    assert!(added.iter().any(|line| line == "Shout,"), "the new variant is not what differs: {added:#?}");
}

/// A member that uses a type before others do: the type has another number, and no line of another entry changes.
#[test]
fn a_new_member_renumbers_nothing() {
    let folder = tempfile::tempdir().unwrap();
    copy_schemas(folder.path()).unwrap();
    let old = generate(folder.path());
    edit(
        &folder.path().join("run-state.json"),
        "# @set-action:",
        [
            ("\n# @reboot:", "\n# @nmi: what NMIs do\n#\n# @reboot:"),
            ("'*reboot':", "'*nmi': [ 'WatchdogAction' ], '*reboot':"),
        ],
    );
    let new = generate(folder.path());
    let entries = added(&old, &new).into_iter().filter(|line| line.contains("meta-type"));
    let mut names: Vec<_> = entries.map(|line| line.split("\\\"").nth(3).unwrap().to_owned()).collect();
    names.sort();
    assert_eq!(names, ["[WatchdogAction]", "q_obj_set-action-arg"]);
}
