//! Features and conditions, of everything that may have them.

use super::{choose, define, feature, on_member, values_of, whole};
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
    conditions(lab);
    features_with_conditions(lab);
}

fn conditions(lab: &mut Laboratory) {
    let member = |name| on_member(move |member| member.condition = define(name));
    let value = |name| on_value(move |value| value.condition = define(name));
    let interface = |name| on_definition(move |definition| definition.condition = define(name));
    let (members, bare) = (choose(|it| it.condition.is_none()), |it: &EnumValue| it.condition.is_none());
    let (values, interfaces) = (values(bare), whole(|it| is_interface(it) && it.condition.is_none()));
    let narrowed =
        Mutation { there: &["condition-narrowed"], back: &["condition-widened"], ..Mutation::default() };
    lab.run(&Mutation { parts: &members, mutate: &member("ONE"), ..narrowed });
    lab.run(&Mutation { parts: &values, mutate: &value("ONE"), ..narrowed });
    lab.run(&Mutation { parts: &interfaces, mutate: &interface("ONE"), ..narrowed });
    let changed =
        Mutation { there: &["condition-changed"], back: &["condition-changed"], ..Mutation::default() };
    lab.run(&Mutation { parts: &members, prepare: Some(&member("ONE")), mutate: &member("TWO"), ..changed });
    lab.run(&Mutation { parts: &values, prepare: Some(&value("ONE")), mutate: &value("TWO"), ..changed });
    lab.run(&Mutation {
        parts: &interfaces,
        prepare: Some(&interface("ONE")),
        mutate: &interface("TWO"),
        ..changed
    });
}

/// A feature may have a condition of its own.
fn features_with_conditions(lab: &mut Laboratory) {
    lab.run(&Mutation {
        there: &["condition-narrowed"],
        back: &["condition-widened"],
        parts: &choose(|_| true),
        prepare: Some(&on_member(|member| member.features.push(feature("mutation")))),
        mutate: &on_member(|member| {
            member.features.last_mut().expect("prepared").condition = define("ONE");
        }),
        ..Mutation::default()
    });
}

fn is_interface(definition: &Definition) -> bool {
    matches!(definition.kind, DefinitionKind::Command(_) | DefinitionKind::Event(_))
}

fn values(want: impl Fn(&EnumValue) -> bool) -> impl Fn(&Laboratory, &Definition) -> Vec<usize> {
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

fn on_value(change: impl Fn(&mut EnumValue)) -> impl Fn(&mut Schema, Target) {
    move |schema, at| change(&mut values_of(schema, at.definition)[at.part])
}

fn on_definition(change: impl Fn(&mut Definition)) -> impl Fn(&mut Schema, Target) {
    move |schema, at| change(&mut schema.definitions[at.definition])
}
