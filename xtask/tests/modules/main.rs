//! The modules of each crate are layers: those beside each other do not import each other, directly or through others.
//!
//! What is held against what:
//!
//! - A module imports another one when its text names an item that the other one defines. A re-export is followed to
//!   where the item is defined, so it neither hides a circle nor makes one.
//! - An import counts between the two siblings that hold its ends. `rust::emit::root` naming `schema::union` is an import
//!   of `schema` by `rust`.
//! - An import between a module and one that it holds counts nowhere. A module's own file is the frame of what stands
//!   below it: it shows the items of its children, and children use its types.
//! - Tests are left out, and so are the bodies of `macro_rules!` and of `quote!`, whose paths are resolved elsewhere.
//!   Calls of methods name no module, and are not seen.

mod circles;
mod paths;
mod read;
mod resolve;
mod tests;

use std::path::Path;

/// The crates, by the file at their root.
const ROOTS: [&str; 4] =
    ["qapi-gen/src/lib.rs", "qapi-gen/src/main.rs", "qapi-runtime/src/lib.rs", "xtask/src/main.rs"];

#[test]
fn siblings_do_not_import_each_other() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    let mut imports = 0;
    for root in ROOTS {
        let tree = read::read(&workspace.join(root));
        let edges = circles::edges(&tree);
        imports += edges.len();
        for circle in circles::circles(&tree, &edges) {
            found.push(format!("{root}: {}\n{}", circle.name, circle.imports.join("\n")));
        }
    }
    assert!(imports > 200, "only {imports} imports were found");
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}
