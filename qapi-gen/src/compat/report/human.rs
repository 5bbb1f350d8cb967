//! Renders changes for people at a terminal, in the style of rustc.

use super::group::{by_definition, reached, summary};
use super::{Side, Sides, Style};
use crate::compat::{Change, Comparison, Stale, Verdict};
use crate::diagnostic::human::{Mark, excerpt};
use crate::source::Span;
use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer};
use std::collections::BTreeMap;

/// Renders the changes as text, those of one definition with one verdict together; the last line counts them. Compatible
/// changes are only counted, unless the style asks for all.
pub fn human(comparison: &Comparison, sides: &Sides<'_>, style: Style) -> String {
    let changes = &comparison.changes;
    let renderer = if style.colour { Renderer::styled() } else { Renderer::plain() };
    let shown = changes.iter().filter(|change| style.all || change.verdict != Verdict::Compatible);
    let shown: Vec<&Change> = shown.collect();
    let mut out = String::new();
    for group in by_definition(shown.iter().copied()) {
        let kin = |change: &Change| (change.verdict, change.accepted.clone());
        for changes in group.changes.chunk_by(|one, other| kin(one) == kin(other)) {
            out.push_str(&describe(&renderer, group.definition, changes, sides));
            out.push_str("\n\n");
        }
    }
    for stale in &comparison.stale {
        out.push_str(&renderer.render(&[describe_stale(stale)]));
        out.push_str("\n\n");
    }
    out.push_str(&summary(comparison));
    if shown.len() < changes.len() {
        out.push_str(" (not shown; --all shows them)");
    }
    out.push('\n');
    out
}

fn describe_stale(stale: &Stale) -> annotate_snippets::Group<'_> {
    let origin = Origin::path(&stale.file).line(stale.at.line as usize).char_column(stale.at.column as usize);
    Level::ERROR.with_name("stale").primary_title(&stale.message).element(origin)
}

/// Describes changes with one verdict, all of them accepted for one reason or none of them.
fn describe(renderer: &Renderer, definition: &str, changes: &[&Change], sides: &Sides<'_>) -> String {
    let Some(first) = changes.first() else { return String::new() };
    let level = match first.verdict {
        verdict if first.accepted.is_some() => Level::NOTE.with_name(format!("accepted, though {verdict}")),
        Verdict::Incompatible => Level::ERROR.with_name("incompatible"),
        Verdict::WorthALook => Level::WARNING.with_name("worth a look"),
        Verdict::Compatible => Level::HELP.with_name("compatible"),
    };
    let alone = changes.len() == 1;
    let title = if alone {
        level.primary_title(format!("{definition}: {}", first.message)).id(first.kind.name())
    } else {
        level.primary_title(format!("{definition}: {} changes", changes.len()))
    };
    let label = |change: &Change| format!("{} [{}]", change.message, change.kind);
    let labels: Vec<String> =
        changes.iter().map(|change| if alone { "new".to_owned() } else { label(change) }).collect();
    let mut new: Vec<Mark<'_>> = Vec::new();
    let mut old: BTreeMap<Span, Mark<'_>> = BTreeMap::new();
    let mut loose: Vec<&str> = Vec::new();
    for (change, text) in changes.iter().zip(&labels) {
        if let Some(span) = change.new.filter(|_| sides.new.sources.is_some()) {
            new.push(Mark { span, kind: AnnotationKind::Primary, text });
        } else if !alone {
            loose.push(text);
        }
        if let Some(span) = change.old {
            old.insert(span, Mark { span, kind: AnnotationKind::Context, text: "old" });
        }
    }
    let mut elements = excerpts(sides.new, new);
    elements.extend(excerpts(sides.old, old.into_values().collect()));
    elements.extend(loose.into_iter().map(|text| Level::NOTE.no_name().message(text).into()));
    elements.extend(notes(changes));
    renderer.render(&[title.elements(elements)])
}

/// The reason to accept them, the rules, the shortest path to the first change, and all that is reached. What several changes share is told once.
fn notes<'a>(changes: &[&'a Change]) -> Vec<Element<'a>> {
    let mut lines: Vec<(&'static str, String)> = Vec::new();
    let accepted =
        changes.iter().filter_map(|change| Some(("accepted", change.accepted.as_ref()?.to_string())));
    let rules = changes.iter().map(|change| ("rule", change.rule.clone()));
    let first = changes.iter().take(1).map(|change| ("where", change.path.clone()));
    let reached = changes.iter().flat_map(|change| reached(change)).map(|line| ("", line));
    for line in accepted.chain(rules).chain(first).chain(reached) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    let note = |(name, line): (&'static str, String)| {
        let level = if name.is_empty() { Level::NOTE.no_name() } else { Level::NOTE.with_name(name) };
        level.message(line).into()
    };
    lines.into_iter().map(note).collect()
}

/// Excerpts of the files of one side.
fn excerpts<'a>(side: Side<'a>, marks: Vec<Mark<'a>>) -> Vec<Element<'a>> {
    let Some(sources) = side.sources else { return Vec::new() };
    let mut files: BTreeMap<_, Vec<Mark<'a>>> = BTreeMap::new();
    for mark in marks {
        files.entry(mark.span.file).or_default().push(mark);
    }
    files.into_iter().flat_map(|(file, marks)| excerpt(sources.file(file), marks)).collect()
}
