//! Compares releases: the first with each later one, so that deprecations on the way are known at the last.

use super::change::Change;
use super::compare::Release;
use super::compare::walk;
use super::notice::Notices;
use crate::wire::Wire;

/// All changes from the first of these releases to the last, incompatible ones first, then by path. A deprecation in one
/// of the releases between them excuses a removal in a later one.
///
/// With a policy, that many releases must lie between the one that deprecates and the one that removes. The releases of
/// the list are all that count: for the first of them, no release before it.
pub fn compare_releases(releases: &[Release<'_>], policy: Option<usize>) -> Vec<Change> {
    let Some((oldest, later)) = releases.split_first() else { return Vec::new() };
    let mut notices = Notices::demanding(policy.unwrap_or(0));
    let mut changes = Vec::new();
    for new in later {
        notices.next();
        let done = walk(*oldest, *new, &notices);
        notices.learn(done.settled, done.announced);
        changes = done.changes;
    }
    changes
}

/// All changes from `old` to `new`, incompatible ones first, then by path.
pub fn compare(old: &Wire, new: &Wire) -> Vec<Change> {
    compare_releases(&[old, new].map(|wire| Release { wire, docs: None }), None)
}
