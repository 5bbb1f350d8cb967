//! Distributes definitions over files, and excuses what the language would refuse.

use super::definition::{Body, Definition};
use super::{docs, integers, print};
use crate::fmt;
use crate::output::write_if_changed;
use crate::schema::names::{is_lower, stem};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::{Display, Formatter, Result as Printed};
use std::io;
use std::path::{Path, PathBuf};

/// How definitions are distributed over files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One file.
    Single,
    /// A root file, and a file for each module.
    Modules,
}

impl Layout {
    /// The layout for an output that the user named: several files for an existing folder or a path that ends with `/`.
    pub fn of_output(output: &Path) -> Layout {
        let folder = output.is_dir() || output.to_string_lossy().ends_with('/');
        if folder { Layout::Modules } else { Layout::Single }
    }
}

/// A schema whose text cannot be laid out.
#[derive(Clone, Debug)]
pub struct Unwritable(String);

impl Display for Unwritable {
    fn fmt(&self, f: &mut Formatter<'_>) -> Printed {
        f.write_str(&self.0)
    }
}

impl Error for Unwritable {}

/// The names to list in pragmas.
#[derive(Debug, Default)]
struct Exceptions {
    command_names: BTreeSet<String>,
    command_returns: BTreeSet<String>,
    documentation: BTreeSet<String>,
    member_names: BTreeSet<String>,
}

impl Exceptions {
    /// Excuses what the language would refuse in this definition.
    fn excuse(&mut self, definition: &Definition<'_>, documented: bool) {
        let name = || definition.name.clone();
        if !documented {
            self.documentation.insert(name());
        }
        match &definition.body {
            Body::Command(command) => {
                if command.returns.as_ref().is_some_and(|returns| !returns.is_object) {
                    self.command_returns.insert(name());
                }
                if !is_plain(&definition.name) {
                    self.command_names.insert(name());
                }
            }
            Body::Alternate(_) | Body::Event(_) => {}
            Body::Enum(_) | Body::Struct(_) | Body::Union { .. } => {
                if !definition.parts().into_iter().all(is_plain) {
                    self.member_names.insert(name());
                }
            }
        }
    }
}

/// Whether a name needs no exception. Pragmas can excuse only the rules about case; a server's schema obeys all others.
pub(crate) fn is_plain(name: &str) -> bool {
    is_lower(stem(name).unwrap_or(name), false, false)
}

/// A schema file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The path, relative to the root's folder.
    pub path: String,
    /// The text.
    pub text: String,
}

impl File {
    /// Writes all files of a schema: into the folder `output`, or as the file `output`.
    ///
    /// # Errors
    ///
    /// The file or folder that cannot be written, and why.
    pub fn write_all(files: &[File], layout: Layout, output: &Path) -> Result<(), (PathBuf, io::Error)> {
        if layout == Layout::Modules {
            std::fs::create_dir_all(output).map_err(|error| (output.to_owned(), error))?;
        }
        for file in files {
            let path = match layout {
                Layout::Single => output.to_owned(),
                Layout::Modules => output.join(&file.path),
            };
            write_if_changed(&path, &file.text).map_err(|error| (path, error))?;
        }
        Ok(())
    }
}

/// The file for definitions that belong to no module.
const OTHERS: &str = "others.json";
/// The name of the root file when there are several.
const ROOT: &str = "qapi-schema.json";

/// The files of a schema with these definitions, the root first. `head` is the comment at the beginning of each.
///
/// # Errors
///
/// The text of a file cannot be laid out.
pub(crate) fn compose(
    mut definitions: Vec<Definition<'_>>,
    layout: Layout,
    head: &str,
) -> Result<Vec<File>, Unwritable> {
    let wide = integers::spell(&mut definitions);
    let mut exceptions = Exceptions::default();
    let mut modules: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for definition in &definitions {
        let (doc, documented) = docs::write(definition);
        exceptions.excuse(definition, documented);
        let module = match layout {
            Layout::Single => ROOT.to_owned(),
            Layout::Modules => file_name(definition.module),
        };
        modules.entry(module).or_default().push(doc + &print::print(definition));
    }
    let mut root: Vec<String> = wide.then(|| integers::COMMENT.to_owned()).into_iter().collect();
    root.extend(pragmas(&exceptions));
    let mut files = Vec::new();
    for (path, texts) in modules {
        if layout == Layout::Single {
            root.extend(texts);
        } else {
            root.push(format!("{{ 'include': '{path}' }}\n"));
            files.push(File { text: finished(head, &texts)?, path });
        }
    }
    files.insert(0, File { path: ROOT.to_owned(), text: finished(head, &root)? });
    Ok(files)
}

/// The file for a module. All files are in the root's folder, so the module's own folder is dropped.
fn file_name(module: Option<&str>) -> String {
    let name = module.and_then(|module| module.rsplit('/').next());
    match name {
        // The given schema's root file would have the name of ours, so it gets another one.
        None | Some(ROOT) => OTHERS.to_owned(),
        Some(name) => name.to_owned(),
    }
}

fn finished(head: &str, texts: &[String]) -> Result<String, Unwritable> {
    let text = format!("{head}\n{}", texts.join("\n"));
    fmt::format(&text).map_err(|error| Unwritable(format!("line {} of the schema: {error}", error.line)))
}

fn pragmas(exceptions: &Exceptions) -> Vec<String> {
    let lists = [
        ("command-name-exceptions", &exceptions.command_names),
        ("command-returns-exceptions", &exceptions.command_returns),
        ("documentation-exceptions", &exceptions.documentation),
        ("member-name-exceptions", &exceptions.member_names),
    ];
    let list = |names: &BTreeSet<String>| {
        names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ")
    };
    let lists = lists.iter().filter(|(_, names)| !names.is_empty());
    lists.map(|(pragma, names)| format!("{{ 'pragma': {{ '{pragma}': [ {} ] }} }}\n", list(names))).collect()
}
