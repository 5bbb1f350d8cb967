//! What passes in repositories with changes.

use super::*;
use crate::regen::scratch::Repository;

const ONE: &str = "{ 'command': 'go', 'data': { 'a': 'int' } }\n";
/// An argument more that clients have to send.
const TWO: &str = "{ 'command': 'go', 'data': { 'a': 'int', 'b': 'int' } }\n";
const ENTRY: &str =
    r#"{ "kind": "required-member-added", "path": "go.arguments.b", "reason": "nothing sends it yet" }"#;

fn passes(repository: &Repository) -> bool {
    judge(repository.path()).expect("both schemas are good")
}

/// The comparison with the last commit said that nothing had changed.
#[test]
fn an_incompatible_change_does_not_pass_by_being_committed() {
    let Some(repository) = Repository::new("main") else { return };
    repository.commit(SCHEMA, ONE);
    assert!(passes(&repository));
    repository.write(SCHEMA, TWO);
    assert!(!passes(&repository));
    repository.commit(SCHEMA, TWO);
    assert!(!passes(&repository));
    repository.commit("other", "");
    assert!(!passes(&repository));
    repository.write(ACCEPTED, ENTRY);
    assert!(passes(&repository));
    repository.git(&["tag", "v2"]);
    assert!(!passes(&repository), "the entry is stale once the change is released");
}

#[test]
fn an_entry_of_the_main_branch_is_not_stale_on_another() {
    let Some(repository) = Repository::new("main") else { return };
    repository.commit(SCHEMA, ONE);
    repository.commit(ACCEPTED, ENTRY);
    repository.commit(SCHEMA, TWO);
    assert!(passes(&repository));
    repository.git(&["checkout", "-q", "-b", "branch"]);
    repository.commit("other", "");
    assert!(passes(&repository));
    repository.write(ACCEPTED, &ENTRY.replace(" }", ", \"until\": \"0.0.1\" }"));
    assert!(!passes(&repository), "the version is reached on every branch");
}
