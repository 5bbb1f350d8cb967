//! Checks that QEMU's schema, with conditions as `#[cfg]`, compiles under any combination of them, and a client for which
//! all conditions hold.
//!
//! A few combinations are drawn at random. The same seed draws the same ones.

use super::package::Packages;
use super::random::Random;
use super::report::{Difference, Group};
use super::tree::Tree;
use crate::Failure;
use qapi_gen::{Builder, Conditions};
use std::fmt::Write;

/// The package that is checked once for each combination.
const PACKAGE: &str = "qapi-cfg";

/// The package of the client for which all conditions hold.
const ALL: &str = "qapi-all";

/// `None` if no combinations are asked for.
pub(super) fn run(tree: &Tree, count: u32, seed: u64) -> Result<Option<Group>, Failure> {
    if count == 0 {
        println!("combinations: skipped, none were asked for");
        return Ok(None);
    }
    let path = tree.path("qapi/qapi-schema.json");
    let schema = tree.load(&path)?;
    let defines = schema.defines();
    let builder = Builder::new().conditions(Conditions::cfg());
    let generated = builder.generate(&path)?;
    let mut packages = Packages::new("combinations");
    packages.add(PACKAGE, &generated.text)?;
    let client = Builder::new().client(true).conditions(Conditions::All);
    packages.add(ALL, &client.generate(&path)?.text)?;
    packages.finish()?;

    let mut group = Group::new("combinations", "sets of defines");
    let mut random = Random(seed);
    for number in 0..count {
        let mut directives = String::new();
        for cfg in &generated.check_cfgs {
            writeln!(directives, "cargo::rustc-check-cfg={cfg}")?;
        }
        let mut set = Vec::new();
        for define in defines.iter().filter(|_| random.flip()) {
            writeln!(directives, "cargo::rustc-cfg={define}")?;
            set.push(*define);
        }
        packages.tell_cargo(PACKAGE, &directives)?;
        group.compared += 1;
        if let Some(messages) = packages.check(PACKAGE)? {
            let detail = format!("--seed {seed}, with {}\n{messages}", set.join(" "));
            group.differences.push(Difference { case: format!("{number}"), detail });
        }
    }
    group.compared += 1;
    if let Some(detail) = packages.check(ALL)? {
        group.differences.push(Difference { case: "all conditions hold".to_owned(), detail });
    }
    Ok(Some(group))
}
