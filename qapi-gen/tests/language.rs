//! Versions of the language: the table in the documentation, and where a schema's version comes from.

use qapi_gen::Language;
use qapi_gen::stages::language::Rule;
use qapi_gen::stages::loader::{DiskLoader, GitLoader, MemoryLoader};
use qapi_gen::stages::schema::{self, Options};
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

/// The rows of the table.
fn table() -> String {
    let mut table = String::new();
    for rule in Rule::ALL {
        let held = |language: Language| if language.has(*rule) { "yes" } else { "" };
        let [first, second, third] = [Language::V7_2, Language::V10_0, Language::V10_2].map(held);
        writeln!(table, "| {} | {first} | {second} | {third} |", rule.text())
            .expect("a String takes all text");
    }
    table
}

#[test]
fn the_table_in_the_documentation_is_that_of_the_code() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/language.md"));
    let page = page.expect("the page is part of the project");
    let lines = page.lines().skip_while(|line| !line.starts_with("| rule |")).skip(2);
    let rows: String =
        lines.take_while(|line| line.starts_with("| ")).flat_map(|line| [line, "\n"]).collect();
    assert_eq!(rows, table(), "docs/language.md has to have these rows");
}

/// A comment in the older form: QEMU 10 refuses it.
const OLDER: &str = "##\n# @foo:\n#\n# Note: text\n##\n{ 'command': 'foo' }\n";

fn load(files: &[(&str, &str)], language: Option<Language>) -> Result<Language, String> {
    let loader = files.iter().fold(MemoryLoader::new(), |loader, (path, text)| loader.file(path, *text));
    match schema::load(&loader, files[0].0, &Options { language }) {
        Ok(loaded) => Ok(loaded.schema.language),
        Err(failure) => Err(failure.diagnostics.to_human(&failure.sources)),
    }
}

#[test]
fn the_version_of_the_tree_decides() {
    let root = ("/qemu/qga/qapi-schema.json", OLDER);
    assert_eq!(load(&[root], None), Ok(Language::Any));
    assert_eq!(load(&[root, ("/qemu/VERSION", "7.2.0\n")], None), Ok(Language::V7_2));
    insta::assert_snapshot!(load(&[root, ("/qemu/VERSION", "10.2.2\n")], None).expect_err("10.2 has no notes"), @r"
    error[doc-legacy-section]: 'Note' is no section of its own any more
     --> /qemu/qga/qapi-schema.json:4:1
      |
    4 | # Note: text
      | ^^^^^^^^^^^^
      |
      = help: write it as the rST directive `.. note::`, its text indented
      = note: refused since QEMU 10.0
    ");
}

#[test]
fn a_comment_and_an_option_come_first() {
    let text = format!("# qapi-gen: language(10.0)\n\n{OLDER}");
    let files = [("/qemu/qga/qapi-schema.json", text.as_str()), ("/qemu/VERSION", "7.2.0")];
    assert!(load(&files, None).is_err());
    assert_eq!(load(&files, Some(Language::V7_2)), Ok(Language::V7_2));
}

/// Today's versions take for text what older ones take for a section.
#[test]
fn a_line_within_a_paragraph_may_be_text() {
    let text = "##\n# @Foo:\n#\n# Some text, and then\n# @bar: more of it\n# Returns: nothing\n##\n{ 'struct': 'Foo', 'data': {} }\n";
    for language in [Language::V10_0, Language::Any] {
        assert_eq!(load(&[("a.json", text)], Some(language)), Ok(language));
    }
    let text = text.replace("and then\n", "and then\n#\n");
    assert!(load(&[("a.json", &text)], Some(Language::Any)).is_err());
}

/// A schema that no version is known for may be written in the form of any, each comment in another one.
#[test]
fn a_schema_without_a_version_has_every_form() {
    let text = "\
##
# = Heading
#
# = Another
##
##
# @foo:
# @a: one line
# that is not indented at all
# Returns: text
# Note: text
##
{ 'command': 'foo', 'data': { 'a': 'int', 'b': { 'type': 'int', 'if': 'CONFIG_X' } } }
##
# @bar:
#
# A line that is longer than the seventy characters that documentation may have.
# One sentence. Another one.
#
# Errors:
#     - one
##
{ 'command': 'bar' }
{ 'pragma': { 'documentation-exceptions': [ 'foo' ] } }
";
    assert_eq!(load(&[("a.json", text)], None), Ok(Language::Any));
    let refused = [Language::V7_2, Language::V10_0, Language::V10_2]
        .map(|it| load(&[("a.json", text)], Some(it)).is_err());
    assert_eq!(refused, [true; 3]);
}

/// The file `VERSION` is read as the schema is: out of the revision.
#[test]
fn a_revision_has_its_own_version() {
    let git = |folder: &Path, arguments: &[&str]| {
        Command::new("git").args(arguments).current_dir(folder).status().expect("git runs")
    };
    if Command::new("git").arg("--version").output().is_err() {
        return qapi_test_support::skipped("the version of a revision", "git is not there");
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("writable");
    std::fs::create_dir(folder.path().join("qapi")).expect("writable");
    write("qapi/qapi-schema.json", OLDER);
    write("VERSION", "7.2.0\n");
    let commit = ["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "first"];
    for arguments in [&["init", "-q", "."][..], &["add", "."], &commit] {
        assert!(git(folder.path(), arguments).success());
    }
    write("VERSION", "10.2.2\n");

    let loader = GitLoader::open(folder.path(), "HEAD").expect("a revision");
    let root = loader.path("qapi/qapi-schema.json");
    let loaded = schema::load(&loader, root, &Options::default()).expect("7.2 has such notes");
    assert_eq!(loaded.schema.language, Language::V7_2);
    let root = folder.path().join("qapi/qapi-schema.json");
    schema::load(&DiskLoader, root, &Options::default()).expect_err("10.2 has none");
}
