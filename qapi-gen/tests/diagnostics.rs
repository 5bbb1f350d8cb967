//! Every diagnostic code has a fixture: a minimal schema in `tests/diagnostics` that causes it, and a snapshot of the
//! rendered text.
//!
//! A fixture is a file `CODE.json`, or a folder `CODE` with a `root.json` where it takes several files. Where it takes
//! an option too, [`options`] has it. Codes that no schema can cause are listed in [`ELSEWHERE`], with the reason.

use qapi_gen::stages::diagnostic::{Code, Diagnostics};
use qapi_gen::stages::loader::MemoryLoader;
use qapi_gen::stages::rust::{self, ExternModule};
use qapi_gen::stages::schema;
use qapi_gen::stages::source::Sources;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Codes that are not caused by what is in a schema file.
const ELSEWHERE: &[(Code, &str)] = &[
    (Code::UnreadableFile, "a_root_that_is_not_there_is_an_error_of_that_file, in syntax/tests/files.rs"),
    (Code::FileTooLarge, "a_file_over_the_limit_is_refused, in syntax/load.rs"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics")
}

/// The fixtures: the name of the code, and the files.
fn fixtures() -> Vec<(String, MemoryLoader, PathBuf)> {
    let mut fixtures = Vec::new();
    for path in entries(&folder()) {
        let name = path.file_stem().expect("an entry has a name").to_string_lossy().into_owned();
        if name == "snapshots" {
            continue;
        }
        if path.is_dir() {
            let files = entries(&path).into_iter().fold(MemoryLoader::new(), add);
            fixtures.push((name, files, PathBuf::from("root.json")));
        } else if path.extension().is_some_and(|extension| extension == "json") {
            let root = PathBuf::from(path.file_name().expect("an entry has a name"));
            fixtures.push((name, add(MemoryLoader::new(), path), root));
        }
    }
    fixtures
}

fn add(files: MemoryLoader, path: PathBuf) -> MemoryLoader {
    let content = std::fs::read(&path).expect("a fixture can be read");
    files.file(path.file_name().expect("an entry has a name"), content)
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let list = std::fs::read_dir(folder).expect("the folder of the fixtures can be read");
    let mut paths: Vec<_> = list.map(|entry| entry.expect("an entry can be read").path()).collect();
    paths.sort();
    paths
}

/// The options that cause a code together with its fixture.
fn options(code: Code) -> rust::Options {
    let mut options = rust::Options::default();
    match code {
        Code::RustUnknownName => options.only = Some(vec!["no-such-command".to_owned()]),
        Code::RustOption => options.runtime_path = "::qapi runtime".to_owned(),
        Code::RustExternMismatch => {
            let mut module = ExternModule::new("other.json", "::other");
            module.fingerprint = Some(1);
            options.extern_modules.push(module);
        }
        Code::UnusedDefine => options.defines.extend(["CONFIG_UNUSED".to_owned()]),
        _ => {}
    }
    options
}

/// All that is said on the way from the files to Rust.
fn check(files: &MemoryLoader, root: &Path, options: &rust::Options) -> (Diagnostics, Sources) {
    match schema::load(files, root, &schema::Options::default()) {
        Ok(loaded) => {
            let mut diagnostics = loaded.warnings;
            diagnostics.append(loaded.schema.unused_defines(&options.defines));
            if let Err(errors) = rust::generate(&loaded.schema, options) {
                diagnostics.append(errors);
            }
            (diagnostics, loaded.schema.sources)
        }
        Err(failure) => (failure.diagnostics, failure.sources),
    }
}

/// The rendered text; of very many diagnostics the beginning and the end.
fn render(diagnostics: &Diagnostics, sources: &Sources) -> String {
    const SHOWN: usize = 10;
    let texts: Vec<_> = diagnostics.iter().map(|diagnostic| diagnostic.to_human(sources)).collect();
    if texts.len() <= 2 * SHOWN {
        return texts.join("\n");
    }
    let left_out = texts.len() - 2 * SHOWN;
    format!("{}\n({left_out} more)\n\n{}", texts[..SHOWN].join("\n"), texts[texts.len() - SHOWN..].join("\n"))
}

#[test]
fn every_fixture_causes_its_code_and_reads_well() {
    let fixtures = fixtures();
    assert!(fixtures.len() > 30, "only {} fixtures were found", fixtures.len());
    for (name, files, root) in fixtures {
        let code = Code::ALL.iter().find(|code| code.name() == name);
        let code =
            *code.unwrap_or_else(|| panic!("tests/diagnostics has a fixture `{name}`, which is no code"));
        let (diagnostics, sources) = check(&files, &root, &options(code));
        let text = render(&diagnostics, &sources);
        assert!(diagnostics.contains(code), "the fixture of `{name}` causes something else:\n{text}");
        insta::with_settings!({ snapshot_path => "diagnostics/snapshots", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, text);
        });
    }
}

#[test]
fn every_code_has_a_fixture() {
    let there: BTreeSet<String> = fixtures().into_iter().map(|(name, ..)| name).collect();
    for code in Code::ALL {
        let elsewhere = ELSEWHERE.iter().any(|(listed, _)| listed == code);
        assert!(
            there.contains(code.name()) != elsewhere,
            "code `{code}` needs a fixture tests/diagnostics/{code}.json, or an entry in ELSEWHERE, and not both"
        );
    }
}
