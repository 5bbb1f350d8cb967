//! Conditions, of everything that may have them. Each removes something from some builds, or adds it.

use super::marks::{is_interface, on_definition, on_value, values};
use super::parts::{alternatives, alternatives_of, branches_that};
use super::{choose, define, feature, on_member, union_of, whole};
use crate::laboratory::{Action, Laboratory, Mutation};
use qapi_gen::stages::schema::*;

/// Names for an addition and for a removal.
type Names = (&'static [&'static str], &'static [&'static str], &'static [&'static str]);

const OPTIONAL: Names = (
    &["optional-member-added"],
    &["optional-member-removed"],
    &["optional-member-added", "optional-member-removed"],
);
const REQUIRED: Names = (
    &["required-member-added"],
    &["required-member-removed"],
    &["required-member-added", "required-member-removed"],
);
const VALUE: Names =
    (&["enum-value-added"], &["enum-value-removed"], &["enum-value-added", "enum-value-removed"]);
const COMMAND: Names = (&["command-added"], &["command-removed"], &["command-added", "command-removed"]);
const EVENT: Names = (&["event-added"], &["event-removed"], &["event-added", "event-removed"]);
const BRANCH: Names = (&["branch-added"], &["branch-removed"], &["branch-added", "branch-removed"]);
const REQUIRED_BRANCH: Names =
    (&["required-branch-added"], &["branch-removed"], &["required-branch-added", "branch-removed"]);
const ALTERNATIVE: Names =
    (&["alternative-added"], &["alternative-removed"], &["alternative-added", "alternative-removed"]);

pub(crate) fn run(lab: &mut Laboratory) {
    for (optional, names) in [(true, OPTIONAL), (false, REQUIRED)] {
        let such = choose(move |member| member.optional == optional && member.condition.is_none());
        conditions(lab, names, &such, |name| on_member(move |member| member.condition = define(name)));
    }
    let bare = values(|it| it.condition.is_none() && it.features.is_empty());
    conditions(lab, VALUE, &bare, |name| on_value(move |value| value.condition = define(name)));
    let interface = |name| on_definition(move |definition| definition.condition = define(name));
    for (command, names) in [(true, COMMAND), (false, EVENT)] {
        let such = whole(move |it| {
            let is_command = matches!(it.kind, DefinitionKind::Command(_));
            is_interface(it) && is_command == command && it.condition.is_none() && it.features.is_empty()
        });
        conditions(lab, names, &such, interface);
    }
    for (required, names) in [(false, BRANCH), (true, REQUIRED_BRANCH)] {
        let such = branches_that(move |branch, demands| branch.condition.is_none() && demands == required);
        conditions(lab, names, &such, |name| {
            move |schema: &mut Schema, at| union_of(schema, at).branches[at.part].condition = define(name)
        });
    }
    conditions(lab, ALTERNATIVE, &alternatives, |name| {
        move |schema: &mut Schema, at| alternatives_of(schema, at)[at.part].condition = define(name)
    });
    features(lab);
}

/// A condition comes, and one takes the place of another.
fn conditions<A: Fn(&mut Schema, crate::laboratory::Target)>(
    lab: &mut Laboratory,
    (added, removed, both): Names,
    parts: &dyn Fn(&Laboratory, &Definition) -> Vec<usize>,
    set: impl Fn(&'static str) -> A,
) {
    let (one, two) = (set("ONE"), set("TWO"));
    let mutate: Action<'_> = &one;
    lab.run(&Mutation { there: removed, back: added, parts, mutate, ..Mutation::default() });
    let prepare: Option<Action<'_>> = Some(&one);
    lab.run(&Mutation { there: both, back: both, parts, prepare, mutate: &two, ..Mutation::default() });
}

/// A feature may have a condition of its own.
fn features(lab: &mut Laboratory) {
    lab.run(&Mutation {
        there: &["feature-removed"],
        back: &["feature-added"],
        parts: &choose(|_| true),
        prepare: Some(&on_member(|member| member.features.push(feature("mutation")))),
        mutate: &on_member(|member| {
            member.features.last_mut().expect("prepared").condition = define("ONE");
        }),
        ..Mutation::default()
    });
}
