//! What the user may choose about the generated code.

use crate::diagnostic::{Code, Diagnostic, Origin, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// How a schema becomes Rust.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// The path of the runtime: `::qapi_runtime`.
    pub runtime_path: String,
    /// The defines that are set; they decide conditions in [`Conditions::Fixed`].
    pub defines: BTreeSet<String>,
    /// What becomes of `if`.
    pub conditions: Conditions,
    /// Whether documentation is carried over.
    pub docs: bool,
    /// Whether long lines are broken, at 100 columns.
    pub format: bool,
    /// Which handlers are async.
    pub handlers: Handlers,
    /// Commands whose handlers may block.
    pub blocking: Vec<String>,
    /// Whether types that a client receives are open.
    pub client: bool,
    /// Types that stay closed although a client receives them: names in the schema, or `*`.
    pub closed: Vec<String>,
    /// Only these commands and events, and what they reach.
    pub only: Option<Vec<String>>,
    /// Modules whose types were generated elsewhere.
    pub extern_modules: Vec<ExternModule>,
    /// Types that the user wrote: name in the schema, path in Rust.
    pub extern_types: BTreeMap<String, String>,
    /// Attributes to put on types: name in the schema or `*`, attribute with its `#[..]`.
    pub type_attributes: Vec<(String, String)>,
    /// Traits to derive on types: name in the schema or `*`, path of the macro.
    pub derives: Vec<(String, String)>,
    /// Whether the protocol's own modules are those of the runtime; only the runtime itself has its own.
    pub protocol: bool,
    /// Commands that the session answers itself.
    pub served: Vec<String>,
    /// How many threads emit; 0 is one a processor.
    pub threads: usize,
}

/// What becomes of `if` conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conditions {
    /// The defines decide: what is not there is not generated.
    Fixed,
    /// They become `#[cfg]`.
    Cfg {
        /// The predicate for a define: `CONFIG_LINUX` to `target_os = "linux"`. A define that is not listed is a cfg
        /// of its own name.
        predicates: BTreeMap<String, String>,
    },
}

impl Conditions {
    /// [`Conditions::Cfg`] in which every define is a cfg of its own name.
    pub fn cfg() -> Self {
        Conditions::Cfg { predicates: BTreeMap::new() }
    }
}

/// Which commands have async handlers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handlers {
    /// Those with `'coroutine': true`.
    BySchema,
    /// None.
    Sync,
    /// All.
    Async,
}

/// A module of the schema that was generated elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternModule {
    /// The file, as the schema includes it, or the end of its path: `control.json`.
    pub file: String,
    /// Where its types are: `::qapi_runtime::control`.
    pub path: String,
    /// The fingerprint of the definitions there, when it is known; otherwise the compiler of the generated code compares.
    pub fingerprint: Option<u64>,
    /// Whether the module is generated here after all when the fingerprint differs, or the schema lacks the file.
    /// Otherwise either is an error.
    pub preset: bool,
}

impl ExternModule {
    /// The module `file` of the schema, generated at `path`; the compiler of the generated code compares.
    pub fn new(file: impl Into<String>, path: impl Into<String>) -> Self {
        ExternModule { file: file.into(), path: path.into(), fingerprint: None, preset: false }
    }
}

impl Default for Options {
    fn default() -> Self {
        let served = ["qmp_capabilities", "query-version", "query-commands", "query-qmp-schema"];
        Options {
            runtime_path: "::qapi_runtime".to_owned(),
            defines: BTreeSet::new(),
            conditions: Conditions::Fixed,
            docs: true,
            format: true,
            handlers: Handlers::BySchema,
            blocking: Vec::new(),
            client: false,
            closed: Vec::new(),
            only: None,
            extern_modules: Vec::new(),
            extern_types: BTreeMap::new(),
            type_attributes: Vec::new(),
            derives: Vec::new(),
            protocol: true,
            served: served.map(str::to_owned).to_vec(),
            threads: 0,
        }
    }
}

/// An error in an option of the user.
pub(super) fn option_error(code: Code, option: &str, message: String) -> Diagnostic {
    Diagnostic::new(code, Severity::Error, Origin::Option(option.to_owned()), message)
}
