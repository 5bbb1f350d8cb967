//! Checks on features that concern more than one list.

use super::context::Context;
use super::draft::{Body, Draft, Drafts};
use super::{Feature, draft};
use crate::diagnostic::Code;
use std::collections::HashSet;

/// The features with a meaning of their own.
const SPECIAL: [&str; 2] = ["deprecated", "unstable"];

/// The most names of features that a schema may have, with the special ones: QEMU keeps the set in 64 bits.
const LIMIT: usize = 64;

/// Checks that no type is deprecated or unstable; only its uses can be.
pub(super) fn check_special(cx: &mut Context<'_>, draft: &Draft<'_>) {
    if !draft.site.kind.is_type() {
        return;
    }
    for feature in draft.features.iter().filter(|feature| SPECIAL.contains(&feature.name.as_str())) {
        let message =
            format!("feature '{}' is not supported for types, as {}", feature.name, draft.site.describe());
        let diagnostic =
            cx.fault(&draft.site, Code::SpecialFeatureOnType, feature.span, message, "this feature");
        cx.found.push(
            diagnostic
                .help("state it where the type is used: members, values, commands and events can have it"),
        );
    }
}

/// Checks that a schema has at most 64 features.
pub(super) fn check_count(cx: &mut Context<'_>, drafts: &Drafts<'_>) {
    let mut names: HashSet<&str> = SPECIAL.into_iter().collect();
    for draft in drafts {
        for feature in all(draft) {
            if names.insert(&feature.name) && names.len() > LIMIT {
                let message =
                    format!("feature '{}' is one too many: a schema has at most {LIMIT}", feature.name);
                let diagnostic =
                    cx.fault(&draft.site, Code::TooManyFeatures, feature.span, message, "this feature");
                cx.found.push(diagnostic.note("'deprecated' and 'unstable' always count"));
                return;
            }
        }
    }
}

/// All features of a definition, its members and its values.
pub(super) fn all<'d>(draft: &'d Draft<'_>) -> impl Iterator<Item = &'d Feature> {
    let values = match &draft.body {
        Body::Enum { values, .. } => values.as_slice(),
        Body::Struct { .. }
        | Body::Union { .. }
        | Body::Alternate { .. }
        | Body::Command { .. }
        | Body::Event { .. } => &[],
    };
    let members: &[draft::Member<'_>] = draft.own_members();
    (draft.features.iter())
        .chain(members.iter().flat_map(|member| &member.features))
        .chain(values.iter().flat_map(|value| &value.features))
}
