//! Features, of everything that may have them.

use super::{choose, feature, on_member, values_of, whole};
use crate::laboratory::{Laboratory, Mutation, Target};
use qapi_gen::stages::schema::*;

const FEATURES: [(&str, &[&str], &[&str]); 3] = [
    ("mutation", &["feature-added"], &["feature-removed"]),
    ("deprecated", &["deprecated"], &["undeprecated"]),
    ("unstable", &["made-unstable"], &["made-stable"]),
];

pub(crate) fn run(lab: &mut Laboratory) {
    for (name, there, back) in FEATURES {
        let member = on_member(|member| member.features.push(feature(name)));
        let value = on_value(|value| value.features.push(feature(name)));
        let interface = on_definition(|definition| definition.features.push(feature(name)));
        let marked = Mutation { there, back, ..Mutation::default() };
        lab.run(&Mutation { parts: &choose(|_| true), mutate: &member, ..marked });
        lab.run(&Mutation { parts: &values(|it| it.features.is_empty()), mutate: &value, ..marked });
        let bare = whole(|it| is_interface(it) && it.features.is_empty());
        lab.run(&Mutation { parts: &bare, mutate: &interface, ..marked });
    }
}

pub(super) fn is_interface(definition: &Definition) -> bool {
    matches!(definition.kind, DefinitionKind::Command(_) | DefinitionKind::Event(_))
}

pub(super) fn values(want: impl Fn(&EnumValue) -> bool) -> impl Fn(&Laboratory, &Definition) -> Vec<usize> {
    move |lab, definition| match &definition.kind {
        // A value that selects a branch puts its mark on the branch, too.
        DefinitionKind::Enum(found)
            if !lab.tags.iter().any(|id| lab.schema.definition(*id).name == definition.name) =>
        {
            let all = found.values.iter().enumerate();
            all.filter(|(_, value)| want(value)).map(|(index, _)| index).collect()
        }
        _ => Vec::new(),
    }
}

pub(super) fn on_value(change: impl Fn(&mut EnumValue)) -> impl Fn(&mut Schema, Target) {
    move |schema, at| change(&mut values_of(schema, at.definition)[at.part])
}

pub(super) fn on_definition(change: impl Fn(&mut Definition)) -> impl Fn(&mut Schema, Target) {
    move |schema, at| change(&mut schema.definitions[at.definition])
}
