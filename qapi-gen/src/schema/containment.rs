//! No object contains itself: not through its base, nor through a branch.

use super::context::Context;
use super::draft::{Body, Draft};
use super::symbols::{Symbols, Target};
use crate::diagnostic::Code;
use crate::source::Span;

/// Reports each circle at the object by which it is entered first, in schema order; each object once.
pub(super) fn check(cx: &mut Context<'_>, symbols: &Symbols<'_>, drafts: &[Draft<'_>]) {
    let mut state = vec![State::New; drafts.len()];
    for (id, draft) in drafts.iter().enumerate() {
        // Arguments are entered where the command stands, which decides at which object a cycle is found.
        match draft.named_data() {
            None => walk(cx, symbols, drafts, &mut state, id),
            Some((name, _)) => {
                if let Some(Target::Defined(target)) = symbols.find(&name.text) {
                    walk(cx, symbols, drafts, &mut state, target);
                }
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    /// On the path that is being walked, at this depth.
    Open(usize),
    /// Likewise, and a circle through it was reported.
    Reported,
    Done,
}

/// Depth first, with a stack of its own: chains may be as long as the schema.
fn walk(
    cx: &mut Context<'_>,
    symbols: &Symbols<'_>,
    drafts: &[Draft<'_>],
    state: &mut [State],
    start: usize,
) {
    if state[start] != State::New {
        return;
    }
    state[start] = State::Open(0);
    let mut path = vec![(start, parts(symbols, &drafts[start]).into_iter())];
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
                path.push((part, parts(symbols, &drafts[part]).into_iter()));
            }
            State::Open(depth) => {
                state[part] = State::Reported;
                let links = path[depth..].iter().map(|(id, _)| *id);
                report(cx, symbols, drafts, links);
            }
        }
    }
}

fn report(
    cx: &mut Context<'_>,
    symbols: &Symbols<'_>,
    drafts: &[Draft<'_>],
    links: impl ExactSizeIterator<Item = usize>,
) {
    /// A longer chain is cut: no reader needs all its links.
    const SHOWN: usize = 8;
    let count = links.len();
    let shown: Vec<usize> = links.take(SHOWN + 1).collect();
    let site = &drafts[shown[0]].site;
    let message = format!("{} contains itself", site.describe());
    let mut diagnostic = cx.fault(site, Code::ContainsItself, site.name.span, message, "contains itself");
    for (index, &id) in shown.iter().enumerate().take(SHOWN) {
        let next = if index + 1 < count { shown[index + 1] } else { shown[0] };
        let link = parts(symbols, &drafts[id]).into_iter().find(|(part, _)| *part == next);
        if let Some((_, span)) = link {
            diagnostic = diagnostic.label(span, format!("contains '{}'", drafts[next].site.name.text));
        }
    }
    if count > SHOWN {
        diagnostic = diagnostic.note(format!("the circle has {count} links"));
    }
    cx.found.push(diagnostic);
}

/// The objects that are part of an object, in the order of the text: its base, its branches. Members do not
/// count, they may be absent or arrays, or are at least on the heap.
fn parts(symbols: &Symbols<'_>, draft: &Draft<'_>) -> Vec<(usize, Span)> {
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
        .filter_map(|name| match symbols.find(&name.text)? {
            Target::Defined(id) => Some((id, name.span)),
            Target::Builtin(_) => None,
        })
        .collect()
}
