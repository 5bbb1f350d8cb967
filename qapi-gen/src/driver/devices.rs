//! Reads saved answers about devices, and generates their types.

use super::Peer;
use crate::devices::{Answer, FormError, Side, UnknownDriver, model};
use crate::rust::{self, Options};
use crate::schema::Schema;
use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// An answer, with the word for it in the documentation.
#[derive(Clone, Debug)]
pub struct Labelled {
    /// The word: the user's, or the version of QEMU.
    pub label: String,
    /// The answer.
    pub answer: Answer,
}

/// Why there are no types of devices.
#[derive(Debug)]
pub enum DevicesError {
    /// A file that cannot be read.
    Read(PathBuf, io::Error),
    /// A file that is no answer.
    Form(PathBuf, FormError),
    /// Two answers with this label.
    Label(String),
    /// Drivers that no answer has.
    Unknown(Vec<UnknownDriver>),
}

impl fmt::Display for DevicesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(path, error) => write!(f, "cannot read {}: {error}", path.display()),
            Self::Form(path, error) => write!(f, "cannot read {}: {error}", path.display()),
            Self::Label(label) => {
                write!(f, "two answers are called {label}; name them apart with LABEL=PATH")
            }
            Self::Unknown(unknown) => {
                let lines: Vec<String> = unknown.iter().map(ToString::to_string).collect();
                f.write_str(&lines.join("\n"))
            }
        }
    }
}

impl Error for DevicesError {}

/// Reads saved answers, the oldest version first.
///
/// # Errors
///
/// A file that cannot be read or is no answer, or two with the same label.
pub fn read_devices(peers: &[Peer]) -> Result<Vec<Labelled>, DevicesError> {
    let mut read: Vec<Labelled> = Vec::new();
    for Peer { label, path } in peers {
        let text = std::fs::read_to_string(path).map_err(|error| DevicesError::Read(path.clone(), error))?;
        let answer = Answer::parse(&text).map_err(|error| DevicesError::Form(path.clone(), error))?;
        let label = label.clone().unwrap_or_else(|| answer.qemu.clone());
        if read.iter().any(|other| other.label == label) {
            return Err(DevicesError::Label(label));
        }
        read.push(Labelled { label, answer });
    }
    Ok(read)
}

/// Generates the types of the drivers that [`Options::only`] names, or of all. Enumerations of `names` give values.
///
/// # Errors
///
/// Drivers that no answer has.
pub fn compile_devices(
    answers: &[Labelled],
    names: &[&Schema],
    options: &Options,
) -> Result<String, DevicesError> {
    let sides: Vec<Side<'_>> =
        answers.iter().map(|Labelled { label, answer }| Side { label, answer }).collect();
    let wanted = options.only.as_deref().unwrap_or_default();
    let devices = model(&sides, wanted, names).map_err(DevicesError::Unknown)?;
    Ok(rust::generate_devices(&devices, options))
}
