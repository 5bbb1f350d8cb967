//! The revision with which our schemas are compared.

use qapi_gen::stages::loader::last_tag;
use std::fmt;
use std::path::Path;
use std::process::Command;

/// The names under which a clone may know the main branch, the most current one first.
const MAIN: [&str; 2] = ["origin/main", "main"];

/// A revision to compare with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Base {
    /// The last release.
    Tag(String),
    /// Where the current branch left the main branch. The changes between the last release and there are not the branch's.
    Fork { commit: String, branch: &'static str },
    /// The first commit that has the schema: on the main branch before the first release.
    First(String),
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Base::Tag(tag) => write!(f, "the release {tag}"),
            Base::Fork { commit, branch } => write!(f, "where this branch left {branch}, {commit:.10}"),
            Base::First(commit) => write!(f, "the first commit that has it, {commit:.10}"),
        }
    }
}

impl Base {
    /// The revision, as git takes it.
    pub(super) fn revision(&self) -> &str {
        match self {
            Base::Tag(tag) => tag,
            Base::Fork { commit, .. } | Base::First(commit) => commit,
        }
    }

    /// The base for the current commit of the repository in `root`, or the reason why there is none.
    pub(super) fn find(root: &Path, schema: &str) -> Result<Base, String> {
        git(root, &["rev-parse", "--verify", "HEAD"])?;
        if let Ok(tag) = last_tag(root) {
            return Ok(Base::Tag(tag));
        }
        if let Some(base) = MAIN.into_iter().find_map(|branch| fork(root, branch)) {
            return Ok(base);
        }
        // What looks like the first commit there is only the last one that was fetched.
        if git(root, &["rev-parse", "--is-shallow-repository"])? == "true" {
            return Err(
                "a shallow clone has neither a release's tag nor the main branch's history".to_owned()
            );
        }
        let added = git(root, &["log", "--diff-filter=A", "--format=%H", "--", schema])?;
        let first = added.lines().last().filter(|line| !line.is_empty());
        first.map(|commit| Base::First(commit.to_owned())).ok_or_else(|| format!("no commit has {schema}"))
    }
}

/// Where the current branch left another one; `None` if there is no such branch, or if it has the current commit.
fn fork(root: &Path, branch: &'static str) -> Option<Base> {
    let commit = git(root, &["merge-base", "HEAD", branch]).ok()?;
    let head = git(root, &["rev-parse", "HEAD"]).ok()?;
    (commit != head).then_some(Base::Fork { commit, branch })
}

/// What a git command prints, or what it says when it fails.
fn git(root: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("git").arg("-C").arg(root).args(arguments).output();
    let output = output.map_err(|error| format!("cannot run git: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

#[cfg(test)]
mod tests;
