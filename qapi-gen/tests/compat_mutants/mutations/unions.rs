//! What changes at several places of a union at once: members move between all branches and some, values come and go
//! with their branches, another member selects the branch.

use super::parts::{branches_that, demands};
use super::{members_mut, new_member, union_of, values_of};
use crate::laboratory::{Action, Laboratory, Mutation, Target};
use qapi_gen::stages::schema::*;

pub(crate) fn run(lab: &mut Laboratory) {
    moves(lab);
    values_with_branches(lab);
    discriminators(lab);
}

/// Unions that list their common members themselves, as far as `want` takes them.
fn inline(
    want: impl Fn(&Laboratory, &Union, usize) -> bool,
) -> impl Fn(&Laboratory, &Definition) -> Vec<usize> {
    move |lab, definition| match &definition.kind {
        DefinitionKind::Union(union) if matches!(union.base, Base::Inline(_)) => {
            (0..union.branches.len()).filter(|&part| want(lab, union, part)).collect()
        }
        _ => Vec::new(),
    }
}

/// A member of all branches becomes one of some branches, or the other way round.
fn moves(lab: &mut Laboratory) {
    // The branch's type is used by nothing else, which would lose the member, too; and there are other values.
    let lone = inline(|lab, union, part| {
        let ty = union.branches[part].ty;
        let DefinitionKind::Enum(tag) = &lab.schema.definition(union.discriminator_enum).kind else {
            return false;
        };
        lab.uses.get(&ty) == Some(&1) && demands(&lab.schema, ty).is_some() && tag.values.len() > 1
    });
    let names: [(bool, &[&str], &[&str]); 2] = [
        (true, &["optional-member-to-branches"], &["optional-member-from-branches"]),
        (false, &["required-member-to-branches"], &["required-member-from-branches"]),
    ];
    for (optional, down, up) in names {
        lab.run(&Mutation {
            there: down,
            back: up,
            parts: &lone,
            prepare: Some(&|schema, at| {
                members_mut(&mut schema.definitions[at.definition]).push(new_member(optional));
            }),
            mutate: &|schema, at| {
                let member = members_mut(&mut schema.definitions[at.definition]).pop().expect("prepared");
                let branch = union_of(schema, at).branches[at.part].ty;
                members_mut(&mut schema.definitions[branch]).push(member);
            },
            ..Mutation::default()
        });
    }
}

/// A value goes with its branch, which is one change.
fn values_with_branches(lab: &mut Laboratory) {
    let lone = inline(|lab, union, part| {
        let branch = &union.branches[part];
        let DefinitionKind::Enum(tag) = &lab.schema.definition(union.discriminator_enum).kind else {
            return false;
        };
        let value = tag.values.iter().find(|value| value.name == branch.name);
        lab.uses.get(&union.discriminator_enum) == Some(&1)
            && value.is_some_and(|value| value.features.is_empty())
            && demands(&lab.schema, branch.ty).is_some()
    });
    lab.run(&Mutation {
        there: &["enum-value-removed"],
        back: &["enum-value-added"],
        parts: &lone,
        mutate: &|schema, at| {
            let union = union_of(schema, at);
            let branch = union.branches.remove(at.part);
            let tag = union.discriminator_enum;
            values_of(schema, tag).retain(|value| value.name != branch.name);
        },
        ..Mutation::default()
    });
}

/// Two members could select the branch; now the other one does, with the same branches or with one less.
fn discriminators(lab: &mut Laboratory) {
    let with_enum = |schema: &mut Schema, at: Target| {
        let tag = union_of(schema, at).discriminator_enum;
        let second = Member { ty: Type::Plain(TypeName::Defined(tag)), ..new_member(false) };
        members_mut(&mut schema.definitions[at.definition]).push(second);
    };
    let select = |schema: &mut Schema, at: Target| {
        union_of(schema, at).discriminator = "mutant".to_owned();
    };
    let changed = Mutation { prepare: Some(&with_enum), ..Mutation::default() };
    lab.run(&Mutation {
        there: &["discriminator-changed"],
        back: &["discriminator-changed"],
        parts: &inline(|_, _, part| part == 0),
        mutate: &select,
        ..changed
    });
    for (required, added) in [(false, "branch-added"), (true, "required-branch-added")] {
        let such = branches_that(move |_, demands| demands == required);
        lab.run(&Mutation {
            there: &["discriminator-changed", "branch-removed"],
            back: &["discriminator-changed", added],
            parts: &|lab, definition| {
                let inline = inline(|_, _, _| true)(lab, definition);
                such(lab, definition).into_iter().filter(|part| inline.contains(part)).collect()
            },
            mutate: &|schema, at| {
                select(schema, at);
                drop(union_of(schema, at).branches.remove(at.part));
            },
            ..changed
        });
    }
    other_values(lab, &select);
}

/// The new discriminator lacks a value, and so a branch.
fn other_values(lab: &mut Laboratory, select: Action<'_>) {
    lab.run(&Mutation {
        there: &["discriminator-changed", "lost-branch"],
        back: &["discriminator-changed", "new-branch"],
        parts: &|lab, definition| {
            let inline = inline(|_, _, _| true)(lab, definition);
            let such = branches_that(|_, _| true)(lab, definition);
            such.into_iter().filter(|part| inline.contains(part)).collect()
        },
        prepare: Some(&|schema, at| {
            let union = union_of(schema, at);
            let (tag, lost) = (union.discriminator_enum, union.branches[at.part].name.clone());
            let mut fewer = schema.definitions[tag].clone();
            fewer.name = "Mutant".to_owned();
            let fewer = schema.definitions.push(fewer);
            values_of(schema, fewer).retain(|value| value.name != lost);
            let ty = Type::Plain(TypeName::Defined(fewer));
            members_mut(&mut schema.definitions[at.definition]).push(Member { ty, ..new_member(false) });
        }),
        mutate: &|schema, at| {
            select(schema, at);
            drop(union_of(schema, at).branches.remove(at.part));
        },
        ..Mutation::default()
    });
}
