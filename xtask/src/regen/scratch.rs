//! A git repository that a test makes.

use std::path::Path;
use std::process::Command;

/// A repository in a temporary folder.
pub(super) struct Repository(tempfile::TempDir);

impl Repository {
    /// An empty repository on this branch; `None` if there is no git.
    pub(super) fn new(branch: &str) -> Option<Self> {
        if Command::new("git").arg("--version").output().is_err() {
            qapi_test_support::skipped("comparisons with revisions", "git is not there");
            return None;
        }
        let repository = Repository(tempfile::tempdir().expect("a temporary folder"));
        repository.git(&["init", "-q", "-b", branch, "."]);
        Some(repository)
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file without a commit.
    pub(super) fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("writable");
        std::fs::write(path, text).expect("writable");
    }

    /// Commits a file, and returns the commit.
    pub(super) fn commit(&self, name: &str, text: &str) -> String {
        self.write(name, text);
        self.git(&["add", "."]);
        self.git(&["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "all"]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// What a git command prints.
    pub(super) fn git(&self, arguments: &[&str]) -> String {
        let output =
            Command::new("git").arg("-C").arg(self.path()).args(arguments).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}
