//! What cannot be joined.

use super::group::Group;
use super::join::Shape;
use super::walk::{Node, Walk};
use crate::compose::Source;
use crate::schema::JsonType;
use crate::schema::names::c_name;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

/// A place where the schemas cannot be joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The place, as a preference names it: `blockdev-add.arguments[qcow2].file`.
    pub place: String,
    /// Why the language has no type for both.
    pub reason: String,
    /// What each schema has there: its label, and its types.
    pub sides: Vec<(String, String)>,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)?;
        self.sides.iter().try_for_each(|(label, types)| write!(f, "\n  in {label}: {types}"))
    }
}

/// All conflicts.
pub(super) fn find(walk: &Walk, sources: &[Source<'_>]) -> Vec<Conflict> {
    let conflict = |node: &Node| {
        let reason = reason(node, walk)?;
        Some(Conflict { place: node.place.path.clone(), reason, sides: sides(&node.group, sources) })
    };
    walk.reached().filter_map(|(_, node)| conflict(node)).collect()
}

fn sides(group: &Group, sources: &[Source<'_>]) -> Vec<(String, String)> {
    let mut sides: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for met in group {
        let label = met.ty.map_or("no members", |ty| sources[met.side].wire.ty(ty).label.as_str());
        sides.entry(met.side).or_default().push(label);
    }
    sides.into_iter().map(|(side, types)| (sources[side].label.to_owned(), types.join(", "))).collect()
}

fn reason(node: &Node, walk: &Walk) -> Option<String> {
    match &node.shape {
        Shape::Alternate(choices) => {
            let mut seen: HashMap<JsonType, &'static str> = HashMap::new();
            for choice in choices {
                for json in json_types(&walk.nodes[choice.ty], walk) {
                    if let Some(other) = seen.insert(json, choice.class.name()) {
                        let class = choice.class.name();
                        return Some(format!("an alternate cannot tell {other} from {class}"));
                    }
                }
            }
            None
        }
        Shape::Object(object) => {
            let members = object.members.iter().map(|member| member.name.as_str());
            clash(members, "members")
        }
        Shape::Enum(values) => clash(values.iter().map(|value| value.name.as_str()), "values"),
        Shape::Builtin(_) | Shape::StrOrEnum(_) | Shape::Array(_) => None,
    }
}

/// Names that differ, but have one spelling in generated code.
fn clash<'a>(names: impl Iterator<Item = &'a str>, what: &str) -> Option<String> {
    let mut seen: HashMap<Cow<'_, str>, &str> = HashMap::new();
    for name in names {
        if let Some(other) = seen.insert(c_name(name), name) {
            return Some(format!("the {what} '{other}' and '{name}' have one name in generated code"));
        }
    }
    None
}

/// The JSON types that a choice claims.
fn json_types(node: &Node, walk: &Walk) -> BTreeSet<JsonType> {
    match &node.shape {
        Shape::Enum(values) => JsonType::of_values(values.iter().map(|value| value.name.as_str())),
        Shape::StrOrEnum(enums) if !node.sent => json_types(&walk.nodes[*enums], walk),
        Shape::StrOrEnum(_) | Shape::Builtin("str") => JsonType::of_strings(),
        Shape::Builtin("null") => BTreeSet::from([JsonType::Null]),
        Shape::Builtin("bool") => BTreeSet::from([JsonType::Bool]),
        Shape::Builtin(_) => BTreeSet::from([JsonType::Number]),
        Shape::Array(_) => BTreeSet::from([JsonType::Array]),
        Shape::Object(_) => BTreeSet::from([JsonType::Object]),
        Shape::Alternate(_) => unreachable!("alternates have no alternates as choices"),
    }
}
