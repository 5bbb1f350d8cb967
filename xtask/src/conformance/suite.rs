//! QEMU's own tests of its schema compiler: `tests/qapi-schema` of a QEMU source tree.
//!
//! A case is a `.json` file with an `.err` and an `.out` file beside it. If the `.err` file has text, the schema has to
//! be refused, with one of our errors on a line that the text names. Otherwise it has to be accepted, and our dump of
//! it has to equal the `.out` file.

use super::dump::dump;
use qapi_gen::Language;
use qapi_gen::stages::diagnostic::{Diagnostics, Severity};
use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::schema::{self, Failure, Loaded};
use qapi_gen::stages::source::Sources;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The result of the suite.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// How many cases there were.
    pub(super) cases: usize,
    /// The cases in which we differ, each with a description.
    pub(super) differences: Vec<(String, String)>,
}

/// Runs every case of a folder, each in the language of the tree.
///
/// # Errors
///
/// If the folder or a file in it cannot be read.
pub(super) fn run(folder: &Path, language: Language) -> io::Result<Outcome> {
    let mut outcome = Outcome::default();
    for case in cases(folder)? {
        outcome.cases += 1;
        let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let expected_errors = fs::read_to_string(case.with_extension("err"))?;
        let expected_dump = fs::read_to_string(case.with_extension("out"))?;
        if let Err(detail) = judge(&case, &expected_errors, &expected_dump, language) {
            outcome.differences.push((name, detail));
        }
    }
    Ok(outcome)
}

/// The cases of a folder, in order of their names.
fn cases(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut cases = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_case = path.extension().is_some_and(|extension| extension == "json");
        if is_case && path.with_extension("err").is_file() && path.with_extension("out").is_file() {
            cases.push(path);
        }
    }
    cases.sort();
    Ok(cases)
}

fn judge(case: &Path, expected_errors: &str, expected_dump: &str, language: Language) -> Result<(), String> {
    let refused = !expected_errors.trim().is_empty();
    match schema::load(&DiskLoader, case, &schema::Options { language: Some(language) }) {
        Ok(Loaded { .. }) if refused => Err(format!("accepted, but QEMU says:\n{expected_errors}")),
        Ok(Loaded { schema, .. }) => compare(expected_dump, &dump(&schema)),
        Err(Failure { diagnostics, sources }) if refused => {
            let places = places(expected_errors);
            if places.is_empty() {
                return Err(format!("no line is named in:\n{expected_errors}"));
            }
            if found(&diagnostics, &sources).iter().any(|place| places.contains(place)) {
                return Ok(());
            }
            Err(format!("QEMU says:\n{expected_errors}we say:\n{}", diagnostics.to_human(&sources)))
        }
        Err(Failure { diagnostics, sources }) => {
            Err(format!("refused, but QEMU accepts it:\n{}", diagnostics.to_human(&sources)))
        }
    }
}

/// File and line of each of our errors, as QEMU reports them; the file relative to the folder of the case.
fn found(diagnostics: &Diagnostics, sources: &Sources) -> Vec<(String, u32)> {
    (diagnostics.iter())
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .filter_map(|diagnostic| {
            let place = diagnostic.qemu_place()?;
            Some((sources.module_name(place.file), sources.locate(place).line))
        })
        .collect()
}

/// File and line of each error in the text of an `.err` file. Lines that only introduce an error (`In struct 'X':`,
/// `In file included from`) or refer back from it (`previous definition`) do not count.
pub(super) fn places(text: &str) -> Vec<(String, u32)> {
    text.lines().filter_map(place).collect()
}

fn place(line: &str) -> Option<(String, u32)> {
    if line.starts_with("In file included from ") || line.ends_with(": previous definition") {
        return None;
    }
    let (file, rest) = line.split_once(':')?;
    let (number, _) = rest.split_once(':')?;
    Some((file.to_owned(), number.parse().ok()?))
}

/// Compares two texts. The error describes the first difference.
fn compare(expected: &str, actual: &str) -> Result<(), String> {
    if expected == actual {
        return Ok(());
    }
    let (mut theirs, mut ours) = (expected.lines(), actual.lines());
    for number in 1.. {
        match (theirs.next(), ours.next()) {
            (None, None) => break,
            (a, b) if a == b => {}
            (a, b) => {
                let show = |line: Option<&str>| line.unwrap_or("(nothing)").to_owned();
                return Err(format!("dumps part at line {number}\nQEMU: {}\nours: {}", show(a), show(b)));
            }
        }
    }
    Err("dumps differ in how their lines end".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_suites_agree() {
        for (tree, language) in [("qemu-10.0.2", Language::V10_0), ("qemu-10.2.2", Language::V10_2)] {
            let folder = qapi_test_support::conformance_data(&format!("{tree}/tests/qapi-schema"));
            let Some(folder) = folder else { continue };
            let outcome = run(&folder, language).expect("the suite is readable");
            assert!(outcome.cases > 100, "only {} cases", outcome.cases);
            assert_eq!(outcome.differences, []);
        }
    }

    #[test]
    fn the_lines_that_carry_an_error_are_found() {
        let text = "In file included from a.json:1:\nb.json:2:10: expected ':'\n";
        assert_eq!(places(text), [("b.json".to_owned(), 2)]);
        let text = "a.json: In command 'foo':\na.json:3: 'foo' is already defined\n\
                    a.json: In command 'foo':\na.json:2: previous definition\n";
        assert_eq!(places(text), [("a.json".to_owned(), 3)]);
        assert_eq!(places("Valid keys are 'a', 'b'.\n"), []);
    }

    #[test]
    fn texts_are_compared_to_their_end() {
        assert!(compare("a\nb\n", "a\nb\n").is_ok());
        assert!(compare("a\nb\n", "a\n").unwrap_err().contains("line 2"));
        assert!(compare("a\n", "a\nb\n").unwrap_err().contains("line 2"));
        assert!(compare("a\n", "a").is_err());
    }
}
