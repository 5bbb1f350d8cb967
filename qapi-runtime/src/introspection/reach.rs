//! Reduces an answer to `query-qmp-schema` to some commands and events and the types that they reach.

use crate::json::{self, Value};
use std::collections::BTreeMap;

/// A command or event in the answer, by name. All other entries are types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Root<'a> {
    Command(&'a str),
    Event(&'a str),
}

/// Removes from `text`, a whole answer, the commands and events that do not stay, and the types that only those reach.
pub(crate) fn restrict(text: &str, stays: &dyn Fn(Root<'_>) -> bool) -> String {
    let Ok(Value::Array(entries)) = json::parse(text) else {
        unreachable!("the generator writes a JSON array");
    };
    let reached = reach(&entries, stays);
    let kept = entries.into_iter().zip(reached).filter_map(|(entry, reached)| reached.then_some(entry));
    json::to_string(&Value::Array(kept.collect()))
}

/// Which entries stay: the roots that stay, and the types that they reach through references.
fn reach(entries: &[Value<'_>], stays: &dyn Fn(Root<'_>) -> bool) -> Vec<bool> {
    let mut types = BTreeMap::new();
    let mut reached = vec![false; entries.len()];
    let mut next = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        match root(entry) {
            Some(root) if stays(root) => {
                reached[index] = true;
                next.push(index);
            }
            Some(_) => {}
            None => drop(types.insert(text(entry, "name"), index)),
        }
    }
    while let Some(index) = next.pop() {
        for name in references(&entries[index]) {
            if let Some(&place) = types.get(name) {
                if !std::mem::replace(&mut reached[place], true) {
                    next.push(place);
                }
            }
        }
    }
    reached
}

fn root<'a>(entry: &'a Value<'_>) -> Option<Root<'a>> {
    let name = text(entry, "name");
    match text(entry, "meta-type") {
        "command" => Some(Root::Command(name)),
        "event" => Some(Root::Event(name)),
        _ => None,
    }
}

/// The names of the types that an entry refers to. Source: the `SchemaInfo` types; members of enums have no type.
fn references<'a>(entry: &'a Value<'_>) -> impl Iterator<Item = &'a str> {
    let own = ["arg-type", "ret-type", "element-type"].into_iter().filter_map(|member| entry.get(member));
    let lists = ["members", "variants"].into_iter().filter_map(|member| entry.get(member)?.as_array());
    own.chain(lists.flatten().filter_map(|element| element.get("type"))).filter_map(Value::as_str)
}

fn text<'a>(entry: &'a Value<'_>, member: &str) -> &'a str {
    entry.get(member).and_then(Value::as_str).unwrap_or_default()
}
