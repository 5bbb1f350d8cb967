//! Makes the definitions that are written.

use super::join::Shape;
use super::names::{self, Chosen};
use super::notes;
use super::object::Object;
use super::unite::{any, marks};
use super::walk::{self, NodeId, Walk};
use crate::compose::{
    Body, Choice, Command, Data, Definition, Docs, Mark, Member, Reference, Returns, Source, Value,
    choice_name, documentation, is_plain,
};
use crate::schema::{self, Arguments, Condition, DefinitionKind};
use crate::wire::{Class, Feature};
use std::collections::BTreeSet;

/// The groups that are written in place, as the members of a command or event.
pub(super) fn inline(walk: &Walk, sources: &[Source<'_>]) -> BTreeSet<NodeId> {
    let commands = walk.commands.iter().map(|(name, command)| (name, command.arguments));
    let events = walk.events.iter().map(|(name, data)| (name, *data));
    let data = commands.chain(events).filter(|(name, data)| {
        let newest = known(sources, name).next_back().and_then(|(_, _, definition)| arguments(definition));
        let named = matches!(newest, Some(Arguments::Named(_) | Arguments::Boxed(_)));
        let node = &walk.nodes[*data];
        let Shape::Object(object) = &node.shape else { return false };
        let plain = object.members.iter().all(|member| is_plain(&member.name));
        object.tag.is_none() && plain && !named && node.uses == 1 && features(walk, *data, sources).is_empty()
    });
    let empty = walk.commands.values().map(|command| command.returns).filter(|id| is_empty(walk, *id));
    data.map(|(_, data)| data).chain(empty).collect()
}

/// Whether the group stands for no members at all.
fn is_empty(walk: &Walk, id: NodeId) -> bool {
    walk.nodes[id].group.iter().all(|met| met.ty.is_none())
}

/// The definitions of that name, by schema.
fn known<'a, 'b>(
    sources: &'b [Source<'a>],
    name: &'b str,
) -> impl DoubleEndedIterator<Item = (usize, &'b Source<'a>, &'a schema::Definition)> {
    let found = move |(side, source): (usize, &'b Source<'a>)| Some((side, source, source.definition(name)?));
    sources.iter().enumerate().filter_map(found)
}

fn arguments(definition: &schema::Definition) -> Option<&Arguments> {
    match &definition.kind {
        DefinitionKind::Command(command) => Some(&command.arguments),
        DefinitionKind::Event(event) => Some(&event.data),
        _ => None,
    }
}

/// The features of a type in all schemas.
fn features(walk: &Walk, id: NodeId, sources: &[Source<'_>]) -> Vec<Mark> {
    let types = names::definitions(&walk.nodes[id], sources);
    marks(types.map(|(_, source, ty, _)| &*source.wire.ty(ty).features))
}

/// All definitions: types by name, then commands and events.
pub(super) fn definitions<'a>(
    walk: &Walk,
    sources: &[Source<'a>],
    chosen: &Chosen,
    inline: &BTreeSet<NodeId>,
) -> Vec<Definition<'a>> {
    let maker = Maker { walk, sources, chosen, inline };
    let named = walk.reached().filter(|(id, node)| !inline.contains(id) && names::has_name(node));
    let mut all: Vec<Definition<'a>> = named.map(|(id, _)| maker.ty(id)).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all.extend(walk.commands.iter().map(|(name, command)| maker.command(name, command)));
    all.extend(walk.events.iter().map(|(name, data)| maker.event(name, *data)));
    all
}

struct Maker<'a, 'b> {
    walk: &'b Walk,
    sources: &'b [Source<'a>],
    chosen: &'b Chosen,
    inline: &'b BTreeSet<NodeId>,
}

