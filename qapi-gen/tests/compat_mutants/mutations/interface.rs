//! Commands and events come and go, and commands have flags.

use super::{feature, special, whole};
use crate::laboratory::{Laboratory, Mutation, Target};
use qapi_gen::stages::schema::*;

pub(crate) fn run(lab: &mut Laboratory) {
    let vanish = |schema: &mut Schema, at: Target| {
        schema.definitions[at.definition].kind =
            DefinitionKind::Enum(Enum { prefix: None, values: Vec::new() });
    };
    let command = whole(|it| matches!(it.kind, DefinitionKind::Command(_)) && !special(&it.features));
    let event = whole(|it| matches!(it.kind, DefinitionKind::Event(_)) && !special(&it.features));
    let gone = Mutation { mutate: &vanish, ..Mutation::default() };
    lab.run(&Mutation { there: &["command-removed"], back: &["command-added"], parts: &command, ..gone });
    lab.run(&Mutation { there: &["event-removed"], back: &["event-added"], parts: &event, ..gone });
    for mark in ["deprecated", "unstable"] {
        let announce = |schema: &mut Schema, at: Target| {
            schema.definitions[at.definition].features.push(feature(mark));
        };
        let announced = Mutation { prepare: Some(&announce), excused: true, ..gone };
        lab.run(&Mutation {
            there: &["command-removed"],
            back: &["command-added"],
            parts: &command,
            ..announced
        });
    }
    type Get = fn(&mut Command) -> &mut bool;
    let flags: [(&[&str], &[&str], Get); 3] = [
        (&["allow-oob-added"], &["allow-oob-removed"], |command| &mut command.allow_oob),
        (&["allow-preconfig-added"], &["allow-preconfig-removed"], |command| &mut command.allow_preconfig),
        (&["success-response-added"], &["success-response-removed"], |command| &mut command.success_response),
    ];
    let any = whole(|it| matches!(it.kind, DefinitionKind::Command(_)));
    for (there, back, flag) in flags {
        let set = |value| {
            move |schema: &mut Schema, at: Target| match &mut schema.definitions[at.definition].kind {
                DefinitionKind::Command(command) => *flag(command) = value,
                _ => unreachable!("only commands are chosen"),
            }
        };
        let (unset, set) = (set(false), set(true));
        lab.run(&Mutation {
            there,
            back,
            parts: &any,
            prepare: Some(&unset),
            mutate: &set,
            ..Mutation::default()
        });
    }
}
