//! Compiles a client for each version of QEMU whose schema is there, and one for each merge of neighbours and of all.

use qapi_gen::stages::compose::{File, Layout};
use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::merge::Preferences;
use qapi_gen::stages::rust::{Options, Outline};
use qapi_gen::stages::wire::Wire;
use qapi_gen::stages::{Peer, PeersError, load, merge_peers, outline, schema};
use qapi_gen::{Builder, Conditions};
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// A version of QEMU: its label, and its schema.
struct Version {
    label: String,
    schema: PathBuf,
}

/// A client to compile.
struct Plan<'a> {
    label: String,
    sides: Vec<&'a Version>,
    /// Whether it has the whole interface, and not only what it receives. The types of arguments take most of the time.
    whole: bool,
    /// Whether it does without mandatory members.
    tolerant: bool,
}

impl<'a> Plan<'a> {
    fn new(label: &str, sides: Vec<&'a Version>) -> Self {
        Plan { label: label.to_owned(), sides, whole: false, tolerant: false }
    }
}

fn main() -> Result<()> {
    for variable in ["QAPI_CONFORMANCE_DATA", "QAPI_QEMU_7_2"] {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    let versions = versions()?;
    let mut text = String::new();
    let mut list = String::new();
    let mut conflicts: Vec<String> = Vec::new();
    for (index, plan) in plans(&versions).iter().enumerate() {
        let path = match compile(&format!("client_{index}"), plan) {
            Ok(path) => path,
            // A test reports it: a build that fails would hide all other outcomes.
            Err(error) if matches!(error.downcast_ref(), Some(PeersError::Merge(_))) => {
                conflicts.push(format!("{}: {error}", plan.label));
                continue;
            }
            Err(error) => return Err(error),
        };
        writeln!(text, "pub(crate) mod client_{index} {{ include!({path:?}); }}")?;
        let Plan { label, sides, .. } = plan;
        let labels: Vec<&str> = sides.iter().map(|side| side.label.as_str()).collect();
        writeln!(
            list,
            "Client {{ label: {label:?}, versions: &{labels:?}, replies: client_{index}::REPLIES, \
             events: client_{index}::EVENTS, commands: client_{index}::COMMANDS }},"
        )?;
    }
    writeln!(text, "/// Merges that fail.\npub static CONFLICTS: &[&str] = &{conflicts:?};")?;
    writeln!(text, "/// All clients.\npub static CLIENTS: &[Client] = &[{list}];")?;
    let sides: Vec<(&str, &Path)> =
        versions.iter().map(|version| (version.label.as_str(), version.schema.as_path())).collect();
    writeln!(
        text,
        "/// The versions, the oldest first: label and schema.\npub static VERSIONS: &[(&str, &str)] = &{sides:?};"
    )?;
    fs::write(out()?.join("clients.rs"), text)?;
    Ok(())
}

/// Clients of one version, of two neighbours, and of all.
fn plans(versions: &[Version]) -> Vec<Plan<'_>> {
    let mut plans: Vec<Plan<'_>> =
        versions.iter().map(|version| Plan::new(&version.label, vec![version])).collect();
    for version in versions {
        let tolerant = Plan::new(&format!("{}, tolerant", version.label), vec![version]);
        plans.push(Plan { tolerant: true, ..tolerant });
    }
    for pair in versions.windows(2) {
        plans.push(Plan::new(&format!("{} and {}", pair[0].label, pair[1].label), pair.iter().collect()));
    }
    if versions.len() > 2 {
        plans.push(Plan::new("all of them", versions.iter().collect()));
    }
    if let Some(last) = plans.last_mut() {
        last.whole = true;
    }
    plans
}

/// The versions whose schemas are there, the oldest first.
fn versions() -> Result<Vec<Version>> {
    let mut versions = Vec::new();
    if let Some(source) = std::env::var_os("QAPI_QEMU_7_2") {
        let schema = workspace().join(source).join("qapi/qapi-schema.json");
        versions.push(Version { label: "7.2".to_owned(), schema });
    }
    let Ok(entries) = data().read_dir() else { return Ok(versions) };
    for entry in entries {
        let entry = entry?;
        let schema = entry.path().join("qapi/qapi-schema.json");
        let name = entry.file_name().to_string_lossy().into_owned();
        if let Some(version) = name.strip_prefix("qemu-").filter(|_| schema.exists()) {
            let short: Vec<&str> = version.splitn(3, '.').take(2).collect();
            versions.push(Version { label: short.join("."), schema });
        }
    }
    let number = |version: &Version| -> Vec<u32> {
        version.label.split('.').map(|part| part.parse().unwrap_or_default()).collect()
    };
    versions.sort_by_key(number);
    Ok(versions)
}

