//! The front end for build scripts.

#[cfg(feature = "import")]
mod answer;

use crate::driver;
use crate::error::Error;
use crate::generated::Generated;
use crate::language::Language;
use crate::loader::DiskLoader;
use crate::output::write_if_changed;
use crate::rust::{Conditions, ExternModule, Handlers, Options};
use crate::schema;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Compiles a schema from a build script.
///
/// ```no_run
/// // build.rs
/// fn main() -> Result<(), qapi_gen::Error> {
///     qapi_gen::Builder::new().compile("schemas/qapi-schema.json")
/// }
/// ```
///
/// The crate then has the types of the schema:
///
/// ```ignore
/// qapi_runtime::include_schema!(pub mod qapi = "qapi-schema");
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a builder does nothing until `compile`"]
pub struct Builder {
    rust: Options,
    reading: schema::Options,
    predicates: BTreeMap<String, String>,
    out_dir: Option<PathBuf>,
}

impl Builder {
    /// A builder with everything as it is by default.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a define that `if` conditions of the schema ask for.
    ///
    /// A define that the schema never asks for is a warning.
    ///
    /// ```
    /// let builder = qapi_gen::Builder::new().define("CONFIG_LINUX").define("CONFIG_POSIX");
    /// ```
    pub fn define(mut self, name: impl Into<String>) -> Self {
        self.rust.defines.insert(name.into());
        self
    }

