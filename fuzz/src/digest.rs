//! What kind of answer an input got.

use std::hash::{DefaultHasher, Hash, Hasher};

/// The features of an answer, each as a number. An input is of interest when its answer has a feature that none had.
#[derive(Debug, Default)]
pub struct Digest {
    features: Vec<u64>,
    scope: u64,
}

impl Digest {
    /// An answer without features.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Features that follow are told apart from equal ones in another scope.
    pub fn scope(&mut self, scope: impl Hash) {
        self.scope = hash(scope);
    }

    /// Adds a feature.
    pub fn add(&mut self, feature: impl Hash) {
        self.features.push(hash((self.scope, feature)));
    }

    /// Adds the words of an error text, without what it names: quoted parts and numbers.
    pub fn add_message(&mut self, message: &str) {
        let outside = message.split('\'').step_by(2);
        self.add(outside.flat_map(str::chars).filter(|c| c.is_alphabetic()).take(16).collect::<String>());
    }

    /// Adds a quantity by its order of magnitude.
    pub fn add_size(&mut self, size: usize) {
        self.add(("size", usize::BITS - size.leading_zeros()));
    }

    /// The features, each once.
    #[must_use]
    pub fn finish(mut self) -> Vec<u64> {
        self.features.sort_unstable();
        self.features.dedup();
        self.features
    }
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