impl<'a> Maker<'a, '_> {
    fn ty(&self, id: NodeId) -> Definition<'a> {
        let node = &self.walk.nodes[id];
        let body = match &node.shape {
            Shape::Enum(values) => Body::Enum(
                (values.iter())
                    .map(|value| Value {
                        name: value.name.clone(),
                        condition: value.condition.clone(),
                        features: value.features.clone(),
                    })
                    .collect(),
            ),
            Shape::Object(object) => self.object(object),
            Shape::Alternate(choices) => Body::Alternate(
                (choices.iter())
                    .map(|choice| Choice {
                        name: self.choice(id, choice.class),
                        ty: self.refer(choice.ty),
                        condition: choice.condition.clone(),
                    })
                    .collect(),
            ),
            Shape::Builtin(_) | Shape::StrOrEnum(_) | Shape::Array(_) => {
                unreachable!("only what has a name is defined")
            }
        };
        let defined: Vec<(&Source<'a>, &'a schema::Definition)> =
            names::definitions(node, self.sources).map(|(_, source, _, found)| (source, found)).collect();
        let docs = Docs {
            sources: self.documentation(&defined),
            note: notes::about_type(node, self.sources),
            part_notes: notes::about_parts(node, &notes::sides(node), self.sources),
        };
        Definition {
            name: self.chosen.name(id).to_owned(),
            condition: condition(defined.iter().map(|(_, definition)| definition.condition.as_ref())),
            features: features(self.walk, id, self.sources),
            body,
            docs,
            module: defined.last().map(|(source, definition)| source.module(definition)),
        }
    }

    /// The comments of the definitions, those of the newest first.
    fn documentation(&self, defined: &[(&Source<'a>, &'a schema::Definition)]) -> Vec<&'a schema::Doc> {
        let newest_first = defined.iter().rev();
        newest_first.flat_map(|(source, definition)| documentation(source.schema, definition)).collect()
    }

    fn object(&self, object: &Object<NodeId>) -> Body {
        let base = self.members(object);
        let branches: Vec<Choice> = (object.branches.iter())
            .filter(|branch| !is_empty(self.walk, branch.ty))
            .map(|branch| Choice {
                name: branch.case.clone(),
                ty: self.refer(branch.ty),
                condition: branch.condition.clone(),
            })
            .collect();
        match &object.tag {
            Some(tag) => Body::Union { base, discriminator: tag.clone(), branches },
            None => Body::Struct(base),
        }
    }

    fn members(&self, object: &Object<NodeId>) -> Vec<Member> {
        (object.members.iter())
            .map(|member| Member {
                name: member.name.clone(),
                optional: member.optional,
                ty: self.refer(member.ty),
                condition: member.condition.clone(),
                features: member.features.clone(),
            })
            .collect()
    }

    /// The name of an alternate's choice, from the newest schema that has one.
    fn choice(&self, id: NodeId, class: Class) -> String {
        let group = &self.walk.nodes[id].group;
        let own = group.iter().rev().find_map(|met| self.sources[met.side].choice(met.ty?, Some(class)));
        own.unwrap_or_else(|| choice_name(Some(class), false)).to_owned()
    }

    fn refer(&self, id: NodeId) -> Reference {
        match self.walk.nodes[id].shape {
            Shape::Array(element) => Reference::Array(self.spell(element)),
            _ => Reference::Plain(self.spell(id)),
        }
    }

    fn spell(&self, id: NodeId) -> String {
        let node = &self.walk.nodes[id];
        match &node.shape {
            Shape::Builtin(name) => (*name).to_owned(),
            // A client that sends it may want a value that only the schema with `str` knows.
            Shape::StrOrEnum(_) if node.sent => "str".to_owned(),
            Shape::StrOrEnum(enums) => self.chosen.name(*enums).to_owned(),
            Shape::Enum(_) | Shape::Object(_) | Shape::Alternate(_) => self.chosen.name(id).to_owned(),
            Shape::Array(_) => unreachable!("the language has no arrays of arrays"),
        }
    }

    fn command(&self, name: &str, command: &walk::Command) -> Definition<'a> {
        let models: Vec<&schema::Command> = known(self.sources, name)
            .filter_map(|(_, _, definition)| match &definition.kind {
                DefinitionKind::Command(model) => Some(model),
                _ => None,
            })
            .collect();
        let allow_oob = models.iter().any(|model| model.allow_oob);
        let body = Command {
            data: self.data(name, command.arguments),
            returns: (!is_empty(self.walk, command.returns)).then(|| Returns {
                ty: self.refer(command.returns),
                is_object: self.is_object_or_list(command.returns),
            }),
            generate: models.iter().all(|model| model.generate),
            allow_oob,
            allow_preconfig: models.iter().any(|model| model.allow_preconfig),
            success_response: models.iter().any(|model| model.success_response),
            coroutine: !allow_oob && models.last().is_some_and(|model| model.coroutine),
        };
        let of = |source: &Source<'_>| source.wire.commands.get(name).map(|command| command.features.clone());
        self.interface(name, Body::Command(body), command.arguments, of)
    }

    fn event(&self, name: &str, data: NodeId) -> Definition<'a> {
        let body = Body::Event(self.data(name, data));
        let of = |source: &Source<'_>| source.wire.events.get(name).map(|event| event.features.clone());
        self.interface(name, body, data, of)
    }

    /// A command or event.
    fn interface(
        &self,
        name: &str,
        body: Body,
        data: NodeId,
        features: impl Fn(&Source<'a>) -> Option<Vec<Feature>>,
    ) -> Definition<'a> {
        let sides: BTreeSet<usize> = known(self.sources, name).map(|(side, ..)| side).collect();
        let defined: Vec<(&Source<'a>, &'a schema::Definition)> =
            known(self.sources, name).map(|(_, source, definition)| (source, definition)).collect();
        let lists: Vec<Vec<Feature>> = self.sources.iter().filter_map(features).collect();
        let node = &self.walk.nodes[data];
        let part_notes = if self.inline.contains(&data) {
            notes::about_parts(node, &sides, self.sources)
        } else {
            Default::default()
        };
        Definition {
            name: name.to_owned(),
            condition: condition(defined.iter().map(|(_, definition)| definition.condition.as_ref())),
            features: marks(lists.iter().map(|list| &**list)),
            body,
            docs: Docs {
                sources: self.documentation(&defined),
                note: notes::known(&sides, self.sources),
                part_notes,
            },
            module: defined.last().map(|(source, definition)| source.module(definition)),
        }
    }

    fn is_object_or_list(&self, id: NodeId) -> bool {
        let is_object = |id: NodeId| matches!(self.walk.nodes[id].shape, Shape::Object(_));
        match self.walk.nodes[id].shape {
            Shape::Array(element) => is_object(element),
            _ => is_object(id),
        }
    }

    fn data(&self, name: &str, id: NodeId) -> Data {
        let Shape::Object(object) = &self.walk.nodes[id].shape else {
            unreachable!("check rejects data that are no object")
        };
        if self.inline.contains(&id) {
            let members = self.members(object);
            return if members.is_empty() { Data::None } else { Data::Inline(members) };
        }
        let newest =
            known(self.sources, name).next_back().and_then(|(_, _, definition)| arguments(definition));
        let boxed = object.tag.is_some() || matches!(newest, Some(Arguments::Boxed(_)));
        Data::Named { name: self.chosen.name(id).to_owned(), boxed }
    }
}

fn condition<'a>(conditions: impl Iterator<Item = Option<&'a Condition>>) -> Option<Condition> {
    any(conditions.map(Option::<&Condition>::cloned))
}
