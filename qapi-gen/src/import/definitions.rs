//! Makes definitions of the types, commands and events of an answer.

use super::names::Chosen;
use super::pairs::{Named, Pairs};
use super::places::Uses;
use crate::compose::{
    Body, Choice, Command, Data, Definition, Docs, Mark, Member, Reference, Returns, Source, Value,
    WIDE_INTEGER, choice_name, documentation, is_plain,
};
use crate::schema::{self, Arguments, Builtin, DefinitionKind};
use crate::wire::{self, AnswerError, Feature, Object, Scalar, Shape, TypeId, Wire};
use std::collections::BTreeSet;

/// All definitions.
pub(super) struct Definitions<'a> {
    pub(super) all: Vec<Definition<'a>>,
    /// The objects that are written inline, and so need no name.
    pub(super) inline: BTreeSet<TypeId>,
    /// Whether no given schema has the width of some integer.
    pub(super) wide: bool,
}

/// A command that takes undeclared members in every version of QEMU. An answer does not say so.
const OPEN_COMMAND: &str = "device_add";

/// The definitions of the answer: types by name, then commands and events.
pub(super) fn definitions<'a>(
    answer: &'a Wire,
    sources: &'a [Source<'a>],
    pairs: &'a Pairs,
    chosen: &'a Chosen,
    uses: &'a Uses,
) -> Result<Definitions<'a>, AnswerError> {
    let mut maker = Maker { answer, sources, pairs, chosen, uses, inline: BTreeSet::new() };
    let mut interface = Vec::new();
    for (name, command) in &answer.commands {
        interface.push(maker.command(name, command)?);
    }
    for (name, event) in &answer.events {
        interface.push(maker.event(name, event)?);
    }
    let inline = &maker.inline;
    let named = answer.types.ids().filter(|ty| !inline.contains(ty));
    let mut types: Vec<(&str, TypeId)> = named.filter_map(|ty| Some((chosen.name(ty)?, ty))).collect();
    types.sort();
    let types: Result<Vec<Definition<'a>>, AnswerError> =
        types.into_iter().map(|(name, ty)| maker.ty(name, ty)).collect();
    let mut all = types?;
    all.append(&mut interface);
    let wide = all.iter_mut().flat_map(Definition::references_mut).any(|name| name == WIDE_INTEGER);
    Ok(Definitions { all, inline: maker.inline, wide })
}

struct Maker<'a> {
    answer: &'a Wire,
    sources: &'a [Source<'a>],
    pairs: &'a Pairs,
    chosen: &'a Chosen,
    uses: &'a Uses,
    /// Objects that are written inline.
    inline: BTreeSet<TypeId>,
}

/// A definition of a given schema, with the schema.
type Known<'a> = (usize, &'a schema::Definition);

