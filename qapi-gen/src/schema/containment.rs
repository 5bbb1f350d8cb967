//! Checks that no object contains itself through its base or a branch.

use super::DefId;
use super::checker::Checker;
use super::draft::{Body, Draft};
use crate::diagnostic::Code;
use crate::ids::IdVec;
use crate::source::Span;

/// Reports each cycle at the object that is visited first, in schema order. Each object is reported once.
pub(super) fn check(checker: &mut Checker<'_, '_>) {
    let mut state = checker.drafts.map(|_| State::New);
    for (id, draft) in checker.drafts.entries() {
        // A command or event starts the search at its named type. This decides at which object a cycle is found.
        match draft.named_data() {
            None => walk(checker, &mut state, id),
            Some((name, _)) => {
                if let Some(id) = checker.defined(name) {
                    walk(checker, &mut state, id);
                }
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    /// On the current path, at this depth.
    Open(usize),
    /// On the current path, and a cycle through it was reported.
    Reported,
    Done,
}

/// A depth-first search with an explicit stack, since chains may be as long as the schema.
fn walk(checker: &mut Checker<'_, '_>, state: &mut IdVec<DefId, State>, start: DefId) {
    if state[start] != State::New {
        return;
    }
    state[start] = State::Open(0);
    let mut path = vec![(start, parts(checker, &checker.drafts[start]).into_iter())];
    while let Some((id, rest)) = path.last_mut() {
        let Some((part, _)) = rest.next() else {
            state[*id] = State::Done;
            path.pop();
            continue;
        };
        match state[part] {
            State::Done | State::Reported => {}
            State::New => {
                state[part] = State::Open(path.len());
                path.push((part, parts(checker, &checker.drafts[part]).into_iter()));
            }
            State::Open(depth) => {
                state[part] = State::Reported;
                let links = path[depth..].iter().map(|(id, _)| *id);
                report(checker, links);
            }
        }
    }
}

fn report(checker: &mut Checker<'_, '_>, links: impl ExactSizeIterator<Item = DefId>) {
    /// A longer chain is cut in the message.
    const SHOWN: usize = 8;
    let count = links.len();
    let drafts = checker.drafts;
    let shown: Vec<DefId> = links.take(SHOWN + 1).collect();
    let first = &drafts[shown[0]];
    let message = format!("{} contains itself", first.site.describe());
    let mut diagnostic =
        checker.fault(first, Code::ContainsItself, first.site.name.span, message, "contains itself");
    for (index, &id) in shown.iter().enumerate().take(SHOWN) {
        let next = if index + 1 < count { shown[index + 1] } else { shown[0] };
        let link = parts(checker, &drafts[id]).into_iter().find(|(part, _)| *part == next);
        if let Some((_, span)) = link {
            diagnostic = diagnostic.label(span, format!("contains '{}'", drafts[next].site.name.text));
        }
    }
    if count > SHOWN {
        diagnostic = diagnostic.note(format!("the circle has {count} links"));
    }
    checker.report(diagnostic);
}

/// The objects that are part of an object, in the order of the text: its base, its branches. Members do not count: they
/// may be absent or arrays, and otherwise can be boxed.
fn parts(checker: &Checker<'_, '_>, draft: &Draft<'_>) -> Vec<(DefId, Span)> {
    let branches = match &draft.body {
        Body::Union { branches, .. } => branches.as_slice(),
        Body::Struct { .. }
        | Body::Enum { .. }
        | Body::Alternate { .. }
        | Body::Command { .. }
        | Body::Event { .. } => &[],
    };
    draft
        .base()
        .into_iter()
        .chain(branches.iter().filter_map(|branch| branch.ty))
        .filter_map(|name| Some((checker.defined(name)?, name.span)))
        .collect()
}
