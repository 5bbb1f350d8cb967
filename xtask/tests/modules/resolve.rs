//! Which module defines what a path names.

use crate::read::{Id, Tree};

/// How many re-exports are followed: more than any name goes through, so that names which stand for each other end.
const LONGEST: usize = 16;

/// The module in which the item stands that `path` names in `from`; none for what other crates have.
pub(crate) fn resolve(tree: &Tree, from: Id, path: &[String]) -> Option<Id> {
    follow(tree, from, path, LONGEST)
}

fn follow(tree: &Tree, from: Id, path: &[String], left: usize) -> Option<Id> {
    let (first, rest) = path.split_first()?;
    match &first[..] {
        "crate" => walk(tree, 0, rest, left),
        "self" => walk(tree, from, rest, left),
        "super" => walk(tree, tree.modules[from].parent?, rest, left),
        name => lookup(tree, from, name, rest, left),
    }
}

/// From a module that the path has come to.
fn walk(tree: &Tree, at: Id, path: &[String], left: usize) -> Option<Id> {
    match path.split_first() {
        None => Some(at),
        Some((first, rest)) if first == "super" => walk(tree, tree.modules[at].parent?, rest, left),
        // What is not found is made by a macro.
        Some((first, rest)) => lookup(tree, at, first, rest, left).or(Some(at)),
    }
}

/// What `name` is in a module: a child, an item, or something that was imported.
fn lookup(tree: &Tree, at: Id, name: &str, rest: &[String], left: usize) -> Option<Id> {
    let module = &tree.modules[at];
    if let Some(child) = module.children.get(name) {
        return walk(tree, *child, rest, left);
    }
    if module.items.contains(name) {
        return Some(at);
    }
    let left = left.checked_sub(1)?;
    if let Some(import) = module.uses.iter().find(|import| import.name.as_deref() == Some(name)) {
        let whole: Vec<String> = import.path.iter().chain(rest).cloned().collect();
        return follow(tree, at, &whole, left);
    }
    let globs = module.uses.iter().filter(|import| import.name.is_none());
    let mut modules = globs.filter_map(|import| follow(tree, at, &import.path, left));
    modules.find_map(|module| if module == at { None } else { lookup(tree, module, name, rest, left) })
}
