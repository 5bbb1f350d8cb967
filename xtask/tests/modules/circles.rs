//! Imports between siblings, and the circles that they make.

use crate::read::{Id, Tree};
use crate::resolve::resolve;
use std::collections::{BTreeMap, BTreeSet};

/// Which sibling imports which, each with an import that shows it.
pub(crate) type Edges = BTreeMap<(Id, Id), String>;

/// Siblings that import each other, directly or through others.
pub(crate) struct Circle {
    /// `PARENT: SIBLING, SIBLING`
    pub(crate) name: String,
    /// The imports among them.
    pub(crate) imports: Vec<String>,
}

/// All imports of a crate.
pub(crate) fn edges(tree: &Tree) -> Edges {
    let mut edges = Edges::new();
    for (from, module) in tree.modules.iter().enumerate() {
        for path in module.uses.iter().map(|it| &it.path).chain(&module.paths) {
            if let Some(to) = resolve(tree, from, path)
                && let Some(ends) = siblings(tree, from, to)
            {
                let text = format!("    {} names {}", tree.name(from), path.join("::"));
                edges.entry(ends).or_insert(text);
            }
        }
    }
    edges
}

/// The siblings that hold the ends of an import; none when one end holds the other.
fn siblings(tree: &Tree, from: Id, to: Id) -> Option<(Id, Id)> {
    let below: BTreeMap<Option<Id>, Id> = tree.line(from).map(|id| (tree.modules[id].parent, id)).collect();
    let (from, to) = tree.line(to).find_map(|to| Some((*below.get(&tree.modules[to].parent)?, to)))?;
    (from != to).then_some((from, to))
}

/// The circles, those of outer modules first.
pub(crate) fn circles(tree: &Tree, edges: &Edges) -> Vec<Circle> {
    let reach: BTreeMap<Id, BTreeSet<Id>> =
        edges.keys().map(|(from, _)| (*from, reachable(*from, edges))).collect();
    let reaches = |from: Id, to: Id| reach.get(&from).is_some_and(|reached| reached.contains(&to));
    let mut seen = BTreeSet::new();
    let mut circles = Vec::new();
    for id in 0..tree.modules.len() {
        if !reaches(id, id) || seen.contains(&id) {
            continue;
        }
        let members: BTreeSet<Id> =
            (0..tree.modules.len()).filter(|other| reaches(id, *other) && reaches(*other, id)).collect();
        let inside = edges.iter().filter(|((from, to), _)| members.contains(from) && members.contains(to));
        let mut names: Vec<&str> = members.iter().map(|id| &tree.modules[*id].name[..]).collect();
        names.sort_unstable();
        let parent = tree.modules[id].parent.map(|parent| tree.name(parent)).unwrap_or_default();
        circles.push(Circle {
            name: format!("{parent}: {}", names.join(", ")),
            imports: inside.map(|(_, import)| import.clone()).collect(),
        });
        seen.extend(members);
    }
    circles
}

fn reachable(from: Id, edges: &Edges) -> BTreeSet<Id> {
    let mut found = BTreeSet::new();
    let mut open = vec![from];
    while let Some(id) = open.pop() {
        let next = edges.range((id, 0)..=(id, Id::MAX)).map(|((_, to), _)| *to);
        open.extend(next.filter(|to| found.insert(*to)));
    }
    found
}
