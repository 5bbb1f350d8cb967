//! The result of a group, and the verdict on all groups.

use super::known::Known;
use crate::Failure;

/// The outcome of one group of comparisons.
pub(super) struct Group {
    /// The group's name, the first word of an entry in the list of known differences.
    pub(super) name: &'static str,
    /// The word for the compared things: `cases`, `schemas`, `entries`.
    pub(super) unit: &'static str,
    /// How many things were compared.
    pub(super) compared: usize,
    /// How many of them differ, if that is not the number of differences: one may represent many.
    pub(super) differing: Option<usize>,
    /// Each difference.
    pub(super) differences: Vec<Difference>,
}

impl Group {
    /// Creates a group without results.
    pub(super) fn new(name: &'static str, unit: &'static str) -> Self {
        Self { name, unit, compared: 0, differing: None, differences: Vec::new() }
    }
}

/// One difference from QEMU.
pub(super) struct Difference {
    /// The case: one word that the list of known differences can name.
    pub(super) case: String,
    /// The description; may have several lines.
    pub(super) detail: String,
}

/// Prints a line for each group, and each difference. Fails unless exactly the known differences occur.
pub(super) fn judge(groups: &[Group], known: &[Known]) -> Result<(), Failure> {
    let mut surprises = 0;
    for group in groups {
        let mut expected: Vec<&Known> = known.iter().filter(|k| k.group == group.name).collect();
        let differing = group.differing.unwrap_or(group.differences.len());
        println!(
            "{}: {} {} compared, {} equal, {differing} different",
            group.name,
            group.compared,
            group.unit,
            group.compared.saturating_sub(differing),
        );
        if group.compared == 0 {
            surprises += 1;
            println!("  nothing was compared: is the tree complete?");
        }
        for difference in &group.differences {
            let at = expected.iter().position(|known| known.case == difference.case);
            let verdict = match at {
                Some(at) => format!("known: {}", expected.swap_remove(at).reason),
                None => {
                    surprises += 1;
                    "NEW".to_owned()
                }
            };
            println!("  {} ({verdict})", difference.case);
            for line in difference.detail.lines() {
                println!("      {line}");
            }
        }
        for gone in expected {
            surprises += 1;
            println!("  {} (GONE: strike it from the list of known differences)", gone.case);
        }
    }
    match surprises {
        0 => Ok(()),
        1 => Err("conformance: one surprise".into()),
        _ => Err(format!("conformance: {surprises} surprises").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(differences: &[&str]) -> Group {
        let mut group = Group::new("group", "cases");
        group.compared = 3;
        let difference = |case: &&str| Difference { case: (*case).to_owned(), detail: String::new() };
        group.differences = differences.iter().map(difference).collect();
        group
    }

    fn known(case: &str) -> Known {
        Known { group: "group".into(), case: case.into(), reason: "ours is better".into() }
    }

    #[test]
    fn what_is_known_passes() {
        assert!(judge(&[group(&["a"])], &[known("a")]).is_ok());
        assert!(judge(&[group(&[])], &[]).is_ok());
    }

    #[test]
    fn a_new_difference_fails() {
        assert!(judge(&[group(&["a", "b"])], &[known("a")]).is_err());
        assert!(judge(&[group(&["a", "a"])], &[known("a")]).is_err());
    }

    #[test]
    fn a_difference_that_is_gone_fails() {
        assert!(judge(&[group(&["a"])], &[known("a"), known("b")]).is_err());
    }

    #[test]
    fn a_group_that_compared_nothing_fails() {
        assert!(judge(&[Group::new("group", "cases")], &[]).is_err());
    }
}
