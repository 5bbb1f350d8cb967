//! Small crates, with and without circles.

use crate::{circles, read};
use std::fs;

/// The circles of a crate that has these files.
fn circles_of(files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it has a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }
    let tree = read::read(&folder.path().join(files[0].0));
    let found = circles::circles(&tree, &circles::edges(&tree));
    found.into_iter().map(|circle| circle.name).collect()
}

#[test]
fn siblings_that_import_each_other_are_a_circle() {
    let found = circles_of(&[
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use super::b::B; pub struct A;"),
        ("b.rs", "pub struct B; fn f() { crate::c::g() }"),
        ("c.rs", "pub fn g() -> bool { matches!(1, crate::a::A) }"),
    ]);
    assert_eq!(found, ["crate: a, b, c"]);
}

#[test]
fn ends_deeper_down_count_for_the_siblings_that_hold_them() {
    let found = circles_of(&[
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "pub mod inner; mod other { use super::inner::Deep; }"),
        ("a/inner.rs", "use crate::b::B; pub struct Deep;"),
        ("b/mod.rs", "mod c; pub struct B;"),
        ("b/c.rs", "fn f(_: crate::a::inner::Deep) {}"),
    ]);
    assert_eq!(found, ["crate: a, b"]);
}

#[test]
fn re_exports_are_followed() {
    let files = |shown: &'static str| {
        circles_of(&[
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "use crate::b::Shown; pub struct A;"),
            ("b.rs", shown),
            ("c.rs", "pub struct Shown;"),
        ])
    };
    assert_eq!(files("pub use crate::c::Shown; use crate::a::A;"), [""; 0]);
    assert_eq!(files("pub use crate::c::*; use crate::a::A;"), [""; 0]);
    assert_eq!(files("pub struct Shown; use crate::a::A;"), ["crate: a, b"]);
}

#[test]
fn parents_and_tests_do_not_count() {
    let found = circles_of(&[
        ("lib.rs", "mod a; mod b; pub use a::A; pub struct Root;"),
        ("a.rs", "use super::{Root, b::B}; pub struct A;"),
        ("b.rs", "pub struct B; #[cfg(test)] mod tests { use crate::a::A; }"),
    ]);
    assert_eq!(found, [""; 0]);
}
