//! Where a path leads: through modules, and through what they import.

use super::source::{Package, is_hidden, is_public};
use std::collections::BTreeSet;
use syn::{Ident, Item, UseTree};

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    Module(usize),
    /// An item of a module.
    Item(usize, usize),
    /// Something of another package.
    Foreign(String),
}

/// A name that is imported: the path that follows `use`, and the name that it gets. `*` is a name, too.
pub(crate) struct Import {
    pub(crate) path: Vec<String>,
    pub(crate) name: String,
    pub(crate) public: bool,
}

/// What a module imports.
pub(crate) fn imports(package: &Package, module: usize) -> Vec<Import> {
    let mut found = Vec::new();
    for item in &package.modules[module].items {
        if let Item::Use(item) = item {
            let public = is_public(&item.vis) && !is_hidden(&item.attrs);
            flatten(&item.tree, Vec::new(), public, &mut found);
        }
    }
    found
}

fn flatten(tree: &UseTree, mut path: Vec<String>, public: bool, found: &mut Vec<Import>) {
    match tree {
        UseTree::Path(tree) => {
            path.push(tree.ident.to_string());
            flatten(&tree.tree, path, public, found);
        }
        UseTree::Group(group) => {
            group.items.iter().for_each(|tree| flatten(tree, path.clone(), public, found));
        }
        UseTree::Glob(_) => found.push(Import { path, name: "*".into(), public }),
        UseTree::Name(tree) if tree.ident == "self" => {
            let name = path.last().cloned().unwrap_or_default();
            found.push(Import { path, name, public });
        }
        UseTree::Name(tree) => {
            path.push(tree.ident.to_string());
            found.push(Import { path, name: tree.ident.to_string(), public });
        }
        UseTree::Rename(tree) => {
            if tree.ident != "self" {
                path.push(tree.ident.to_string());
            }
            found.push(Import { path, name: tree.rename.to_string(), public });
        }
    }
}

/// The name of an item that has one.
pub(crate) fn name(item: &Item) -> Option<&Ident> {
    match item {
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        _ => None,
    }
}

/// What a path in a module stands for: several things where a module and an item have one name.
pub(crate) fn resolve(package: &Package, from: usize, path: &[String]) -> BTreeSet<Target> {
    find(package, from, path, 0)
}

/// Imports that go round would be followed for ever.
const DEPTH: usize = 16;

fn find(package: &Package, from: usize, path: &[String], depth: usize) -> BTreeSet<Target> {
    let Some((first, rest)) = path.split_first() else { return BTreeSet::from([Target::Module(from)]) };
    if depth > DEPTH {
        return BTreeSet::new();
    }
    match &first[..] {
        "crate" => return find(package, 0, rest, depth + 1),
        "self" => return find(package, from, rest, depth + 1),
        "super" => return find(package, parent(package, from), rest, depth + 1),
        _ => {}
    }
    let mut found = BTreeSet::new();
    for target in look_up(package, from, first, depth) {
        match target {
            Target::Module(module) => found.extend(find(package, module, rest, depth + 1)),
            Target::Item(..) if rest.is_empty() => drop(found.insert(target)),
            Target::Item(..) => {}
            Target::Foreign(path) => {
                let path = [path].into_iter().chain(rest.iter().cloned()).collect::<Vec<_>>().join("::");
                found.insert(Target::Foreign(path));
            }
        }
    }
    found
}

fn parent(package: &Package, module: usize) -> usize {
    let has = |index: &usize| package.modules[*index].children.iter().any(|child| child.module == module);
    (0..package.modules.len()).find(has).unwrap_or(0)
}

/// What one name stands for in a module.
fn look_up(package: &Package, module: usize, wanted: &str, depth: usize) -> BTreeSet<Target> {
    let here = &package.modules[module];
    let children = here.children.iter().filter(|child| child.name == wanted);
    let mut found: BTreeSet<Target> = children.map(|child| Target::Module(child.module)).collect();
    for (index, item) in here.items.iter().enumerate() {
        if name(item).is_some_and(|name| name == wanted) {
            found.insert(Target::Item(module, index));
        }
    }
    for import in imports(package, module).iter().filter(|import| import.name == wanted) {
        if import.path.len() > 1 || import.path[0] != wanted {
            found.extend(find(package, module, &import.path, depth + 1));
        }
    }
    if found.is_empty() {
        found.insert(Target::Foreign(wanted.to_owned()));
    }
    found
}
