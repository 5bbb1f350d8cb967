//! The schema's documentation as rustdoc. All of it is empty if the options turn documentation off.

mod blocks;
mod inline;
mod left_out;
mod links;
mod wire;

use self::links::Links;
use super::context::{Context, Place};
use crate::schema::{
    DefId, Definition, DocSection, DocSectionKind, EnumValue, Feature, ModuleId, ModuleItem, Union,
};

/// The sections with headings, in the order that rustdoc shows them. They follow the plain text, which would otherwise
/// seem to belong to a heading.
const HEADED: [DocSectionKind; 2] = [DocSectionKind::Returns, DocSectionKind::Errors];

fn is_text(kind: &DocSectionKind) -> bool {
    matches!(kind, DocSectionKind::Plain | DocSectionKind::Legacy(_))
}

/// Text without markup, as Markdown.
#[cfg(feature = "import")]
pub(super) fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    text.chars().for_each(|c| inline::escape(c, &mut out));
    out
}

/// The documentation of a definition, without that of its members.
pub(super) fn definition(cx: &Context, id: DefId, place: Place) -> String {
    if !cx.options.docs {
        return String::new();
    }
    let definition = cx.definition(id);
    let links = Links::inside(cx, id, place);
    let mut text = String::new();
    for section in sections(definition).filter(|section| is_text(&section.kind)) {
        append_section(&mut text, section, &links);
    }
    let is_silent = text.is_empty();
    if is_silent {
        let rest = if definition.doc.is_none() { ", about which the schema says no more" } else { "" };
        text = format!("The {} `{}`{rest}.", definition.kind.name(), definition.name);
    }
    wire::insert(&mut text, &wire::summary(definition, is_silent, &links));
    paragraph(&mut text, &left_out::parts(cx, id));
    for kind in &HEADED {
        for section in sections(definition).filter(|section| section.kind == *kind) {
            append_section(&mut text, section, &links);
        }
    }
    let features = features(definition, &links);
    if !features.is_empty() {
        paragraph(&mut text, &format!("# Features\n\n{features}"));
    }
    text
}

/// The documentation of a member, value or alternative for the type of `holder`; `owner` is the definition that lists
/// it.
pub(super) fn member(
    cx: &Context,
    holder: DefId,
    owner: DefId,
    name: &str,
    features: &[Feature],
    place: Place,
) -> String {
    if !cx.options.docs {
        return String::new();
    }
    let shown = wire::name(cx, holder, name);
    member_text(cx.definition(owner), name, shown, features, &Links::inside(cx, holder, place))
}

/// The text about a member, beginning with its name as `shown`.
fn member_text(
    owner: &Definition,
    name: &str,
    shown: Option<String>,
    features: &[Feature],
    links: &Links,
) -> String {
    let section = sections(owner).find(|section| section.kind == DocSectionKind::Member(name.to_owned()));
    let mut text = section.map(|section| blocks::convert_tagged(&section.text, links)).unwrap_or_default();
    if text.is_empty() {
        text = format!("`{name}`, about which the schema says no more.");
    } else if let Some(shown) = shown {
        text = wire::named(&shown, &text);
    }
    for (feature, note) in [("deprecated", "**Deprecated.**"), ("unstable", "**Unstable.**")] {
        if features.iter().any(|it| it.name == feature) {
            paragraph(&mut text, note);
        }
    }
    text
}

/// The documentation of the enum for a union's branches.
pub(super) fn branches(cx: &Context, id: DefId, union: &Union, place: Place) -> String {
    if !cx.options.docs {
        return String::new();
    }
    let name = cx.path(id, place);
    let mut text = format!("What the `{}` of [`{name}`] selects.", union.discriminator);
    paragraph(&mut text, &left_out::branches(cx, union));
    text
}

/// The documentation of a branch, which is that of the value that selects it.
pub(super) fn branch(cx: &Context, values: DefId, value: &EnumValue, place: Place) -> String {
    if !cx.options.docs {
        return String::new();
    }
    let links = Links::outside(cx, Some(values), place);
    let shown = wire::name(cx, values, &value.name);
    member_text(cx.definition(values), &value.name, shown, &value.features, &links)
}

/// The documentation of a handler.
pub(super) fn handler(cx: &Context, id: DefId, place: Place) -> String {
    if !cx.options.docs {
        return String::new();
    }
    let definition = cx.definition(id);
    let links = Links::outside(cx, Some(id), place);
    let plain = sections(definition).find(|section| section.kind == DocSectionKind::Plain);
    let whole = plain.map(|section| blocks::convert(&section.text, &links)).unwrap_or_default();
    let mut text = whole.split("\n\n").next().unwrap_or_default().to_owned();
    // A code block may continue after the empty line, and would be cut off.
    if text.is_empty() || text.contains("```") {
        text = format!("The command `{}`.", definition.name);
    }
    paragraph(&mut text, &format!("Arguments: [`{}`].", cx.path(id, place)));
    for section in sections(definition) {
        if matches!(section.kind, DocSectionKind::Returns | DocSectionKind::Errors) {
            append_section(&mut text, section, &links);
        }
    }
    text
}

