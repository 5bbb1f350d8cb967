//! The versions that documentation names, as in `Since: 10.2`.

use super::{Definition, DocSectionKind};
use std::fmt;
use std::str::FromStr;

/// A version: numbers with dots between them. Zeros at the end do not count, so 2.0 is 2.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(Vec<u32>);

/// The text is no version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoVersion;

impl FromStr for Version {
    type Err = NoVersion;

    fn from_str(text: &str) -> Result<Self, NoVersion> {
        let numbers = text.strip_prefix('v').unwrap_or(text).split('.').map(str::parse::<u32>);
        let mut numbers = numbers.collect::<Result<Vec<u32>, _>>().map_err(|_| NoVersion)?;
        while numbers.len() > 1 && numbers.last() == Some(&0) {
            numbers.pop();
        }
        Ok(Version(numbers))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.0.iter().map(u32::to_string).collect();
        // People write 2.0, not 2.
        f.write_str(&numbers.join("."))?;
        f.write_str(if self.0.len() == 1 { ".0" } else { "" })
    }
}

impl fmt::Display for NoVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a version is numbers with dots between them, as in 10.2")
    }
}

impl std::error::Error for NoVersion {}

impl Definition {
    /// The version that the documentation's own `Since:` names.
    pub fn since(&self) -> Option<Version> {
        let sections = self.doc.as_ref().map_or(&[][..], |doc| &doc.sections);
        let section = sections.iter().find(|section| section.kind == DocSectionKind::Since)?;
        let first = section.text.split(|c: char| c.is_whitespace() || c == ',').next()?;
        first.trim_end_matches('.').parse().ok()
    }
}

impl Version {
    /// The newest version that the `Since:` of one of these definitions names.
    pub fn newest<'a>(definitions: impl IntoIterator<Item = &'a Definition>) -> Option<Version> {
        definitions.into_iter().filter_map(Definition::since).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().expect("a version")
    }

    #[test]
    fn versions_compare_by_their_numbers() {
        assert!(version("10.2") > version("9.2.1"));
        assert!(version("2.5.1") > version("2.5"));
        assert_eq!(version("2.0"), version("v2.0.0"));
        assert_eq!(version("2").to_string(), "2.0");
        assert_eq!(version("0.14.0").to_string(), "0.14");
        for text in ["", "2.", "next", "1.0-rc1"] {
            assert_eq!(text.parse::<Version>(), Err(NoVersion), "{text}");
        }
    }
}
