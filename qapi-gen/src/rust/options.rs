//! The user's options for the generated code.

use crate::diagnostic::{Code, Diagnostic, Origin, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// How the back end turns a schema into Rust.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// The path by which the generated code names the runtime: `::qapi_runtime`.
    pub runtime_path: String,
    /// The defines that are set. [`Conditions::Fixed`] evaluates conditions against them.
    pub defines: BTreeSet<String>,
    /// How `if` conditions are compiled.
    pub conditions: Conditions,
    /// Whether the code carries the documentation of the schema.
    pub docs: bool,
    /// Whether long lines are broken at 100 columns.
    pub format: bool,
    /// Which handlers are async.
    pub handlers: Handlers,
    /// Commands whose handlers may block.
    pub blocking: Vec<String>,
    /// Whether types that a client receives are open.
    pub client: bool,
    /// Whether all members of types that a client only receives are optional, except those that select a branch.
    pub tolerant_replies: bool,
    /// Types that stay closed although a client receives them: names in the schema, or `*`.
    pub closed: Vec<String>,
    /// If set, only these commands and events are generated, and the types that they use: names, or patterns with `*`
    /// and `?`.
    pub only: Option<Vec<String>>,
    /// Modules whose types were generated elsewhere.
    pub extern_modules: Vec<ExternModule>,
    /// The user's own types: name in the schema, path in Rust.
    pub extern_types: BTreeMap<String, String>,
    /// Attributes to add to types: name in the schema or `*`, attribute with its `#[..]`.
    pub type_attributes: Vec<(String, String)>,
    /// Traits to derive for types: name in the schema or `*`, path of the macro.
    pub derives: Vec<(String, String)>,
    /// Whether the protocol's own modules are taken from the runtime. False only when the runtime's are generated.
    pub protocol: bool,
    /// Commands that the session answers itself.
    pub served: Vec<String>,
    /// How many threads emit code; 0 means one for each processor.
    pub threads: usize,
}

/// How `if` conditions are compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conditions {
    /// They are evaluated against the defines. Code is generated only for what exists then.
    Fixed,
    /// They become `#[cfg]` attributes.
    Cfg {
        /// The predicate for each define: `CONFIG_LINUX` to `target_os = "linux"`. A define that is not listed becomes
        /// a cfg of the same name.
        predicates: BTreeMap<String, String>,
    },
    /// All of them count as holding, also those with `not`, except for a condition that no build fulfils. This is for a
    /// client that meets servers of any build: it has types for whatever is there, and
    /// [`Options::client`] has to be set.
    ///
    /// A member with a condition is optional, since some servers do not send it. A server would claim to have what it
    /// lacks, so do not serve this code.
    All,
}

impl Conditions {
    /// [`Conditions::Cfg`] without predicates: every define becomes a cfg of the same name.
    pub fn cfg() -> Self {
        Conditions::Cfg { predicates: BTreeMap::new() }
    }
}

/// Which commands have async handlers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handlers {
    /// Those of commands with `'coroutine': true`.
    BySchema,
    /// None.
    Sync,
    /// All.
    Async,
}

/// A schema module that was generated elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternModule {
    /// The module's file as the schema includes it, or the end of its path: `control.json`.
    pub file: String,
    /// The Rust module with its types: `::qapi_runtime::control`.
    pub path: String,
    /// The fingerprint of the definitions there, if it is known. Otherwise rustc compares when it compiles the code.
    pub fingerprint: Option<u64>,
    /// Whether the module is generated here after all if the fingerprint differs, or left out if the schema lacks the
    /// file. Without `preset`, both are errors.
    pub preset: bool,
}

impl ExternModule {
    /// The module `file` of the schema, generated at `path`. Rustc compares the fingerprints.
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
            tolerant_replies: false,
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

/// An error in an option that the user set.
pub(super) fn option_error(code: Code, option: &str, message: String) -> Diagnostic {
    Diagnostic::new(code, Severity::Error, Origin::Option(option.to_owned()), message)
}
