//! The list of known differences.
//!
//! One on each line, `GROUP CASE: REASON`; blank lines and lines that start with `#` are skipped.

use crate::{Failure, workspace};
use std::path::Path;

/// An accepted difference, with the reason.
#[derive(Debug, PartialEq)]
pub(super) struct Known {
    /// The group's name.
    pub(super) group: String,
    /// The case within the group.
    pub(super) case: String,
    /// The reason.
    pub(super) reason: String,
}

pub(super) fn read(path: &Path) -> Result<Vec<Known>, Failure> {
    parse(&workspace::read(path)?).map_err(|error| format!("{}:{error}", path.display()).into())
}

fn parse(text: &str) -> Result<Vec<Known>, String> {
    let lines = text.lines().enumerate();
    let meant = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    meant
        .map(|(index, line)| entry(line).ok_or_else(|| format!("{}: not GROUP CASE: REASON", index + 1)))
        .collect()
}

fn entry(line: &str) -> Option<Known> {
    let (head, reason) = line.split_once(": ")?;
    let (group, case) = head.split_once(' ')?;
    let reason = reason.trim();
    (!reason.is_empty()).then(|| Known {
        group: group.to_owned(),
        case: case.to_owned(),
        reason: reason.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_a_group_a_case_and_a_reason() {
        let known = parse("# comment\n\nschema-suite x-y.json: ours is better: see there\n").unwrap();
        let expected = Known {
            group: "schema-suite".into(),
            case: "x-y.json".into(),
            reason: "ours is better: see there".into(),
        };
        assert_eq!(known, [expected]);
    }

    #[test]
    fn an_entry_without_a_reason_is_refused() {
        assert_eq!(parse("group case\n").unwrap_err(), "1: not GROUP CASE: REASON");
        assert_eq!(parse("\ngroup case: \n").unwrap_err(), "2: not GROUP CASE: REASON");
    }
}