impl<'a> Maker<'a> {
    /// The command or event of that name in the first schema that has it.
    fn known(&self, name: &str) -> Option<Known<'a>> {
        self.sources.iter().enumerate().find_map(|(index, source)| Some((index, source.definition(name)?)))
    }

    fn command(&mut self, name: &str, command: &wire::Command) -> Result<Definition<'a>, AnswerError> {
        let known = self.known(name);
        let model = known.and_then(|(_, definition)| match &definition.kind {
            DefinitionKind::Command(model) => Some(model),
            _ => None,
        });
        let data = self.data(command.arguments, model.map(|model| &model.arguments))?;
        let mut returns = None;
        if Some(command.returns) != self.uses.empty {
            let ty = self.refer(command.returns, self.returned_by(known, name))?;
            returns = Some(Returns { ty, is_object: self.answer.is_object_or_list(command.returns) });
        }
        let body = Command {
            data,
            returns,
            generate: model.map_or(name != OPEN_COMMAND, |model| model.generate),
            allow_oob: command.allow_oob,
            allow_preconfig: model.is_some_and(|model| model.allow_preconfig),
            success_response: model.is_none_or(|model| model.success_response),
            coroutine: model.is_some_and(|model| model.coroutine) && !command.allow_oob,
        };
        Ok(self.definition(name, Body::Command(body), &command.features, known))
    }

    fn event(&mut self, name: &str, event: &wire::Event) -> Result<Definition<'a>, AnswerError> {
        let known = self.known(name);
        let model = known.and_then(|(_, definition)| match &definition.kind {
            DefinitionKind::Event(event) => Some(&event.data),
            _ => None,
        });
        let data = self.data(event.data, model)?;
        Ok(self.definition(name, Body::Event(data), &event.features, known))
    }

    fn returned_by(&self, known: Option<Known<'a>>, name: &str) -> Option<Named> {
        let (source, _) = known?;
        let ty = self.sources[source].wire.commands.get(name)?.returns;
        Some(Named { source, ty })
    }

    /// The arguments of a command, or the data of an event.
    fn data(&mut self, ty: TypeId, known: Option<&Arguments>) -> Result<Data, AnswerError> {
        if Some(ty) == self.uses.empty {
            return Ok(Data::None);
        }
        let Some(object) = self.answer.object(ty) else {
            return Err(AnswerError::new("the data of a command or event are no object"));
        };
        let named = matches!(known, Some(Arguments::Named(_) | Arguments::Boxed(_)));
        let plain = object.tag.is_none() && self.answer.ty(ty).features.is_empty();
        let lower = object.members.iter().all(|member| is_plain(&member.name));
        // An inline object without members would be the empty type, but this type is a struct.
        if plain && lower && !named && !object.members.is_empty() && self.uses.is_single(ty) {
            self.inline.insert(ty);
            return Ok(Data::Inline(self.members(object, self.pairs.best(ty))?));
        }
        let boxed = object.tag.is_some() || matches!(known, Some(Arguments::Boxed(_)));
        Ok(Data::Named { name: self.name(ty)?, boxed })
    }

    fn ty(&self, name: &str, ty: TypeId) -> Result<Definition<'a>, AnswerError> {
        let known = self.pairs.best(ty);
        let body = match &self.answer.ty(ty).shape {
            Shape::Enum(values) => {
                let value = |value: &wire::Value| Value {
                    name: value.name.clone(),
                    condition: None,
                    features: marks(&value.features),
                };
                Body::Enum(values.iter().map(value).collect())
            }
            Shape::Object(object) => {
                let base = self.members(object, known)?;
                match &object.tag {
                    None => Body::Struct(base),
                    Some(tag) => {
                        let branches = self.branches(object, tag)?;
                        Body::Union { base, discriminator: tag.clone(), branches }
                    }
                }
            }
            Shape::Alternate(choices) => {
                let choice = |one: &wire::Alternative| {
                    let ty = self.refer(one.ty, self.choice_type(known, one.ty))?;
                    Ok(Choice { name: self.choice(known, one.ty), ty, condition: None })
                };
                Body::Alternate(choices.iter().map(choice).collect::<Result<_, AnswerError>>()?)
            }
            Shape::Scalar(_) | Shape::Array(_) => unreachable!("only what is defined has a name"),
        };
        let given = self.chosen.given.get(&ty).copied();
        let known =
            given.and_then(|named| Some((named.source, self.sources[named.source].definition(name)?)));
        Ok(self.definition(name, body, &self.answer.ty(ty).features, known))
    }

    /// The name of an alternate's choice, which is not on the wire.
    fn choice(&self, known: Option<Named>, ty: TypeId) -> String {
        let own = known.and_then(|named| self.sources[named.source].choice(named.ty, self.answer.class(ty)));
        let is_enum = matches!(self.answer.ty(ty).shape, Shape::Enum(_));
        own.unwrap_or_else(|| choice_name(self.answer.class(ty), is_enum)).to_owned()
    }

    fn choice_type(&self, known: Option<Named>, ty: TypeId) -> Option<Named> {
        let Named { source, ty: known } = known?;
        let wire = &self.sources[source].wire;
        let Shape::Alternate(choices) = &wire.ty(known).shape else { return None };
        let found = choices.iter().find(|one| wire.class(one.ty) == self.answer.class(ty))?;
        Some(Named { source, ty: found.ty })
    }

    fn members(&self, object: &Object, known: Option<Named>) -> Result<Vec<Member>, AnswerError> {
        let mut out = Vec::new();
        for member in &object.members {
            let below = known.and_then(|Named { source, ty }| {
                let known = self.sources[source].wire.object(ty)?;
                let found = known.members.iter().find(|found| found.name == member.name)?;
                Some(Named { source, ty: found.ty })
            });
            out.push(Member {
                name: member.name.clone(),
                optional: member.optional,
                ty: self.refer(member.ty, below)?,
                condition: None,
                features: marks(&member.features),
            });
        }
        Ok(out)
    }

    /// The branches that have a type. A value of the tag's enumeration without one has an empty branch.
    fn branches(&self, object: &Object, tag: &str) -> Result<Vec<Choice>, AnswerError> {
        let mut out = Vec::new();
        for branch in &object.branches {
            if Some(branch.ty) != self.uses.empty {
                let ty = self.refer(branch.ty, None)?;
                out.push(Choice { name: branch.case.clone(), ty, condition: None });
            }
        }
        if out.is_empty() {
            return Err(AnswerError::new(format!("no branch of a union by '{tag}' has members")));
        }
        Ok(out)
    }

    /// A reference to a type; `known` is the reference of a given schema at the same place.
    fn refer(&self, ty: TypeId, known: Option<Named>) -> Result<Reference, AnswerError> {
        let Shape::Array(element) = self.answer.ty(ty).shape else {
            return Ok(Reference::Plain(self.spell(ty, known)?));
        };
        let known = known.and_then(|Named { source, ty }| match self.sources[source].wire.ty(ty).shape {
            Shape::Array(element) => Some(Named { source, ty: element }),
            _ => None,
        });
        if matches!(self.answer.ty(element).shape, Shape::Array(_)) {
            return Err(AnswerError::new("an array has arrays as elements"));
        }
        Ok(Reference::Array(self.spell(element, known)?))
    }

    fn spell(&self, ty: TypeId, known: Option<Named>) -> Result<String, AnswerError> {
        match &self.answer.ty(ty).shape {
            Shape::Scalar(scalar) => Ok(self.scalar(*scalar, known).to_owned()),
            _ => self.name(ty),
        }
    }

    fn name(&self, ty: TypeId) -> Result<String, AnswerError> {
        let name = self.chosen.name(ty).ok_or_else(|| AnswerError::new("a member is of the empty type"))?;
        Ok(name.to_owned())
    }

    /// A built-in type. An answer has no widths of integers, so `known` gives them.
    fn scalar(&self, scalar: Scalar, known: Option<Named>) -> &'a str {
        match scalar {
            Scalar::Str => "str",
            Scalar::Number => "number",
            Scalar::Bool => "bool",
            Scalar::Null => "null",
            Scalar::Any => "any",
            Scalar::Int(_) => {
                let known = known.and_then(|named| self.sources[named.source].integer(named.ty));
                known.map_or(WIDE_INTEGER, Builtin::name)
            }
        }
    }

    fn definition(
        &self,
        name: &str,
        body: Body,
        features: &[Feature],
        known: Option<Known<'a>>,
    ) -> Definition<'a> {
        Definition {
            name: name.to_owned(),
            condition: None,
            features: marks(features),
            body,
            docs: known.map_or_else(Docs::default, |(source, definition)| {
                let sources = documentation(self.sources[source].schema, definition);
                Docs { sources, ..Docs::default() }
            }),
            module: known.map(|(source, definition)| self.sources[source].module(definition)),
        }
    }
}

fn marks(features: &[Feature]) -> Vec<Mark> {
    features.iter().map(|feature| Mark { name: feature.name.clone(), condition: None }).collect()
}
