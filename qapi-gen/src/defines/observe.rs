//! Finds which conditional parts of a schema an answer has, and which it lacks.

use crate::schema::Condition;
use crate::wire::{Feature, Object, Shape, Type, TypeId, Value, Wire, in_step};
use std::collections::BTreeSet;

/// A part with a condition, and whether the server has it.
#[derive(Clone, Debug)]
pub(super) struct Fact<'a> {
    /// The part, as in `command 'query-tpm'`.
    pub(super) part: String,
    pub(super) condition: &'a Condition,
    pub(super) there: bool,
}

/// The facts, first about what is there: a part may be missing because the server's version differs, but is never there
/// by accident.
pub(super) fn facts<'a>(answer: &Wire, schema: &'a Wire) -> Vec<Fact<'a>> {
    let mut observer = Observer { facts: Vec::new(), seen: BTreeSet::new() };
    for (name, command) in &schema.commands {
        let (part, found) = (format!("command '{name}'"), answer.commands.get(name));
        observer.part(&part, command.condition.as_ref(), found.is_some());
        observer.features(&part, &command.features, found.map(|found| &found.features[..]));
    }
    for (name, event) in &schema.events {
        let (part, found) = (format!("event '{name}'"), answer.events.get(name));
        observer.part(&part, event.condition.as_ref(), found.is_some());
        observer.features(&part, &event.features, found.map(|found| &found.features[..]));
    }
    let mut pairs = BTreeSet::new();
    in_step(answer, schema, |found, ty| {
        pairs.insert((ty, found));
    });
    for (ty, found) in pairs {
        observer.ty((schema, ty), (answer, found));
    }
    observer.facts.sort_by_key(|fact| !fact.there);
    observer.facts
}

struct Observer<'a> {
    facts: Vec<Fact<'a>>,
    seen: BTreeSet<(String, bool)>,
}

impl<'a> Observer<'a> {
    fn part(&mut self, part: &str, condition: Option<&'a Condition>, there: bool) {
        if let Some(condition) = condition
            && self.seen.insert((part.to_owned(), there))
        {
            self.facts.push(Fact { part: part.to_owned(), condition, there });
        }
    }

    /// The features of `part`; `found` are those that the server has, if it has the part.
    fn features(&mut self, part: &str, features: &'a [Feature], found: Option<&[Feature]>) {
        let Some(found) = found else { return };
        for feature in features {
            let there = found.iter().any(|found| found.name == feature.name);
            self.part(&format!("feature '{}' of {part}", feature.name), feature.condition.as_ref(), there);
        }
    }

    fn ty(&mut self, (schema, ty): (&'a Wire, TypeId), (answer, found): (&Wire, TypeId)) {
        let owner = owner(schema, ty);
        let (ty, found) = (schema.ty(ty), answer.ty(found));
        self.features(&owner, &ty.features, Some(&found.features));
        match (&ty.shape, &found.shape) {
            (Shape::Enum(values), Shape::Enum(found)) => self.values(&owner, values, found),
            (Shape::Object(object), Shape::Object(found)) => self.object(&owner, object, found),
            (Shape::Alternate(choices), Shape::Alternate(found)) => {
                for choice in choices {
                    if let Some(class) = schema.class(choice.ty) {
                        let there = found.iter().any(|found| answer.class(found.ty) == Some(class));
                        let part = format!("the {} in {owner}", class.name());
                        self.part(&part, choice.condition.as_ref(), there);
                    }
                }
            }
            _ => {}
        }
    }

    fn values(&mut self, owner: &str, values: &'a [Value], found: &[Value]) {
        for value in values {
            let part = format!("value '{}' of {owner}", value.name);
            let found = found.iter().find(|found| found.name == value.name);
            self.part(&part, value.condition.as_ref(), found.is_some());
            self.features(&part, &value.features, found.map(|found| &found.features[..]));
        }
    }

    fn object(&mut self, owner: &str, object: &'a Object, found: &Object) {
        for member in &object.members {
            let part = format!("member '{}' of {owner}", member.name);
            let found = found.members.iter().find(|found| found.name == member.name);
            self.part(&part, member.condition.as_ref(), found.is_some());
            self.features(&part, &member.features, found.map(|found| &found.features[..]));
        }
        for branch in &object.branches {
            let there = found.branches.iter().any(|found| found.case == branch.case);
            self.part(&format!("branch '{}' of {owner}", branch.case), branch.condition.as_ref(), there);
        }
    }
}

/// The type in messages. Members that are listed in place stand for their command or event, and have its place.
fn owner(schema: &Wire, ty: TypeId) -> String {
    let Type { label, place, .. } = schema.ty(ty);
    let commands = schema.commands.iter().map(|(name, it)| ("command", name, (it.arguments, it.place)));
    let events = schema.events.iter().map(|(name, it)| ("event", name, (it.data, it.place)));
    match commands.chain(events).find(|(.., inline)| *inline == (ty, *place)) {
        Some((kind, name, _)) => format!("{kind} '{name}'"),
        None => format!("'{label}'"),
    }
}
