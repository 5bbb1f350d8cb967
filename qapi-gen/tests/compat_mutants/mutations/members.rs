//! Members of structs, unions, arguments and event data come, go, and become optional or required.

use super::{choose, feature, members, members_mut, new_member, on_member, whole};
use crate::laboratory::{Laboratory, Mutation, Target};
use qapi_gen::stages::schema::*;

pub(crate) fn run(lab: &mut Laboratory) {
    let lists = whole(|it| members(it).is_some());
    let remove = |schema: &mut Schema, at: Target| {
        members_mut(&mut schema.definitions[at.definition]).remove(at.part);
    };
    let names: [(bool, &[&str], &[&str]); 2] = [
        (true, &["optional-member-added"], &["optional-member-removed"]),
        (false, &["required-member-added"], &["required-member-removed"]),
    ];
    for (optional, added, removed) in names {
        let add = |schema: &mut Schema, at: Target| {
            members_mut(&mut schema.definitions[at.definition]).push(new_member(optional));
        };
        lab.run(&Mutation {
            there: added,
            back: removed,
            parts: &lists,
            mutate: &add,
            ..Mutation::default()
        });
        let such = choose(move |member| member.optional == optional);
        let gone =
            Mutation { there: removed, back: added, parts: &such, mutate: &remove, ..Mutation::default() };
        lab.run(&gone);
        for mark in ["deprecated", "unstable"] {
            let announce = on_member(|member| member.features.push(feature(mark)));
            lab.run(&Mutation { prepare: Some(&announce), excused: true, ..gone });
        }
    }
    lab.run(&Mutation {
        there: &["member-made-optional"],
        back: &["member-made-required"],
        parts: &choose(|member| !member.optional),
        mutate: &on_member(|member| member.optional = true),
        ..Mutation::default()
    });
}
