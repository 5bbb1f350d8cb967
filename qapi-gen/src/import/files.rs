//! Distributes definitions over files.

use super::Layout;
use super::write::{Definitions, Exceptions};
use crate::compat::AnswerError;
use crate::fmt;
use std::collections::{BTreeMap, BTreeSet};

/// A schema file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The path, relative to the root's folder.
    pub path: String,
    /// The text.
    pub text: String,
}

const HEAD: &str = "# Made by qapi-gen of an answer to query-qmp-schema\n\n";

/// What the root file says if the widths of integers are not known.
const WIDE: &str = "# An answer has no widths, so 'int' is any integer of 64 bits, signed or unsigned:\n\
# qapi-gen: integers(wide)\n";

/// The module for definitions that no given schema describes.
const OTHERS: &str = "imported.json";
/// The name of the root file when there are several.
const ROOT: &str = "qapi-schema.json";

pub(super) fn lay_out(definitions: Definitions, layout: Layout) -> Result<Vec<File>, AnswerError> {
    let mut exceptions = Exceptions::default();
    let mut modules: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for written in definitions.all {
        exceptions.extend(written.exceptions);
        let module = match layout {
            Layout::Single => ROOT.to_owned(),
            Layout::Modules => file_name(written.module.as_deref()),
        };
        modules.entry(module).or_default().push(written.text);
    }
    let mut root: Vec<String> = definitions.wide.then(|| WIDE.to_owned()).into_iter().collect();
    root.extend(pragmas(&exceptions));
    let mut files = Vec::new();
    for (path, texts) in modules {
        if layout == Layout::Single {
            root.extend(texts);
        } else {
            root.push(format!("{{ 'include': '{path}' }}\n"));
            files.push(File { text: finished(&texts)?, path });
        }
    }
    files.insert(0, File { path: ROOT.to_owned(), text: finished(&root)? });
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

fn finished(texts: &[String]) -> Result<String, AnswerError> {
    let text = format!("{HEAD}{}", texts.join("\n"));
    fmt::format(&text)
        .map_err(|error| AnswerError::new(format!("line {} of the schema: {error}", error.line)))
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
