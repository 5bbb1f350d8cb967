//! Repositories in every state that a base is looked for in.

use super::*;
use crate::regen::scratch::Repository;

const SCHEMA: &str = "schema.json";

fn find(repository: &Repository) -> Result<Base, String> {
    Base::find(repository.path(), SCHEMA)
}

#[test]
fn the_last_release_comes_first() {
    let Some(repository) = Repository::new("main") else { return };
    repository.commit(SCHEMA, "1");
    repository.git(&["tag", "v1"]);
    repository.commit(SCHEMA, "2");
    repository.git(&["checkout", "-q", "-b", "branch"]);
    repository.commit(SCHEMA, "3");
    assert_eq!(find(&repository), Ok(Base::Tag("v1".to_owned())));
}

#[test]
fn a_branch_is_compared_with_where_it_began() {
    let Some(repository) = Repository::new("main") else { return };
    repository.commit(SCHEMA, "1");
    let forked = repository.commit(SCHEMA, "2");
    repository.git(&["checkout", "-q", "-b", "branch"]);
    assert!(matches!(find(&repository), Ok(Base::First(_))), "it is nothing else than main yet");
    repository.commit(SCHEMA, "3");
    repository.commit(SCHEMA, "4");
    assert_eq!(find(&repository), Ok(Base::Fork { commit: forked, branch: "main" }));
}

/// Commits on it do not move the base, so that none of them can get lost.
#[test]
fn the_main_branch_is_compared_with_the_first_commit() {
    let Some(repository) = Repository::new("main") else { return };
    repository.commit("other", "0");
    let first = repository.commit(SCHEMA, "1");
    repository.commit(SCHEMA, "2");
    repository.commit("other", "3");
    assert_eq!(find(&repository), Ok(Base::First(first)));
}

#[test]
fn what_cannot_be_compared_is_told() {
    let Some(repository) = Repository::new("main") else { return };
    assert!(find(&repository).is_err(), "there is no commit");
    repository.commit("other", "0");
    assert_eq!(find(&repository), Err("no commit has schema.json".to_owned()));
    repository.commit(SCHEMA, "1");
    repository.commit(SCHEMA, "2");
    let shallow = tempfile::tempdir().expect("a temporary folder");
    let from = format!("file://{}", repository.path().display());
    repository.git(&["clone", "-q", "--depth", "1", &from, &shallow.path().display().to_string()]);
    let error = Base::find(shallow.path(), SCHEMA).expect_err("the history is not there");
    assert!(error.starts_with("a shallow clone has neither"), "{error}");
}
