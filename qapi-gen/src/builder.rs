//! The front end for build scripts.

#[cfg(feature = "import")]
mod answer;
#[cfg(feature = "import")]
mod devices;
#[cfg(feature = "import")]
mod merged;

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
/// The crate then includes the generated module:
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
    #[cfg(feature = "import")]
    preferences: crate::merge::Preferences,
}

impl Builder {
    /// Creates a builder with default options.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a define for the `if` conditions of the schema.
    ///
    /// A define that no condition of the schema names causes a warning.
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
    /// `qapi-gen defines SCHEMA --live SOCKET` prints those that a running server was built with, one on each line.
    ///
    /// ```
    /// let config = "CONFIG_LINUX\nCONFIG_POSIX\n";
    /// let builder = qapi_gen::Builder::new().defines(config.lines());
    /// ```
    pub fn defines<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.rust.defines.extend(names.into_iter().map(Into::into));
        self
    }

    /// Sets how `if` conditions are compiled: evaluated against the defines (the default), turned into `#[cfg]`, or all
    /// taken as holding.
    ///
    /// A client seldom knows how its peer was built. With [`Conditions::All`] it has types for whatever is there:
    ///
    /// ```
    /// use qapi_gen::Conditions;
    /// let builder = qapi_gen::Builder::new().client(true).conditions(Conditions::All);
    /// ```
    ///
    /// With [`Conditions::Cfg`] the build script prints `rustc-check-cfg` for every cfg that the code uses.
    ///
    /// ```
    /// use qapi_gen::Conditions;
    /// let builder = qapi_gen::Builder::new().conditions(Conditions::cfg());
    /// ```
    pub fn conditions(mut self, conditions: Conditions) -> Self {
        self.rust.conditions = conditions;
        self
    }

    /// Maps a define to a cfg predicate, for [`Conditions::Cfg`].
    ///
    /// A define without a predicate becomes a cfg of the same name.
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

    /// Sets the folder for the generated file. The default is the environment variable `OUT_DIR`.
    pub fn out_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(folder.into());
        self
    }

    /// Sets the path by which the generated code names the runtime. The default is `::qapi_runtime`.
    ///
    /// ```
    /// let builder = qapi_gen::Builder::new().runtime_path("::vmm_core::qapi_runtime");
    /// ```
    pub fn runtime_path(mut self, path: impl Into<String>) -> Self {
        self.rust.runtime_path = path.into();
        self
    }

    /// Sets whether the generated code carries the documentation of the schema. The default is `true`.
    pub fn docs(mut self, yes: bool) -> Self {
        self.rust.docs = yes;
        self
    }

    /// Sets whether long lines of the generated file are broken at 100 columns, as rustfmt does. The default is `true`.
    pub fn format(mut self, yes: bool) -> Self {
        self.rust.format = yes;
        self
    }

    /// Sets which handlers are async. The default is [`Handlers::BySchema`]: those of commands with
    /// `'coroutine': true`.
    pub fn handlers(mut self, handlers: Handlers) -> Self {
        self.rust.handlers = handlers;
        self
    }

    /// Declares that the handlers of these commands may block: on a disk, on a lock that is held for a long time, or on
    /// another process.
    ///
    /// On tokio, synchronous handlers run on the task of their session, and those declared here on tokio's threads for
    /// blocking work. An undeclared handler that blocks delays every session on the same tokio thread. A needless
    /// declaration costs a hop between threads, some 10 µs a command. With standard threads the declaration changes
    /// nothing.
    ///
    /// It is an error to name a command that the schema does not define, that has an async handler, or that the session
    /// answers itself.
    ///
    /// ```
    /// let builder = qapi_gen::Builder::new().blocking(["blockdev-snapshot-sync", "dump-guest-memory"]);
    /// ```
    pub fn blocking<T: Into<String>>(mut self, commands: impl IntoIterator<Item = T>) -> Self {
        self.rust.blocking.extend(commands.into_iter().map(Into::into));
        self
    }

    /// Sets whether the code is also for a client. Types that a client receives then keep unknown values.
    ///
    /// An enum, a union or an alternate in a return value or an event is then *open*: it has a variant `Unknown` for
    /// values from a server with a newer schema, and an open enum is not `Copy`. Each type is generated once, so a type
    /// that also occurs in arguments is open in the server's handlers too, although a server never decodes an unknown
    /// value. A program that is both server and client can avoid this in two ways:
    ///
    /// - compile the schema twice, into two folders and two modules, with `client(true)` for the client's only;
    /// - keep types [`closed`](Self::closed), if the server is never newer than the client.
    pub fn client(mut self, yes: bool) -> Self {
        self.rust.client = yes;
        self
    }

    /// Sets whether a reply or an event decodes although the server left out a member that the schema demands. The
    /// default is `false`: the error names the member, and the whole reply is lost.
    ///
    /// With `true`, every member of a type that only replies and events use is an `Option`. There are two exceptions: a
    /// member that selects the branch of a union, and the members of a type that arguments use, too. This is for a client
    /// that has the schema of one version and meets others. With the schemas of all of them,
    /// `compile_merged` gives types in which a member is an `Option` only where a version needs it.
    ///
    /// It needs [`client`](Self::client).
    ///
    /// ```
    /// let builder = qapi_gen::Builder::new().client(true).tolerant_replies(true);
    /// ```
    pub fn tolerant_replies(mut self, yes: bool) -> Self {
        self.rust.tolerant_replies = yes;
        self
    }

    /// Keeps types closed that a client receives. They have no `Unknown`, so code in the same crate can match them
    /// exhaustively, and enums stay `Copy`.
    ///
    /// The client pays for this: it rejects a whole reply or event with a value that the schema does not know. Close
    /// types only where both ends always have the same version, as parts of one program do.
    ///
    /// A name is that of an enum, a union or an alternate of the schema, or `*` for all. Closing an enum also closes
    /// the unions whose discriminator it is. It is an error to name a type that the schema does not define, that is
    /// closed anyway, or that is generated elsewhere.
    ///
    /// ```
    /// let builder = qapi_gen::Builder::new().client(true).closed(["RunState", "ShutdownCause"]);
    /// ```
    pub fn closed<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.rust.closed.extend(names.into_iter().map(Into::into));
        self
    }

    /// Generates only these commands and events, and the types that they use.
    ///
    /// In a name, `*` stands for any text and `?` for one character. Such a pattern takes all that it matches and that
    /// exists under the defines.
    ///
    /// A name that the schema does not have is an error, and so is one whose condition does not hold under the defines.
    /// A pattern is an error if the schema has nothing that it matches, or if all that it matches has conditions that
    /// do not hold.
    ///
    /// ```
    /// let builder = qapi_gen::Builder::new().only(["query-block*", "block-job-*", "STOP"]);
    /// ```
    pub fn only<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.rust.only.get_or_insert_default().extend(names.into_iter().map(Into::into));
        self
    }

    /// Uses the types of a schema module that was generated elsewhere.
    ///
    /// `file` is the module's file as the schema includes it, or the end of its path. `path` is the Rust module that
    /// has the types. A constant in the generated code fails to compile if the definitions there differ.
    ///
    /// ```
    /// let builder = qapi_gen::Builder::new().extern_module("common.json", "::shared::qapi::common");
    /// ```
    pub fn extern_module(mut self, file: impl Into<String>, path: impl Into<String>) -> Self {
        self.rust.extern_modules.push(ExternModule::new(file, path));
        self
    }

    /// Uses the Rust type at `path` for the schema type `name`. The Rust type has to implement `Decode` and `Encode`.
    pub fn extern_type(mut self, name: impl Into<String>, path: impl Into<String>) -> Self {
        self.rust.extern_types.insert(name.into(), path.into());
        self
    }

    /// Adds an attribute to a type of the schema, or to all types with `*`.
    ///
    /// ```
    /// let builder = qapi_gen::Builder::new().type_attribute("StatusInfo", "#[must_use]");
    /// ```
    pub fn type_attribute(mut self, name: impl Into<String>, attribute: impl Into<String>) -> Self {
        self.rust.type_attributes.push((name.into(), attribute.into()));
        self
    }

    /// Derives a trait for a type of the schema, or for all types with `*`.
    ///
    /// ```
    /// let builder = qapi_gen::Builder::new().derive("RunState", "Hash");
    /// ```
    pub fn derive(mut self, name: impl Into<String>, derive: impl Into<String>) -> Self {
        self.rust.derives.push((name.into(), derive.into()));
        self
    }

    /// Sets the version of the schema language in which the schema is written.
    ///
    /// Schemas in a QEMU source tree do not need it: the compiler reads the version from the tree's file `VERSION`.
    /// For other schemas the default is [`Language::Any`], which accepts the forms of all versions.
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
    /// files the compiler read.
    ///
    /// The generated file is replaced atomically, and only when its content changes.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the schema, or a file that cannot be read or written. When `main` of a build
    /// script returns the error, Cargo shows every message with its excerpt.
    pub fn compile(self, schema: impl AsRef<Path>) -> Result<(), Error> {
        let schema = schema.as_ref();
        let folder = self.folder()?;
        let result = self.generate(schema);
        // After an error too, so that Cargo runs the build script again once a file is corrected.
        match &result {
            Ok(generated) => generated.files().for_each(watch),
            Err(error) => error.files().for_each(watch),
        }
        write(&result?, &folder, schema)
    }

    /// The folder for the generated file.
    fn folder(&self) -> Result<PathBuf, Error> {
        let folder = self.out_dir.clone().or_else(|| std::env::var_os("OUT_DIR").map(PathBuf::from));
        folder.ok_or_else(|| {
            Error::new("OUT_DIR is not set: call `out_dir`, or `compile` from a build script".into())
        })
    }

    /// Refuses preferences where nothing is merged.
    #[cfg(feature = "import")]
    fn check_preferences(&self) -> Result<(), Error> {
        if self.preferences.is_empty() {
            return Ok(());
        }
        Err(Error::new("`prefer` is of use with `compile_merged` only".into()))
    }

    /// Compiles the schema and returns what [`compile`](Self::compile) would write and print.
    ///
    /// # Errors
    ///
    /// Those of [`compile`](Self::compile), except for files that cannot be written.
    pub fn generate(mut self, schema: impl AsRef<Path>) -> Result<Generated, Error> {
        match &mut self.rust.conditions {
            Conditions::Cfg { predicates } => predicates.append(&mut self.predicates),
            Conditions::Fixed | Conditions::All if self.predicates.is_empty() => {}
            Conditions::Fixed | Conditions::All => {
                return Err(Error::new("`condition_cfg` is of use with `Conditions::cfg()` only".into()));
            }
        }
        #[cfg(feature = "import")]
        self.check_preferences()?;
        Ok(driver::compile(&DiskLoader, schema.as_ref(), &self.reading, &self.rust)?)
    }
}

/// Tells Cargo to run the build script again when the file changes.
fn watch(file: &Path) {
    println!("cargo::rerun-if-changed={}", file.display());
}

/// Writes the code into `folder`, to a file named after the schema's, and prints warnings and cfgs for Cargo.
fn write(generated: &Generated, folder: &Path, schema: &Path) -> Result<(), Error> {
    for warning in generated.warnings() {
        println!("cargo::warning={warning}");
    }
    for cfg in &generated.check_cfgs {
        println!("cargo::rustc-check-cfg={cfg}");
    }
    write_text(&generated.text, &named_after(schema, folder, "rs"))
}

/// Writes the code to this file.
fn write_text(text: &str, path: &Path) -> Result<(), Error> {
    write_if_changed(path, text)
        .map(|_| ())
        .map_err(|error| Error::new(format!("cannot write {}: {error}", path.display())))
}

/// The file in `folder` with the name of `origin` and this extension. Of `qemu-10.0.json`, the name is `qemu-10.0`.
fn named_after(origin: &Path, folder: &Path, extension: &str) -> PathBuf {
    let mut name = origin.file_stem().unwrap_or_default().to_owned();
    name.push(".");
    name.push(extension);
    folder.join(name)
}