    /// Sets several defines.
    ///
    /// ```
    /// let config = "CONFIG_LINUX\nCONFIG_POSIX\n";
    /// let builder = qapi_gen::Builder::new().defines(config.lines());
    /// ```
    pub fn defines<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.rust.defines.extend(names.into_iter().map(Into::into));
        self
    }

    /// What becomes of `if` conditions: decided by the defines (the default), or `#[cfg]`.
    ///
    /// With [`Conditions::Cfg`] the build script prints `rustc-check-cfg` for every cfg that is used.
    ///
    /// ```
    /// use qapi_gen::Conditions;
    /// let builder = qapi_gen::Builder::new().conditions(Conditions::cfg());
    /// ```
    pub fn conditions(mut self, conditions: Conditions) -> Self {
        self.rust.conditions = conditions;
        self
    }

    /// Gives the cfg predicate that stands for a define, in [`Conditions::Cfg`].
    ///
    /// A define that is not named here is a cfg of its own name.
    ///
    /// ```
    /// use qapi_gen::Conditions;
    /// let builder = qapi_gen::Builder::new()
    ///     .conditions(Conditions::cfg())
    ///     .condition_cfg("CONFIG_LINUX", "target_os = \"linux\"");
    /// ```
    pub fn condition_cfg(mut self, define: impl Into<String>, predicate: impl Into<String>) -> Self {
        self.predicates.insert(define.into(), predicate.into());
        self
    }

    /// Where the generated file goes; `OUT_DIR` unless told.
    pub fn out_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(folder.into());
        self
    }

    /// The path under which the generated code finds the runtime; `::qapi_runtime` unless told.
    ///
    /// ```
    /// let builder = qapi_gen::Builder::new().runtime_path("::vmm_core::qapi_runtime");
    /// ```
    pub fn runtime_path(mut self, path: impl Into<String>) -> Self {
        self.rust.runtime_path = path.into();
        self
    }

    /// Whether documentation is carried over; it is unless told.
    pub fn docs(mut self, yes: bool) -> Self {
        self.rust.docs = yes;
        self
    }

    /// Whether long lines of the generated file are broken, at 100 columns as rustfmt does; they are unless told.
    pub fn format(mut self, yes: bool) -> Self {
        self.rust.format = yes;
        self
    }

    /// Which handlers are async; those with `'coroutine': true` unless told.
    pub fn handlers(mut self, handlers: Handlers) -> Self {
        self.rust.handlers = handlers;
        self
    }

    /// Declares that the handlers of these commands may block: they wait for a disk, a lock that is held for long, another
    /// process.
    ///
    /// On tokio, handlers that are not async run on the task of their session, and those declared here run on threads for
    /// blocking work. A handler that blocks without the declaration delays every session on that thread of tokio; one that
    /// is declared without need costs a hop between threads, some 10 µs a command. With standard threads the declaration
    /// changes nothing.
    ///
    /// A name that is no command of the schema is an error, and so is a command whose handler is async, or that the session
    /// answers itself.
    ///
    /// ```
    /// let builder = qapi_gen::Builder::new().blocking(["blockdev-snapshot-sync", "dump-guest-memory"]);
    /// ```
    pub fn blocking<T: Into<String>>(mut self, commands: impl IntoIterator<Item = T>) -> Self {
        self.rust.blocking.extend(commands.into_iter().map(Into::into));
        self
    }

    /// Whether the code serves a client too: then types that a client receives keep what they do not know.
    ///
    /// An enum, a union or an alternate that a return value or an event reaches is *open*: it has a variant `Unknown` for
    /// what a server of a newer schema sends, and such an enum is not `Copy`. A type has one form, so it is open for a
    /// server's handlers as well when arguments reach it too, although a server never decodes an unknown value. A program
    /// that is server and client has two ways around it:
    ///
    /// - compile the schema twice, into two folders and two modules, and with `client(true)` only once: each side has the
    ///   types that suit it;
    /// - keep types [`closed`](Self::closed), where the server is never newer than the client.
    pub fn client(mut self, yes: bool) -> Self {
        self.rust.client = yes;
        self
    }

    /// Keeps types closed that a client receives: they have no `Unknown`, so that handlers in the crate of the generated code
    /// match them whole, and enums are `Copy`.
    ///
    /// The price is the client's: a reply or an event with a value that the schema does not know is an error as a whole.
    /// That is right where both ends are always of one version, as the parts of one program are.
    ///
    /// A name is that of an enum, a union or an alternate of the schema, or `*` for all. An enum closes the unions with it,
    /// whose branches it chooses. A name that the schema does not have is an error, and so is a type that is closed anyway,
    /// or that is generated elsewhere.
    ///
    /// ```
    /// let builder = qapi_gen::Builder::new().client(true).closed(["RunState", "ShutdownCause"]);
    /// ```
    pub fn closed<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.rust.closed.extend(names.into_iter().map(Into::into));
        self
    }

    /// Generates only these commands and events, and what they reach.
    ///
    /// A name that the schema does not have is an error.
    ///
    /// ```
    /// let builder = qapi_gen::Builder::new().only(["query-status", "STOP"]);
    /// ```
    pub fn only<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.rust.only.get_or_insert_default().extend(names.into_iter().map(Into::into));
        self
    }

    /// Uses the types of a module of the schema that was generated elsewhere.
    ///
    /// `file` is the module's file as it is included, or the end of its path. That the definitions are the same
    /// there is checked when the generated code is compiled.
    ///
    /// ```
    /// let builder = qapi_gen::Builder::new().extern_module("common.json", "::shared::qapi::common");
    /// ```
    pub fn extern_module(mut self, file: impl Into<String>, path: impl Into<String>) -> Self {
        self.rust.extern_modules.push(ExternModule::new(file, path));
        self
    }

    /// Uses a type of one's own for a type of the schema. It has to implement `Decode` and `Encode`.
    pub fn extern_type(mut self, name: impl Into<String>, path: impl Into<String>) -> Self {
        self.rust.extern_types.insert(name.into(), path.into());
        self
    }

    /// Puts an attribute on a type of the schema, or on all with `*`.
    ///
    /// ```
    /// let builder = qapi_gen::Builder::new().type_attribute("StatusInfo", "#[must_use]");
    /// ```
    pub fn type_attribute(mut self, name: impl Into<String>, attribute: impl Into<String>) -> Self {
        self.rust.type_attributes.push((name.into(), attribute.into()));
        self
    }

    /// Derives a trait on a type of the schema, or on all with `*`.
    ///
    /// ```
    /// let builder = qapi_gen::Builder::new().derive("RunState", "Hash");
    /// ```
    pub fn derive(mut self, name: impl Into<String>, derive: impl Into<String>) -> Self {
        self.rust.derives.push((name.into(), derive.into()));
        self
    }

    /// Names the version of the schema language in which the schema is written.
    ///
    /// QEMU's own schemas need no name: the file `VERSION` of their tree tells. Neither does a schema that is to be read in
    /// whatever form some version accepts.
    ///
    /// ```
    /// use qapi_gen::Language;
    /// let builder = qapi_gen::Builder::new().language(Language::V10_2);
    /// ```
    pub fn language(mut self, language: Language) -> Self {
        self.reading.language = Some(language);
        self
    }

    /// Compiles the schema into `OUT_DIR/NAME.rs`, where `NAME.json` is the schema's file name, and tells Cargo which
    /// files were read.
    ///
    /// The file is written only when it changes, whole or not at all.
    ///
    /// # Errors
    ///
    /// All that is wrong with the schema, or a file that cannot be read or written. When `main` of a build script
    /// returns the error, Cargo shows it as it is meant to be read.
    pub fn compile(self, schema: impl AsRef<Path>) -> Result<(), Error> {
        let schema = schema.as_ref();
        let folder = self.folder()?;
        let result = self.generate(schema);
        match &result {
            Ok(generated) => generated.files().for_each(watch),
            Err(error) => error.files().for_each(watch),
        }
        write(&result?, &folder, schema)
    }

    /// Where the generated file goes.
    fn folder(&self) -> Result<PathBuf, Error> {
        let folder = self.out_dir.clone().or_else(|| std::env::var_os("OUT_DIR").map(PathBuf::from));
        folder.ok_or_else(|| {
            Error::new("OUT_DIR is not set: call `out_dir`, or `compile` from a build script".into())
        })
    }

    /// Compiles the schema and returns what [`compile`](Self::compile) would write and print.
    ///
    /// # Errors
    ///
    /// As [`compile`](Self::compile), but for writing.
    pub fn generate(mut self, schema: impl AsRef<Path>) -> Result<Generated, Error> {
        match &mut self.rust.conditions {
            Conditions::Cfg { predicates } => predicates.append(&mut self.predicates),
            Conditions::Fixed if self.predicates.is_empty() => {}
            Conditions::Fixed => {
                return Err(Error::new("`condition_cfg` is of use with `Conditions::cfg()` only".into()));
            }
        }
        Ok(driver::compile(&DiskLoader, schema.as_ref(), &self.reading, &self.rust)?)
    }
}

/// Has Cargo run the build script again when the file changes.
fn watch(file: &Path) {
    println!("cargo::rerun-if-changed={}", file.display());
}

/// Writes the code into `folder`, in a file that is named after the schema's, and tells Cargo what it has to know.
fn write(generated: &Generated, folder: &Path, schema: &Path) -> Result<(), Error> {
    for warning in generated.warnings() {
        println!("cargo::warning={warning}");
    }
    for cfg in &generated.check_cfgs {
        println!("cargo::rustc-check-cfg={cfg}");
    }
    let name = Path::new(schema.file_stem().unwrap_or_default()).with_extension("rs");
    let path = folder.join(name);
    write_if_changed(&path, &generated.text)
        .map(|_| ())
        .map_err(|error| Error::new(format!("cannot write {}: {error}", path.display())))
}
