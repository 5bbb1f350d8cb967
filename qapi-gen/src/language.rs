//! The versions of the schema language: which rules each of them has.
//!
//! QEMU's schema compiler grew stricter over the years: it now refuses forms that the schemas of older releases
//! contain. A [`Language`] is named after the release of QEMU whose rules it has, and [`Rule`] is the table of the
//! rules that differ between releases. The stages call [`Language::has`] and never compare versions themselves.
//!
//! A schema's language is, in this order:
//!
//! 1. the one that the user names, by `--language` or [`Builder::language`](crate::Builder::language);
//! 2. the one that a comment of the root file names, `# qapi-gen: language(10.2)`;
//! 3. the one that the file `VERSION` names, if the root file is in a QEMU source tree;
//! 4. [`Language::Any`].

mod rule;

pub use rule::Rule;

use std::fmt;
use std::str::FromStr;

/// A version of the schema language, named after the release of QEMU whose rules it has.
///
/// If the user sets no version, the compiler takes it from a comment in the root file, `# qapi-gen: language(10.2)`, or
/// from the file `VERSION` of the QEMU source tree around the schema. Other schemas are read as [`Any`](Self::Any).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Language {
    /// Accepts every form that at least one version accepts.
    #[default]
    Any,
    /// QEMU 7.2.
    V7_2,
    /// QEMU 10.0.
    V10_0,
    /// QEMU 10.2 and later releases, as long as none is known to differ.
    V10_2,
}

impl Language {
    /// All languages: the most permissive first, then from old to new.
    pub const ALL: [Self; 4] = [Self::Any, Self::V7_2, Self::V10_0, Self::V10_2];

    /// The name, as in `--language`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::V7_2 => "7.2",
            Self::V10_0 => "10.0",
            Self::V10_2 => "10.2",
        }
    }

    /// Whether the language has a rule. [`Any`](Self::Any) has none, since each rule refuses or reinterprets a form
    /// that another version accepts.
    // Hidden like `Rule`, which a build script cannot name.
    #[doc(hidden)]
    pub fn has(self, rule: Rule) -> bool {
        let begun = rule.since().is_none_or(|since| since <= self);
        let over = rule.until().is_some_and(|until| until <= self);
        self != Self::Any && begun && !over
    }

    /// The language of a release of QEMU. A release between two languages is read as [`Any`](Self::Any), since it is
    /// not known which rules it had already.
    pub fn of_release(major: u32, minor: u32) -> Self {
        match (major, minor) {
            (7, 2) => Self::V7_2,
            (10, 0) => Self::V10_0,
            (10, 2..) | (11.., _) => Self::V10_2,
            _ => Self::Any,
        }
    }

    /// The language of the release that the text of QEMU's file `VERSION` names.
    ///
    /// A version from x.y.50 on is a development tree, and has the language of the next release.
    ///
    /// ```
    /// use qapi_gen::Language;
    /// assert_eq!(Language::of_version("10.2.2"), Some(Language::V10_2));
    /// assert_eq!(Language::of_version("9.2.90"), Some(Language::V10_0));
    /// assert_eq!(Language::of_version("main"), None);
    /// ```
    pub fn of_version(version: &str) -> Option<Language> {
        let mut numbers = version.trim().split(['.', '-', '+']).map(|number| number.parse::<u32>().ok());
        let (major, minor) = (numbers.next()??, numbers.next()??);
        // A year has three releases, x.0, x.1 and x.2, so the one after x.2 is (x + 1).0.
        let (major, minor) = match numbers.next() {
            Some(Some(50..)) if minor >= 2 => (major.saturating_add(1), 0),
            Some(Some(50..)) => (major, minor + 1),
            _ => (major, minor),
        };
        Some(Language::of_release(major, minor))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The error for a name that is not a language's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownLanguage(String);

impl fmt::Display for UnknownLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "there is no language '{}'; languages are {}",
            self.0,
            Language::ALL.map(Self::quoted).join(", ")
        )
    }
}

impl UnknownLanguage {
    fn quoted(language: Language) -> String {
        format!("'{language}'")
    }
}

impl std::error::Error for UnknownLanguage {}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(name: &str) -> Result<Self, UnknownLanguage> {
        let found = Self::ALL.into_iter().find(|language| language.name() == name);
        found.ok_or_else(|| UnknownLanguage(name.to_owned()))
    }
}

#[cfg(test)]
mod tests;
