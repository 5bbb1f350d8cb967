//! QEMU's schema is changed in one place, chosen at random but always the same; exactly that change is reported, with
//! the verdict that the table demands. Each mutation is also looked at the other way round.
//!
//! The test fails when a kind of change has no mutant in a direction in which it occurs.

mod laboratory;
mod mutations;
mod reachability;
mod verdicts;

use laboratory::Laboratory;
use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::schema::{self, Options};

#[test]
fn exactly_the_mutation_is_reported() {
    let Some(root) = qapi_test_support::conformance_data("qemu-10.0.2/qapi/qapi-schema.json") else { return };
    let loaded = schema::load(&DiskLoader, root, &Options::default()).expect("QEMU's schema is right");
    let mut lab = Laboratory::new(loaded.schema);
    mutations::interface::run(&mut lab);
    mutations::members::run(&mut lab);
    mutations::types::run(&mut lab);
    mutations::parts::run(&mut lab);
    mutations::unions::run(&mut lab);
    mutations::marks::run(&mut lab);
    mutations::conditions::run(&mut lab);
    assert_eq!(lab.missing(), [""; 0], "no mutant was made of these");
    assert!(lab.mutants() > 800, "{}", lab.mutants());
}
