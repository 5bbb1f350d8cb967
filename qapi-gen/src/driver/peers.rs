//! Reads the schemas of several servers, from files and answers, and merges them.

use super::{load, load_made};
use crate::compose::Layout;
use crate::import::{Names, import};
use crate::loader::{DiskLoader, Loader};
use crate::merge::{MergeError, Merged, Preferences, Side, merge};
use crate::protocol;
use crate::schema::{self, Failure, Schema};
use crate::syntax::tree_version;
use crate::wire::{AnswerError, is_answer};
use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A schema to merge: a schema file, or a saved answer to `query-qmp-schema`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The word for it in documentation and messages. The default is the version of the QEMU source tree around the
    /// file, and else the file's name.
    pub label: Option<String>,
    /// The file.
    pub path: PathBuf,
}

impl Peer {
    /// Reads `LABEL=PATH` or `PATH`. An existing file takes precedence over a label, which is not empty.
    pub fn parse(text: &str) -> Peer {
        match text.split_once('=') {
            Some((label, path)) if !label.is_empty() && !Path::new(text).exists() => {
                Peer { label: Some(label.to_owned()), path: path.into() }
            }
            _ => Peer { label: None, path: text.into() },
        }
    }
}

/// Why the schemas of several servers were not merged.
#[derive(Debug)]
pub enum PeersError {
    /// A file that cannot be read.
    Read(PathBuf, io::Error),
    /// An invalid schema.
    Schema(Box<Failure>),
    /// A file that is no answer.
    Answer(PathBuf, AnswerError),
    /// Two schemas with this label.
    Label(String),
    /// Schemas that cannot be merged.
    Merge(MergeError),
}

impl PeersError {
    /// A preference that decides the first conflict: its place, and the label of the newest schema there.
    pub fn preference(&self) -> Option<(&str, &str)> {
        let Self::Merge(MergeError::Conflicts(conflicts)) = self else { return None };
        let conflict = conflicts.first()?;
        let (label, _) = conflict.sides.last()?;
        Some((&conflict.place, label))
    }
}

impl fmt::Display for PeersError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(path, error) => write!(f, "cannot read {}: {error}", path.display()),
            Self::Schema(failure) => f.write_str(&failure.diagnostics.to_human(&failure.sources)),
            Self::Answer(path, error) => write!(f, "cannot import {}: {error}", path.display()),
            Self::Label(label) => {
                write!(f, "two schemas are called {label}; name them apart with LABEL=PATH")
            }
            Self::Merge(error) => error.fmt(f),
        }
    }
}

impl Error for PeersError {}

/// Reads and merges the schemas of several servers, given from the oldest to the newest. Types of an answer are named as
/// in the schema files, those of the nearest version first.
///
/// Returns the files that were read, too.
///
/// # Errors
///
/// A file that cannot be read, an invalid schema or answer, or what [`merge`] refuses.
pub fn merge_peers(
    peers: &[Peer],
    preferences: &Preferences,
    layout: Layout,
) -> Result<(Merged, Vec<PathBuf>), PeersError> {
    let loader = &DiskLoader;
    let mut files = Vec::new();
    let mut read: Vec<Read> = Vec::new();
    for peer in peers {
        let one = Read::new(loader, peer)?;
        files.push(peer.path.clone());
        if let Content::Schema(schema) = &one.content {
            files.extend(protocol::on_disk(&schema.sources).map(Path::to_owned));
        }
        if read.iter().any(|other| other.label == one.label) {
            return Err(PeersError::Label(one.label));
        }
        read.push(one);
    }
    let imported: Vec<Option<Schema>> =
        (0..read.len()).map(|index| import_answer(index, &read)).collect::<Result<_, PeersError>>()?;
    let sides: Vec<Side<'_>> = (read.iter().zip(&imported))
        .filter_map(|(one, imported)| {
            let schema = match &one.content {
                Content::Schema(schema) => schema,
                Content::Answer(_) => imported.as_ref()?,
            };
            Some(Side { label: &one.label, schema })
        })
        .collect();
    let merged = merge(&sides, preferences, layout).map_err(PeersError::Merge)?;
    Ok((merged, files))
}

/// A file that was read.
struct Read {
    label: String,
    path: PathBuf,
    content: Content,
}

enum Content {
    Schema(Box<Schema>),
    Answer(String),
}

impl Read {
    fn new(loader: &dyn Loader, peer: &Peer) -> Result<Read, PeersError> {
        let path = &peer.path;
        let unreadable = |error| PeersError::Read(path.clone(), error);
        let bytes = loader.read(path).map_err(unreadable)?;
        let mut version = None;
        let content = if is_answer(&bytes) {
            let text = String::from_utf8(bytes);
            Content::Answer(
                text.map_err(|error| unreadable(io::Error::new(io::ErrorKind::InvalidData, error)))?,
            )
        } else {
            version = tree_version(loader, path);
            let loaded = load(loader, path, &schema::Options::default()).map_err(invalid)?;
            Content::Schema(Box::new(loaded.schema))
        };
        let stem = || path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let label = peer.label.clone().or(version).unwrap_or_else(stem);
        Ok(Read { label, path: path.clone(), content })
    }
}

fn invalid(failure: Failure) -> PeersError {
    PeersError::Schema(Box::new(failure))
}

/// The schema of an answer.
fn import_answer(index: usize, read: &[Read]) -> Result<Option<Schema>, PeersError> {
    let Read { path, content: Content::Answer(answer), .. } = &read[index] else { return Ok(None) };
    let mut nearest: Vec<(usize, &Read)> = read.iter().enumerate().collect();
    nearest.sort_by_key(|(other, _)| other.abs_diff(index));
    let names: Vec<Names<'_>> = (nearest.into_iter())
        .filter_map(|(_, other)| match &other.content {
            Content::Schema(schema) => Some(Names { label: &other.label, schema }),
            Content::Answer(_) => None,
        })
        .collect();
    let imported =
        import(answer, &names, Layout::Single).map_err(|error| PeersError::Answer(path.clone(), error))?;
    load_made(&imported.files).map(|loaded| Some(loaded.schema)).map_err(invalid)
}
