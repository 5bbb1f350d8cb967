//! Loads a schema with all that it includes.

use super::ast::Unit;
use crate::diagnostic::Diagnostics;
use crate::loader::Loader;
use crate::source::Sources;
use std::path::Path;

/// What may be overlooked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Faults of documentation alone become warnings, and forms that older versions of the language had are kept.
    pub lenient_docs: bool,
}

/// Reads the schema file `root` and all that it includes. Where a part is at fault it is left out, reported in
/// `diagnostics`, and the rest is read all the same.
pub fn load(
    _loader: &dyn Loader,
    _root: &Path,
    _options: &Options,
    _sources: &mut Sources,
    _diagnostics: &mut Diagnostics,
) -> Unit {
    Unit::default()
}
