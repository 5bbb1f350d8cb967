//! Values of enumerations, branches of unions and alternatives of alternates come and go.

use super::{feature, union_of, values_of};
use crate::laboratory::{Laboratory, Mutation, Target};
use crate::reachability::value;
use qapi_gen::stages::schema::*;

pub(crate) fn run(lab: &mut Laboratory) {
    values(lab);
    for required in [false, true] {
        branches(lab, required);
    }
    lab.run(&Mutation {
        there: &["alternative-removed"],
        back: &["alternative-added"],
        parts: &alternatives,
        mutate: &|schema, at| drop(alternatives_of(schema, at).remove(at.part)),
        ..Mutation::default()
    });
}

fn values(lab: &mut Laboratory) {
    let plain_values = |lab: &Laboratory, definition: &Definition| match &definition.kind {
        DefinitionKind::Enum(found)
            if !lab.tags.iter().any(|id| lab.schema.definition(*id).name == definition.name) =>
        {
            let all = found.values.iter().enumerate();
            all.filter(|(_, value)| value.features.is_empty()).map(|(index, _)| index).collect()
        }
        _ => Vec::new(),
    };
    let remove = |schema: &mut Schema, at: Target| drop(values_of(schema, at.definition).remove(at.part));
    let gone = Mutation {
        there: &["enum-value-removed"],
        back: &["enum-value-added"],
        parts: &plain_values,
        mutate: &remove,
        ..Mutation::default()
    };
    lab.run(&gone);
    let announce = |schema: &mut Schema, at: Target| {
        values_of(schema, at.definition)[at.part].features.push(feature("deprecated"));
    };
    lab.run(&Mutation { prepare: Some(&announce), excused: true, ..gone });
}

/// A branch goes, and its value stays.
fn branches(lab: &mut Laboratory, required: bool) {
    let such = branches_that(move |_, demands| demands == required);
    lab.run(&Mutation {
        there: &["branch-removed"],
        back: if required { &["required-branch-added"] } else { &["branch-added"] },
        parts: &such,
        mutate: &|schema, at| drop(union_of(schema, at).branches.remove(at.part)),
        ..Mutation::default()
    });
}

/// The branches with members of their own that `want` takes; it is told whether one of the members is required.
pub(crate) fn branches_that(
    want: impl Fn(&Branch, bool) -> bool,
) -> impl Fn(&Laboratory, &Definition) -> Vec<usize> {
    move |lab, definition| match &definition.kind {
        DefinitionKind::Union(union) => {
            let is_such = |branch: &Branch| {
                let marked =
                    value(&lab.schema, union, &branch.name).is_none_or(|value| !value.features.is_empty());
                !marked && demands(&lab.schema, branch.ty).is_some_and(|demands| want(branch, demands))
            };
            let all = union.branches.iter().enumerate();
            all.filter(|(_, branch)| is_such(branch)).map(|(index, _)| index).collect()
        }
        _ => Vec::new(),
    }
}

pub(crate) fn alternatives(_: &Laboratory, definition: &Definition) -> Vec<usize> {
    match &definition.kind {
        DefinitionKind::Alternate(found) => (0..found.alternatives.len()).collect(),
        _ => Vec::new(),
    }
}

pub(crate) fn alternatives_of(schema: &mut Schema, at: Target) -> &mut Vec<Alternative> {
    match &mut schema.definitions[at.definition].kind {
        DefinitionKind::Alternate(found) => &mut found.alternatives,
        _ => unreachable!("only alternates are chosen"),
    }
}

/// Whether a struct has required members; none when it has no members at all, and for unions.
pub(crate) fn demands(schema: &Schema, id: DefId) -> Option<bool> {
    let DefinitionKind::Struct(found) = &schema.definition(id).kind else { return None };
    let inherited = found.base.and_then(|base| demands(schema, base));
    let own = (!found.members.is_empty()).then(|| found.members.iter().any(|member| !member.optional));
    match (own, inherited) {
        (None, inherited) => inherited,
        (own, None) => own,
        (Some(own), Some(inherited)) => Some(own || inherited),
    }
}
