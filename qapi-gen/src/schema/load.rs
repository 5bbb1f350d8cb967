//! From files to the checked schema.

use super::context::Context;
use super::draft::Drafts;
use super::lower::Lowering;
use super::symbols::Symbols;
use super::{
    DefId, Definition, Failure, Loaded, Module, ModuleId, ModuleItem, Options, Schema, check, lower_doc, read,
};
use crate::diagnostic::Diagnostics;
use crate::ids::IdVec;
use crate::loader::Loader;
use crate::source::{FileId, Sources};
use crate::syntax;
use crate::syntax::ast::{self, Item, Unit};
use std::collections::HashMap;
use std::path::Path;

/// Loads the schema whose root file is `root`, with all files that it includes, and checks it.
///
/// # Errors
///
/// If the schema is invalid: all diagnostics, and the files that they point to.
pub fn load(loader: &dyn Loader, root: impl AsRef<Path>, options: &Options) -> Result<Loaded, Failure> {
    let mut sources = Sources::new();
    let mut found = Diagnostics::new();
    let unit = syntax::load(loader, root.as_ref(), options.language, &mut sources, &mut found);
    let checked = check_unit(&unit, &sources, &mut found);
    found.sort();
    match checked {
        Some((modules, definitions)) => Ok(Loaded {
            schema: Schema {
                language: unit.language,
                wide_integers: unit.wide_integers,
                sources,
                modules,
                definitions,
                documentation_exceptions: (unit.pragmas.documentation_exceptions.iter())
                    .map(|name| name.text.clone())
                    .collect(),
            },
            warnings: found,
        }),
        None => Err(Failure { diagnostics: found, sources }),
    }
}

type Parts = (IdVec<ModuleId, Module>, IdVec<DefId, Definition>);

/// Checks a unit; `None` if there is an error, from here or an earlier stage.
fn check_unit(unit: &Unit, sources: &Sources, found: &mut Diagnostics) -> Option<Parts> {
    let mut cx = Context::new(sources, &unit.pragmas, unit.language, std::mem::take(found));
    let mut sites = IdVec::new();
    let mut expressions = Vec::new();
    for expression in definitions(unit) {
        if let Some(site) = read::read_site(&mut cx, expression) {
            sites.push(site);
            expressions.push(expression);
        }
    }
    let symbols = Symbols::collect(&mut cx, &sites, unit);
    let drafts: Drafts<'_> = (sites.into_iter().zip(expressions))
        .map(|(site, expression)| read::read(&mut cx, site, expression))
        .collect();
    let tags = check::check(&mut cx, &symbols, &drafts);
    *found = cx.found;
    if found.has_errors() {
        return None;
    }
    Some(lower(unit, sources, &Lowering::new(&symbols, tags), drafts))
}

fn definitions(unit: &Unit) -> impl Iterator<Item = &ast::Definition> {
    unit.items.iter().filter_map(|item| match item {
        Item::Definition(definition) => Some(definition),
        Item::Module(_) | Item::Include(_) | Item::FreeForm(_) => None,
    })
}

fn lower(unit: &Unit, sources: &Sources, lowering: &Lowering<'_, '_>, drafts: Drafts<'_>) -> Parts {
    let mut modules = IdVec::new();
    let mut by_file: HashMap<FileId, ModuleId> = HashMap::new();
    for item in &unit.items {
        if let Item::Module(file) = item {
            let module = Module { name: sources.module_name(*file), file: *file, items: Vec::new() };
            by_file.insert(*file, modules.push(module));
        }
    }
    let mut ids = drafts.ids();
    let definitions = (drafts.ids().zip(drafts))
        .map(|(id, draft)| {
            let module = by_file[&draft.site.head.file];
            lowering.definition(id, draft, module)
        })
        .collect();
    for item in &unit.items {
        let (file, item) = match item {
            Item::Module(_) => continue,
            Item::Include(include) => (include.span.file, ModuleItem::Include(by_file[&include.file])),
            Item::FreeForm(doc) => (doc.span.file, ModuleItem::FreeForm(lower_doc::free_form(doc))),
            Item::Definition(definition) => {
                let id =
                    ids.next().unwrap_or_else(|| unreachable!("read_site reported what defines nothing"));
                (definition.head.file, ModuleItem::Definition(id))
            }
        };
        modules[by_file[&file]].items.push(item);
    }
    (modules, definitions)
}
