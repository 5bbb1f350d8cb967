//! Reads the comments of a root file that concern the whole schema, and detects the version of its language.

use crate::language::{Language, UnknownLanguage};
use crate::loader::Loader;
use std::path::{Path, PathBuf};

/// The mark of the comment that names the language of a schema: `# qapi-gen: language(10.2)`.
const LANGUAGE: &str = "qapi-gen: language(";

/// The mark of the comment about the integers of a schema: `# qapi-gen: integers(wide)`.
const INTEGERS: &str = "qapi-gen: integers(";

/// The folders of QEMU's schemas in its source tree, with the path from there to the tree's file `VERSION`.
const ROOTS: [(&str, &str); 3] = [
    ("storage-daemon/qapi/qapi-schema.json", "../../VERSION"),
    ("qapi/qapi-schema.json", "../VERSION"),
    ("qga/qapi-schema.json", "../VERSION"),
];

/// The result: a schema's language.
pub(crate) struct Detected {
    pub(crate) language: Language,
    /// The file that names it, with its text.
    pub(crate) version_file: Option<(PathBuf, String)>,
}

/// An unknown language that a comment names.
pub(crate) struct BadComment {
    pub(crate) error: UnknownLanguage,
    /// The range of the name in the text.
    pub(crate) name: (usize, usize),
}

/// The language of the schema whose root file `root` has this text.
pub(crate) fn detect(loader: &dyn Loader, root: &Path, text: &str) -> Result<Detected, BadComment> {
    if let Some(language) = named(text)? {
        return Ok(Detected { language, version_file: None });
    }
    let version = version_file(loader, root);
    let language = version.as_ref().and_then(|(_, text)| Language::of_version(text)).unwrap_or_default();
    Ok(Detected { language, version_file: version })
}

/// The language that a comment of the file names.
fn named(text: &str) -> Result<Option<Language>, BadComment> {
    let Some((name, range)) = comment(text, LANGUAGE) else { return Ok(None) };
    match name.parse() {
        Ok(language) => Ok(Some(language)),
        Err(error) => Err(BadComment { error, name: range }),
    }
}

/// Whether a comment of the file says that an `int` may be any integer of 64 bits, as in a schema made from an answer,
/// which has no widths. The error is the range of a word other than `wide`.
pub(crate) fn wide_integers(text: &str) -> Result<bool, (usize, usize)> {
    match comment(text, INTEGERS) {
        None => Ok(false),
        Some(("wide", _)) => Ok(true),
        Some((_, range)) => Err(range),
    }
}

/// The word in the parentheses of a comment with this mark, and its range with the blanks around it.
fn comment<'t>(text: &'t str, mark: &str) -> Option<(&'t str, (usize, usize))> {
    let (at, _) = text.match_indices(mark).find(|(at, _)| {
        let line = text[..*at].rfind('\n').map_or(0, |newline| newline + 1);
        text[line..*at].trim_start().starts_with('#')
    })?;
    let start = at + mark.len();
    let line = text[start..].lines().next().unwrap_or_default();
    let name = line.split_once(')').map_or(line, |(name, _)| name);
    Some((name.trim(), (start, start + name.len())))
}

/// The version of the QEMU source tree around a schema's root file.
#[cfg(feature = "import")]
pub(crate) fn tree_version(loader: &dyn Loader, root: &Path) -> Option<String> {
    version_file(loader, root).map(|(_, text)| text.trim().to_owned())
}

/// The file `VERSION` of the QEMU tree around a root file.
fn version_file(loader: &dyn Loader, root: &Path) -> Option<(PathBuf, String)> {
    let identity = loader.identity(root).ok()?;
    let (_, way) = ROOTS.into_iter().find(|(place, _)| identity.ends_with(place))?;
    let path = loader.resolve(root, way);
    let text = String::from_utf8(loader.read(&path).ok()?).ok()?;
    Some((path, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loader::MemoryLoader;

    fn found(files: &[(&str, &str)]) -> Language {
        let loader = files.iter().fold(MemoryLoader::new(), |loader, (path, text)| loader.file(path, *text));
        let (root, text) = files[0];
        detect(&loader, Path::new(root), text)
            .map(|detected| detected.language)
            .unwrap_or_else(|bad| panic!("{}", bad.error))
    }

    #[test]
    fn a_version_counts_only_above_a_root_of_qemu() {
        let version = |path| (path, "10.2.2");
        for (root, path) in [
            ("/tree/qapi/qapi-schema.json", "/tree/VERSION"),
            ("/tree/qga/qapi-schema.json", "/tree/VERSION"),
            ("/tree/storage-daemon/qapi/qapi-schema.json", "/tree/VERSION"),
            ("qapi/qapi-schema.json", "VERSION"),
        ] {
            assert_eq!(found(&[(root, "#"), version(path)]), Language::V10_2, "{root}");
        }
        for (root, path) in [
            ("/tree/qapi/other.json", "/tree/VERSION"),
            ("/tree/schema/qapi-schema.json", "/tree/VERSION"),
            ("/tree/storage-daemon/qapi/qapi-schema.json", "/tree/storage-daemon/VERSION"),
            ("/tree/qapi/qapi-schema.json", "/tree/qapi/VERSION"),
        ] {
            assert_eq!(found(&[(root, "#"), version(path)]), Language::Any, "{root}");
        }
    }

    #[test]
    fn a_comment_comes_before_the_version() {
        let root = ("/tree/qapi/qapi-schema.json", "\n# qapi-gen: language(7.2)\n");
        assert_eq!(found(&[root, ("/tree/VERSION", "10.2.2")]), Language::V7_2);
    }

    #[test]
    fn integers_are_wide_only_by_a_comment() {
        assert_eq!(wide_integers("{ }\n# qapi-gen: integers( wide )\n"), Ok(true));
        assert_eq!(wide_integers("'# qapi-gen: integers(wide)'"), Ok(false));
        assert_eq!(wide_integers("# qapi-gen: integers(64)"), Err((21, 23)));
    }

    #[test]
    fn a_comment_names_a_language_that_there_is() {
        assert_eq!(named("'# qapi-gen: language(7.2)'\nx # qapi-gen: language(7.2)").ok(), Some(None));
        let bad = named("# qapi-gen: language(7.3)").expect_err("there is no such language");
        assert_eq!(bad.name, (21, 24));
        insta::assert_snapshot!(bad.error, @"there is no language '7.3'; languages are 'any', '7.2', '10.0', '10.2'");
    }
}