/// The documentation of a module: the free-form text of the file.
pub(super) fn module(cx: &Context, module: ModuleId) -> String {
    if !cx.options.docs {
        return String::new();
    }
    module_text(&cx.schema.module(module).name, &free_form(cx, module))
}

/// Documentation of the schema as a type. It begins with the root file's introduction if that file defines nothing, as
/// there is no module whose page could show it.
pub(super) fn schema(cx: &Context) -> String {
    let mut text = String::new();
    if let Some((root, module)) = cx.schema.modules.entries().next()
        && cx.options.docs
        && !cx.is_module_emitted(root)
    {
        let parts = free_form(cx, root);
        if !parts.is_empty() {
            text = module_text(&module.name, &parts);
        }
    }
    paragraph(&mut text, "The schema as a type: its tables, and what its events are sent through.");
    text
}

/// The free-form documentation of a module, as Markdown.
fn free_form(cx: &Context, module: ModuleId) -> Vec<String> {
    // Re-exports give every name of the module a second path at the root, and rustdoc warns that one of them is
    // redundant.
    let links = Links::none();
    let sections = cx.schema.module(module).items.iter().flat_map(|item| match item {
        ModuleItem::FreeForm(doc) => &doc.sections[..],
        _ => &[],
    });
    sections.map(|section| blocks::convert(&section.text, &links)).collect()
}

/// The free-form text of a module, followed by the name of its file; the title is the summary. Headings with only
/// definitions below them are left out, since the definitions are elsewhere in rustdoc.
fn module_text(file: &str, parts: &[String]) -> String {
    let mut parts: Vec<(usize, &str, &str)> = parts.iter().map(|part| split_heading(part)).collect();
    let mut text = match parts.first_mut() {
        Some((level @ 1.., title, _)) => {
            *level = 0;
            format!("{title}: what `{file}` defines.", title = std::mem::take(title))
        }
        Some(_) => String::new(),
        None => format!("What `{file}` defines."),
    };
    let has_title = !text.is_empty();
    let mut kept: Vec<(usize, &str, &str)> = Vec::new();
    for part @ (level, _, body) in parts.into_iter().rev() {
        let holds_next = level > 0 && kept.last().is_some_and(|(next, ..)| *next == 0 || *next > level);
        if !body.is_empty() || holds_next {
            kept.push(part);
        }
    }
    for (level, title, body) in kept.into_iter().rev() {
        if level > 0 {
            paragraph(&mut text, &format!("{} {title}", "#".repeat(level)));
        }
        paragraph(&mut text, body);
    }
    if !has_title {
        paragraph(&mut text, &format!("This is what `{file}` defines."));
    }
    text
}

/// A part's heading, of level 0 if it has none, and the rest.
fn split_heading(part: &str) -> (usize, &str, &str) {
    let (first, rest) = part.split_once('\n').unwrap_or((part, ""));
    let title = first.trim_start_matches('#');
    match first.len() - title.len() {
        0 => (0, "", part),
        level => (level, title.trim(), rest.trim_start_matches('\n')),
    }
}

fn append_section(text: &mut String, section: &DocSection, links: &Links) {
    let body = || blocks::convert_tagged(&section.text, links);
    match &section.kind {
        DocSectionKind::Plain | DocSectionKind::Legacy(_) => {
            paragraph(text, &blocks::convert(&section.modern_text(), links));
        }
        DocSectionKind::Returns => paragraph(text, &format!("# Returns\n\n{}", body())),
        DocSectionKind::Errors => paragraph(text, &format!("# Errors\n\n{}", body())),
        // Shown elsewhere: at the member, in a list of features, in the line about the protocol; `TODO:` is for authors
        // only.
        DocSectionKind::Member(_)
        | DocSectionKind::Feature(_)
        | DocSectionKind::Since
        | DocSectionKind::Todo => {}
    }
}

fn features(definition: &Definition, links: &Links) -> String {
    let mut text = String::new();
    for section in sections(definition) {
        if let DocSectionKind::Feature(name) = &section.kind {
            let body = blocks::convert_tagged(&section.text, links);
            let body = if body.is_empty() { "not documented".to_owned() } else { body };
            let item = format!("`{name}`: {body}");
            text += &format!("- {}\n", item.replace('\n', "\n  "));
        }
    }
    text
}

fn sections(definition: &Definition) -> impl Iterator<Item = &DocSection> {
    definition.doc.iter().flat_map(|doc| &doc.sections)
}

fn paragraph(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push_str("\n\n");
    }
    text.push_str(more);
}

#[cfg(test)]
mod tests;
