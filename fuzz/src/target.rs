//! The targets, one file each.

mod checker;
mod decode;
mod emitter;
mod keyval;
mod parser;
mod schema;
mod session;
mod syntax;

use crate::seeds::{self, Seed};
use crate::{corpus, dictionary};
use std::path::Path;
use std::time::Duration;

/// Something that reads bytes.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name on the command line, and of its folder in the corpus.
    pub name: &'static str,
    /// Takes an input; panics when something is wrong with us. Returns the features of its answer.
    pub run: fn(&[u8]) -> Vec<u64>,
    /// Words to put into inputs.
    pub tokens: &'static [&'static str],
    /// Inputs to start from beside the corpus.
    seeds: fn(Option<&Path>) -> Vec<Seed>,
    /// Above this an execution counts as hanging.
    pub limit: Duration,
}

impl Target {
    /// The target of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Target> {
        TARGETS.iter().find(|target| target.name == name)
    }

    /// Inputs to start from: the corpus, and files of ours and of `data`.
    #[must_use]
    pub fn seeds(&self, data: Option<&Path>) -> Vec<Seed> {
        let kept = corpus::read(self.name).unwrap_or_default();
        let kept = kept.into_iter().map(|(_, bytes)| Seed { bytes, own: true });
        kept.chain((self.seeds)(data)).collect()
    }
}

const LIMIT: Duration = Duration::from_secs(10);

const fn runtime(name: &'static str, run: fn(&[u8]) -> Vec<u64>) -> Target {
    Target { name, run, tokens: dictionary::QMP, seeds: seeds::conversations, limit: LIMIT }
}

const fn compiler(name: &'static str, run: fn(&[u8]) -> Vec<u64>) -> Target {
    Target { name, run, tokens: dictionary::SCHEMA, seeds: seeds::schemas, limit: LIMIT }
}

/// All targets.
pub const TARGETS: &[Target] = &[
    runtime("parser", parser::run),
    Target { seeds: decode::seeds, ..runtime("decode", decode::run) },
    runtime("session", session::run),
    compiler("schema", syntax::run),
    compiler("checker", checker::run),
    compiler("emitter", emitter::run),
    Target { tokens: dictionary::KEYVAL, seeds: keyval::seeds, ..runtime("keyval", keyval::run) },
];