/// Compiles a client, and returns the path of the code.
fn compile(name: &str, plan: &Plan<'_>) -> Result<PathBuf> {
    let folder = out()?.join(name);
    fs::create_dir_all(&folder)?;
    let schema = match &plan.sides[..] {
        [one] => one.schema.clone(),
        sides => merge(&folder, sides)?,
    };
    let mut options = Options::default();
    options.client = true;
    options.conditions = Conditions::All;
    options.tolerant_replies = plan.tolerant;
    let mut builder = Builder::new()
        .client(true)
        .docs(false)
        .format(false)
        .conditions(Conditions::All)
        .tolerant_replies(plan.tolerant);
    if !plan.whole {
        let names = received(&schema)?;
        options.only = Some(names.clone());
        builder = builder.only(names);
    }
    let generated = builder.generate(&schema)?;
    let outline = outline(&DiskLoader, &schema, &schema::Options::default(), &options)
        .map_err(|failure| failure.diagnostics.to_human(&failure.sources))?;
    for file in generated.files().filter(|file| !file.starts_with(&folder)) {
        println!("cargo::rerun-if-changed={}", file.display());
    }
    let path = folder.join("client.rs");
    fs::write(&path, format!("{}\n{}", generated.text, tables(&outline)?))?;
    Ok(path)
}

/// The commands that only ask, and the events.
fn received(schema: &Path) -> Result<Vec<String>> {
    let options = schema::Options::default();
    let loaded = load(&DiskLoader, schema, &options)
        .map_err(|failure| failure.diagnostics.to_human(&failure.sources))?;
    let wire = Wire::from_schema(&loaded.schema.of_any_build());
    let asks = |name: &&String| {
        let rest = name.strip_prefix("x-").unwrap_or(name);
        rest.starts_with("query-") || ["qom-list-types", "device-list-properties"].contains(&rest)
    };
    Ok(wire.commands.keys().filter(asks).chain(wire.events.keys()).cloned().collect())
}

fn merge(folder: &Path, sides: &[&Version]) -> Result<PathBuf> {
    let peer = |side: &&Version| Peer { label: Some(side.label.clone()), path: side.schema.clone() };
    let peers: Vec<Peer> = sides.iter().map(peer).collect();
    let (merged, _) = merge_peers(&peers, &Preferences::new(), Layout::Single)?;
    let schema = folder.join("qapi-schema.json");
    File::write_all(&merged.files, Layout::Single, &schema).map_err(|(_, error)| error)?;
    Ok(schema)
}

/// Functions for each command and event, by its name.
fn tables(outline: &Outline) -> std::result::Result<String, std::fmt::Error> {
    let mut text = String::new();
    let commands: Vec<&String> =
        outline.handlers.iter().filter_map(|handler| handler.command.as_ref()).collect();
    let types = |text: &mut String, name: &str, types: Vec<(String, String)>| {
        writeln!(text, "pub(crate) static {name}: &[crate::Entry] = &[")?;
        for (name, ty) in types {
            writeln!(text, "    ({name}, crate::again::<{ty}>),")?;
        }
        writeln!(text, "];")
    };
    let (mut replies, mut own) = (Vec::new(), Vec::new());
    for name in commands {
        let command = format!("<command::{name} as ::qapi_runtime::Command>");
        replies.push((format!("{command}::NAME"), format!("{command}::Ok")));
        own.push((format!("{command}::NAME"), format!("command::{name}")));
    }
    types(&mut text, "REPLIES", replies)?;
    types(&mut text, "COMMANDS", own)?;
    let events = outline.events.iter();
    let events = events
        .map(|name| (format!("<event::{name} as ::qapi_runtime::Event>::NAME"), format!("event::{name}")));
    types(&mut text, "EVENTS", events.collect())?;
    Ok(text)
}

/// The folder of data that conformance is measured against.
fn data() -> PathBuf {
    workspace().join(std::env::var_os("QAPI_CONFORMANCE_DATA").unwrap_or_else(|| "../shared".into()))
}

/// The workspace: paths are relative to it, but a build script runs in the folder of its package.
fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn out() -> Result<PathBuf> {
    Ok(PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?))
}
