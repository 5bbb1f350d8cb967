//! Runs the checks that need more than one definition, in a fixed order.

use super::checker::Checker;
use super::context::Context;
use super::draft::{Body, Draft, Drafts, Kind};
use super::hierarchy::Hierarchy;
use super::symbols::Symbols;
use super::{
    DefId, alternate, clashes, command, containment, documentation, enumeration, event, features, references,
    structure, union,
};
use std::collections::HashMap;

/// Reports errors. Returns the enum of each union's discriminator.
pub(super) fn check<'a>(
    cx: &mut Context<'a>,
    symbols: &Symbols<'a>,
    drafts: &Drafts<'a>,
) -> HashMap<DefId, DefId> {
    let hierarchy = Hierarchy::new(symbols, drafts);
    let checker = &mut Checker { cx, symbols, drafts, hierarchy: &hierarchy };
    for draft in drafts {
        check_types(checker, draft);
        check_kind(checker, draft);
        features::check_special(checker.cx, draft);
        documentation::check(checker.cx, draft);
        references::check(checker, draft);
    }
    features::check_count(checker.cx, drafts);
    containment::check(checker);
    let mut tags = HashMap::new();
    for (id, draft) in drafts.entries() {
        clashes::check_members(checker, id);
        clashes::check_branches(checker, id);
        command::check_boxed(checker, draft);
        tags.extend(union::check_discriminator(checker, id).map(|tag| (id, tag)));
    }
    tags
}

/// Checks that the types of members exist.
fn check_types(checker: &mut Checker<'_, '_>, draft: &Draft<'_>) {
    for member in draft.own_members() {
        if let Some(ty) = member.ty {
            checker.resolve(draft, ty.name, &format!("member '{}'", member.name));
        }
    }
}

/// Checks the rules for the definition's kind.
fn check_kind(checker: &mut Checker<'_, '_>, draft: &Draft<'_>) {
    match draft.site.kind {
        Kind::Enum => {
            if let Body::Enum { values, .. } = &draft.body {
                enumeration::check_distinct_values(checker.cx, &draft.site, values);
            }
        }
        Kind::Struct => {
            if let Some(base) = draft.base() {
                structure::check_base(checker, draft, base);
            }
        }
        Kind::Union => union::check(checker, draft),
        Kind::Alternate => alternate::check(checker, draft),
        Kind::Command => command::check(checker, draft),
        Kind::Event => event::check(checker, draft),
    }
}
