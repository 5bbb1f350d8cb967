use super::Loader;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

/// Reads files from a revision of a git repository, or from its index, with the `git` command.
///
/// Paths have git's form `REVISION:PATH`, or `:PATH` for the index. They are relative to the top of the repository or, if they begin with `./` or
/// `../`, to the directory in which the loader was opened.
#[derive(Debug)]
pub struct GitLoader {
    directory: PathBuf,
    /// The revision as the user wrote it, with a colon: the prefix of paths.
    prefix: String,
    /// The commit of the revision, resolved once: all files come from it even if a branch moves. Empty for the index.
    commit: String,
    /// The directory in the repository in which the loader was opened.
    place: PathBuf,
    /// Files that were read. The lookup of a file reads it already, and the read that follows is answered from here.
    files: RefCell<BTreeMap<PathBuf, Vec<u8>>>,
}

impl GitLoader {
    /// Opens `revision` in the repository around `directory`; the empty one is the index, which has what the next commit
    /// will have.
    ///
    /// # Errors
    ///
    /// If git cannot be run, or there is no such repository or revision.
    pub fn open(directory: &Path, revision: &str) -> io::Result<Self> {
        if revision.starts_with('-') {
            // git would take it for an option.
            return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("'{revision}' is no revision")));
        }
        let place = line(git(directory, &["rev-parse", "--show-prefix"])?);
        let commit = if revision.is_empty() { String::new() } else { commit(directory, revision)? };
        Ok(GitLoader {
            directory: directory.to_owned(),
            prefix: format!("{revision}:"),
            commit,
            place: PathBuf::from(place),
            files: RefCell::new(BTreeMap::new()),
        })
    }

    /// The path of a file of the revision, as this loader understands it.
    pub fn path(&self, file: &str) -> PathBuf {
        PathBuf::from(format!("{}{file}", self.prefix))
    }

    /// The path in the repository.
    fn inside(&self, path: &Path) -> io::Result<PathBuf> {
        let text = path.to_str().ok_or_else(not_found)?;
        let text = text.strip_prefix(&self.prefix).unwrap_or(text);
        let start = if text.starts_with("./") || text.starts_with("../") {
            self.place.as_path()
        } else {
            Path::new("")
        };
        let mut plain = PathBuf::new();
        for component in start.join(text).components() {
            match component {
                Component::CurDir => {}
                Component::ParentDir => {
                    if !plain.pop() {
                        return Err(not_found());
                    }
                }
                other => plain.push(other),
            }
        }
        Ok(plain)
    }

    fn fetch(&self, inside: &Path) -> io::Result<()> {
        if self.files.borrow().contains_key(inside) {
            return Ok(());
        }
        let path = inside.to_str().ok_or_else(not_found)?.replace('\\', "/");
        // Not `show`, which also accepts folders.
        let content = git(&self.directory, &["cat-file", "blob", &format!("{}:{path}", self.commit)])
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => error,
                kind => {
                    let place = match self.prefix.trim_end_matches(':') {
                        "" => "the index".to_owned(),
                        revision => format!("revision '{revision}'"),
                    };
                    io::Error::new(kind, format!("there is no file '{path}' in {place}"))
                }
            })?;
        self.files.borrow_mut().insert(inside.to_owned(), content);
        Ok(())
    }
}

impl Loader for GitLoader {
    fn identity(&self, path: &Path) -> io::Result<PathBuf> {
        let inside = self.inside(path)?;
        self.fetch(&inside)?;
        Ok(inside)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let inside = self.inside(path)?;
        self.fetch(&inside)?;
        self.files.borrow().get(&inside).cloned().ok_or_else(not_found)
    }

    fn resolve(&self, from: &Path, include: &str) -> PathBuf {
        // `Path::parent` of a file at the top would drop the revision, so the prefix is taken off first.
        let from = from.to_string_lossy();
        let inside = from.strip_prefix(&self.prefix).unwrap_or(&from);
        let joined = Path::new(inside).parent().unwrap_or(Path::new("")).join(include);
        self.path(&joined.to_string_lossy())
    }
}

fn not_found() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "no such file in the revision")
}

fn line(output: Vec<u8>) -> String {
    String::from_utf8_lossy(&output).trim_end_matches('\n').to_owned()
}

/// The commit that a revision names.
fn commit(directory: &Path, revision: &str) -> io::Result<String> {
    let name = format!("{revision}^{{commit}}");
    let output = git(directory, &["rev-parse", "--verify", "--quiet", &name]);
    output.map(line).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => error,
        kind => io::Error::new(kind, format!("there is no revision '{revision}'")),
    })
}

/// The last tag that the current commit of the repository around `directory` has, itself or before it.
///
/// # Errors
///
/// If git cannot be run, or there is no such repository or tag.
pub fn last_tag(directory: &Path) -> io::Result<String> {
    let found = git(directory, &["describe", "--tags", "--abbrev=0"]);
    found.map(line).map_err(|error| match error.kind() {
        io::ErrorKind::Other => io::Error::other(format!("there is no last tag ({error})")),
        _ => error,
    })
}

/// Runs a git command and returns its output.
fn git(directory: &Path, arguments: &[&str]) -> io::Result<Vec<u8>> {
    let output = Command::new("git").arg("-C").arg(directory).args(arguments).stdin(Stdio::null()).output();
    let output = output.map_err(|error| io::Error::new(error.kind(), format!("cannot run git: {error}")))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(said.trim().trim_start_matches("fatal: ").to_owned()))
}
