//! Says in the documentation which schemas know a part.

use super::join::Shape;
use super::object::{Branch, Member};
use super::walk::{Node, NodeId};
use crate::compose::Source;
use std::collections::{BTreeMap, BTreeSet};

/// The note about a definition that only some schemas know.
pub(super) fn known(known: &BTreeSet<usize>, sources: &[Source<'_>]) -> Option<String> {
    (known.len() < sources.len()).then(|| format!("Known to {}.", list(known, sources)))
}

/// The schemas that know a type.
pub(super) fn sides(node: &Node) -> BTreeSet<usize> {
    node.group.iter().filter(|met| met.ty.is_some()).map(|met| met.side).collect()
}

/// The notes about a type as a whole.
pub(super) fn about_type(node: &Node, sources: &[Source<'_>]) -> Option<String> {
    let sides = sides(node);
    let mut notes: Vec<String> = known(&sides, sources).into_iter().collect();
    if let Shape::Object(object) = &node.shape {
        if !object.unions.is_empty() {
            notes.push(format!("A union in {}.", list(&object.unions, sources)));
        }
        let partial = object.branches.iter().filter(|branch| branch.known != sides);
        for Branch { case, known, .. } in partial {
            notes.push(format!("The branch for '{case}' is known to {}.", list(known, sources)));
        }
    }
    (!notes.is_empty()).then(|| notes.join("\n"))
}

/// The notes about the members or values of a type that the schemas `sides` know.
pub(super) fn about_parts(
    node: &Node,
    sides: &BTreeSet<usize>,
    sources: &[Source<'_>],
) -> BTreeMap<String, String> {
    let partial = |name: &str, known: &BTreeSet<usize>| {
        (known != sides).then(|| (name.to_owned(), format!("Known to {}.", list(known, sources))))
    };
    match &node.shape {
        Shape::Enum(values) => values.iter().filter_map(|value| partial(&value.name, &value.known)).collect(),
        Shape::Object(object) => object
            .members
            .iter()
            .filter_map(|member| Some((member.name.clone(), about_member(member, sides, sources)?)))
            .collect(),
        Shape::Builtin(_) | Shape::StrOrEnum(_) | Shape::Array(_) | Shape::Alternate(_) => BTreeMap::new(),
    }
}

fn about_member(member: &Member<NodeId>, sides: &BTreeSet<usize>, sources: &[Source<'_>]) -> Option<String> {
    let list = |sides| list(sides, sources);
    let joined = member.optional && !member.mandatory.is_empty();
    let note = match (&member.known == sides, joined) {
        (true, false) => return None,
        (true, true) => format!("Mandatory in {}.", list(&member.mandatory)),
        (false, false) => format!("Known to {}.", list(&member.known)),
        (false, true) if member.known == member.mandatory => {
            format!("Known to {}, and mandatory there.", list(&member.known))
        }
        (false, true) => {
            format!("Known to {}. Mandatory in {}.", list(&member.known), list(&member.mandatory))
        }
    };
    Some(note)
}

/// `7.2, 10.0 and 10.2`.
fn list(known: &BTreeSet<usize>, sources: &[Source<'_>]) -> String {
    enumerate(known.iter().map(|side| sources[*side].label))
}

/// `7.2, 10.0 and 10.2`.
pub(crate) fn enumerate<'a>(labels: impl Iterator<Item = &'a str>) -> String {
    let labels: Vec<&str> = labels.collect();
    match labels.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => "none of the schemas".to_owned(),
    }
}
