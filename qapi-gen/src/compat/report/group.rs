//! What reports for people have in common: changes by definition, what they reach, and how many there are.

use crate::compat::{Change, Comparison, Direction, Verdict};

/// The changes of one definition.
pub(super) struct Group<'a> {
    pub(super) definition: &'a str,
    pub(super) changes: Vec<&'a Change>,
}

/// The changes by definition, those first that come first in the list.
pub(super) fn by_definition<'a>(changes: impl Iterator<Item = &'a Change>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut known = std::collections::HashMap::new();
    for change in changes {
        let definition = change.definition.as_str();
        let index = *known.entry(definition).or_insert(groups.len());
        match groups.get_mut(index) {
            Some(group) => group.changes.push(change),
            None => groups.push(Group { definition, changes: vec![change] }),
        }
    }
    groups
}

/// The commands and events that a change reaches, by direction.
pub(super) fn reached(change: &Change) -> Vec<String> {
    if change.direction == Direction::CommandLine {
        return vec![format!("{}: no command or event has it", change.direction)];
    }
    [Direction::Sent, Direction::Received]
        .into_iter()
        .filter_map(|direction| {
            let such = change.reaches.iter().filter(|reach| reach.direction == direction);
            let names: Vec<&str> = such.map(|reach| reach.root.as_str()).collect();
            (!names.is_empty()).then(|| format!("{direction}: {}", names.join(", ")))
        })
        .collect()
}

/// The number of changes for each verdict, and of what the accept file does, in one line.
pub(super) fn summary(comparison: &Comparison) -> String {
    let changes = &comparison.changes;
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let mut text = if changes.is_empty() {
        "no change".to_owned()
    } else {
        let count = |verdict| changes.iter().filter(|change| change.verdict == verdict).count();
        let definitions = by_definition(changes.iter()).len();
        format!(
            "{} change{} in {definitions} definition{}: {} incompatible, {} worth a look, {} compatible",
            changes.len(),
            plural(changes.len()),
            plural(definitions),
            count(Verdict::Incompatible),
            count(Verdict::WorthALook),
            count(Verdict::Compatible),
        )
    };
    let accepted = changes.iter().filter(|change| change.accepted.is_some()).count();
    if accepted > 0 {
        text.push_str(&format!("; {accepted} accepted"));
    }
    match comparison.stale.len() {
        0 => {}
        1 => text.push_str("; 1 stale entry"),
        count => text.push_str(&format!("; {count} stale entries")),
    }
    text
}
