//! The whole way from files to the checked schema.

use super::context::Context;
use super::draft::{Body, Draft, Kind, Site};
use super::hierarchy::Hierarchy;
use super::lower::Lowering;
use super::symbols::Symbols;
use super::{
    DefId, Failure, Loaded, Module, ModuleId, ModuleItem, Options, Schema, alternate, clashes, command,
    containment, documentation, enumeration, event, features, lower_doc, read, references, structure, union,
};
use crate::diagnostic::Diagnostics;
use crate::loader::Loader;
use crate::source::{FileId, Sources};
use crate::syntax;
use crate::syntax::ast::{self, Item, Unit};
use std::collections::HashMap;
use std::path::Path;

/// Loads the schema whose root file is `root`, with all that it includes, and checks it.
///
/// # Errors
///
/// When the schema is at fault: all faults that were found, and the files in which they stand.
pub fn load(loader: &dyn Loader, root: impl AsRef<Path>, options: &Options) -> Result<Loaded, Failure> {
    let mut sources = Sources::new();
    let mut found = Diagnostics::new();
    let unit = syntax::load(loader, root.as_ref(), options.language, &mut sources, &mut found);
    let checked = check(&unit, &sources, &mut found);
    found.sort();
    match checked {
        Some((modules, definitions)) => Ok(Loaded {
            schema: Schema { language: unit.language, sources, modules, definitions },
            warnings: found,
        }),
        None => Err(Failure { diagnostics: found, sources }),
    }
}

type Parts = (Vec<Module>, Vec<super::Definition>);

/// Checks a unit; `None` when an error was found, here or before.
fn check(unit: &Unit, sources: &Sources, found: &mut Diagnostics) -> Option<Parts> {
    let complete = !found.has_errors();
    let mut cx = Context::new(sources, &unit.pragmas, unit.language, std::mem::take(found));
    let (ids, sites): (Vec<(usize, &ast::Definition)>, Vec<Site<'_>>) = definitions(unit)
        .filter_map(|(position, definition)| {
            Some(((position, definition), read::read_site(&mut cx, definition)?))
        })
        .unzip();
    let symbols = Symbols::collect(&mut cx, &sites, complete);
    let drafts: Vec<Draft<'_>> = ids
        .iter()
        .zip(&sites)
        .map(|((_, definition), site)| read::read(&mut cx, *site, definition))
        .collect();
    let tags = check_drafts(&mut cx, &symbols, &drafts);
    *found = cx.found;
    if found.has_errors() {
        return None;
    }
    let positions = ids.iter().map(|(position, _)| *position).collect::<Vec<_>>();
    Some(lower(unit, sources, Lowering::new(&symbols, tags), drafts, &positions))
}

fn definitions(unit: &Unit) -> impl Iterator<Item = (usize, &ast::Definition)> {
    unit.items.iter().enumerate().filter_map(|(position, item)| match item {
        Item::Definition(definition) => Some((position, definition)),
        Item::Module(_) | Item::Include(_) | Item::FreeForm(_) => None,
    })
}

/// The rules that need more than one definition. Hands on the enum of each union's discriminator.
fn check_drafts(cx: &mut Context<'_>, symbols: &Symbols<'_>, drafts: &[Draft<'_>]) -> HashMap<usize, usize> {
    for draft in drafts {
        check_types(cx, symbols, draft);
        match draft.site.kind {
            Kind::Enum => {
                if let Body::Enum { values, .. } = &draft.body {
                    enumeration::check_distinct_values(cx, &draft.site, values);
                }
            }
            Kind::Struct => {
                if let Some(base) = draft.base() {
                    structure::check_base(cx, symbols, drafts, draft, base);
                }
            }
            Kind::Union => union::check(cx, symbols, drafts, draft),
            Kind::Alternate => alternate::check(cx, symbols, drafts, draft),
            Kind::Command => command::check(cx, symbols, drafts, draft),
            Kind::Event => event::check(cx, symbols, drafts, draft),
        }
        features::check_special(cx, draft);
        documentation::check(cx, draft);
        references::check(cx, symbols, drafts, draft);
    }
    features::check_count(cx, drafts);
    containment::check(cx, symbols, drafts);
    let hierarchy = Hierarchy::new(symbols, drafts);
    let mut tags = HashMap::new();
    for id in 0..drafts.len() {
        clashes::check_members(cx, &hierarchy, drafts, id);
        clashes::check_branches(cx, symbols, &hierarchy, drafts, id);
        command::check_boxed(cx, symbols, &hierarchy, &drafts[id]);
        tags.extend(union::check_discriminator(cx, symbols, &hierarchy, drafts, id).map(|tag| (id, tag)));
    }
    tags
}

/// The types of members exist.
fn check_types(cx: &mut Context<'_>, symbols: &Symbols<'_>, draft: &Draft<'_>) {
    for member in draft.own_members() {
        if let Some(ty) = member.ty {
            symbols.resolve(cx, &draft.site, ty.name, &format!("member '{}'", member.name));
        }
    }
}

fn lower(
    unit: &Unit,
    sources: &Sources,
    lowering: Lowering<'_, '_>,
    drafts: Vec<Draft<'_>>,
    positions: &[usize],
) -> Parts {
    let mut modules = Vec::new();
    let mut by_file: HashMap<FileId, ModuleId> = HashMap::new();
    for item in &unit.items {
        if let Item::Module(file) = item {
            by_file.insert(*file, ModuleId(modules.len() as u32));
            modules.push(Module { name: sources.module_name(*file), file: *file, items: Vec::new() });
        }
    }
    let mut definitions = Vec::with_capacity(drafts.len());
    for (index, (draft, &position)) in drafts.into_iter().zip(positions).enumerate() {
        let Item::Definition(definition) = &unit.items[position] else {
            unreachable!("positions are of definitions")
        };
        definitions.push(lowering.definition(index, draft, by_file[&definition.object.span.file]));
    }
    let mut next = 0;
    for item in &unit.items {
        let (file, item) = match item {
            Item::Module(_) => continue,
            Item::Include(include) => (include.span.file, ModuleItem::Include(by_file[&include.file])),
            Item::FreeForm(doc) => (doc.span.file, ModuleItem::FreeForm(lower_doc::free_form(doc))),
            Item::Definition(definition) => {
                next += 1;
                (definition.object.span.file, ModuleItem::Definition(DefId(next - 1)))
            }
        };
        modules[by_file[&file].0 as usize].items.push(item);
    }
    (modules, definitions)
}
