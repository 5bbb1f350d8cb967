//! Writes definitions in the schema language.

mod references;

use super::docs;
use super::names::Chosen;
use super::pairs::{Named, Pairs, Source};
use super::places::{Uses, kind};
use crate::compat::{AnswerError, Command, Feature, Object, Shape, TypeId, Wire};
use crate::schema::names::{is_lower, stem};
use crate::schema::{self, Arguments, DefinitionKind};
use std::cell::Cell;
use std::collections::BTreeSet;

/// A definition as text, and the pragma exceptions that it needs.
#[derive(Clone, Debug)]
pub(super) struct Written {
    /// The text, its documentation included.
    pub(super) text: String,
    /// The module of the given schema that defines it.
    pub(super) module: Option<String>,
    pub(super) exceptions: Exceptions,
}

/// All definitions.
pub(super) struct Definitions {
    pub(super) all: Vec<Written>,
    /// The objects that are written inline, and so need no name.
    pub(super) inline: BTreeSet<TypeId>,
    /// Whether no given schema has the width of some integer.
    pub(super) wide: bool,
}

/// The names to list in pragmas.
#[derive(Clone, Debug, Default)]
pub(super) struct Exceptions {
    pub(super) command_names: BTreeSet<String>,
    pub(super) command_returns: BTreeSet<String>,
    pub(super) documentation: BTreeSet<String>,
    pub(super) member_names: BTreeSet<String>,
}

impl Exceptions {
    pub(super) fn extend(&mut self, other: Exceptions) {
        self.command_names.extend(other.command_names);
        self.command_returns.extend(other.command_returns);
        self.documentation.extend(other.documentation);
        self.member_names.extend(other.member_names);
    }
}

/// A command that takes undeclared members in every version of QEMU. An answer does not say so.
const OPEN_COMMAND: &str = "device_add";

/// Writes the definitions of the answer: types by name, then commands and events.
pub(super) fn definitions(
    wire: &Wire,
    sources: &[Source<'_>],
    pairs: &Pairs,
    chosen: &Chosen,
    uses: &Uses,
) -> Result<Definitions, AnswerError> {
    let writer =
        |wide| Writer { wire, sources, pairs, chosen, uses, inline: BTreeSet::new(), wide: Cell::new(wide) };
    let first = writer(false).definitions()?;
    // Whether some width is unknown shows at the end, and changes how the known ones are spelled.
    if first.wide && !sources.is_empty() { writer(true).definitions() } else { Ok(first) }
}

struct Writer<'a> {
    wire: &'a Wire,
    sources: &'a [Source<'a>],
    pairs: &'a Pairs,
    chosen: &'a Chosen,
    uses: &'a Uses,
    /// Objects that are written inline.
    inline: BTreeSet<TypeId>,
    /// Whether the width of some integer is not known, so that `int` means all of 64 bits.
    wide: Cell<bool>,
}

/// A definition of a given schema, with the schema.
type Known<'a> = (usize, &'a schema::Definition);

impl<'a> Writer<'a> {
    /// All definitions: types by name, then commands and events.
    fn definitions(mut self) -> Result<Definitions, AnswerError> {
        let mut out = Vec::new();
        for (name, command) in &self.wire.commands {
            out.push(self.command(name, command)?);
        }
        for (name, event) in &self.wire.events {
            let (text, known) = (format!("{{ 'event': '{name}'"), self.known(name));
            let data = known.and_then(|(_, definition)| match &definition.kind {
                DefinitionKind::Event(event) => Some(&event.data),
                _ => None,
            });
            let text = text + &self.data(event.data, data)? + &features(&event.features) + " }\n";
            let parts = self.parts(event.data, &event.features);
            out.push(self.finished(name, text, known, parts, Exceptions::default()));
        }
        let mut types: Vec<(&str, TypeId)> = self
            .wire
            .types
            .ids()
            .filter(|ty| !self.inline.contains(ty))
            .filter_map(|ty| Some((self.chosen.name(ty)?, ty)))
            .collect();
        types.sort();
        let types: Result<Vec<Written>, AnswerError> =
            types.into_iter().map(|(name, ty)| self.ty(name, ty)).collect();
        let mut all = types?;
        all.append(&mut out);
        Ok(Definitions { all, inline: self.inline, wide: self.wide.get() })
    }

    /// The command or event of that name in the first schema that has it.
    fn known(&self, name: &str) -> Option<Known<'a>> {
        self.sources.iter().enumerate().find_map(|(index, source)| Some((index, source.definition(name)?)))
    }

    fn command(&mut self, name: &str, command: &Command) -> Result<Written, AnswerError> {
        let known = self.known(name);
        let model = known.and_then(|(_, definition)| match &definition.kind {
            DefinitionKind::Command(model) => Some(model),
            _ => None,
        });
        let mut text = format!("{{ 'command': '{name}'");
        text += &self.data(command.arguments, model.map(|model| &model.arguments))?;
        let mut exceptions = Exceptions::default();
        if Some(command.returns) != self.uses.empty {
            let best = self.returned_by(known, name);
            text += &format!(", 'returns': {}", self.spell(command.returns, best)?);
            if self.is_no_object(command.returns) {
                exceptions.command_returns.insert(name.to_owned());
            }
        }
        text += &features(&command.features);
        let generate = model.map_or(name != OPEN_COMMAND, |model| model.generate);
        let mut flag = |key: &str, value: bool| text += &format!(", '{key}': {value}");
        if !generate {
            flag("gen", false);
        }
        if command.allow_oob {
            flag("allow-oob", true);
        }
        if let Some(model) = model {
            if !model.success_response {
                flag("success-response", false);
            }
            if model.allow_preconfig {
                flag("allow-preconfig", true);
            }
            if model.coroutine && !command.allow_oob {
                flag("coroutine", true);
            }
        }
        text += " }\n";
        if !stem(name).is_ok_and(|stem| is_lower(stem, false, false)) {
            exceptions.command_names.insert(name.to_owned());
        }
        let mut parts = self.parts(command.arguments, &command.features);
        parts.returns = Some(command.returns) != self.uses.empty;
        Ok(self.finished(name, text, known, parts, exceptions))
    }

    /// The parts that a command or event has to document: members only if they are inline.
    fn parts(&self, data: TypeId, features: &[Feature]) -> docs::Parts {
        let inline = self.wire.object(data).filter(|_| self.inline.contains(&data));
        docs::Parts::of_object(inline, features)
    }

    fn returned_by(&self, known: Option<Known<'a>>, name: &str) -> Option<Named> {
        let (source, _) = known?;
        let ty = self.sources[source].wire.commands.get(name)?.returns;
        Some(Named { source, ty })
    }

    fn is_no_object(&self, ty: TypeId) -> bool {
        match &self.wire.ty(ty).shape {
            Shape::Object(_) => false,
            Shape::Array(element) => !matches!(self.wire.ty(*element).shape, Shape::Object(_)),
            Shape::Scalar(_) | Shape::Enum(_) | Shape::Alternate(_) => true,
        }
    }

    /// The arguments of a command, or the data of an event.
    fn data(&mut self, ty: TypeId, known: Option<&Arguments>) -> Result<String, AnswerError> {
        if Some(ty) == self.uses.empty {
            return Ok(String::new());
        }
        let Some(object) = self.wire.object(ty) else {
            return Err(AnswerError::new("the data of a command or event are no object"));
        };
        let named = matches!(known, Some(Arguments::Named(_) | Arguments::Boxed(_)));
        let plain = object.tag.is_none() && self.wire.ty(ty).features.is_empty();
        let lower = object.members.iter().all(|member| is_plain(&member.name));
        // An inline object without members would be the empty type, but this type is a struct.
        if plain && lower && !named && !object.members.is_empty() && self.uses.is_single(ty) {
            self.inline.insert(ty);
            return Ok(format!(", 'data': {}", self.members(object, self.pairs.best(ty))?));
        }
        let boxed = object.tag.is_some() || matches!(known, Some(Arguments::Boxed(_)));
        let boxed = if boxed { ", 'boxed': true" } else { "" };
        Ok(format!(", 'data': {}{boxed}", self.spell(ty, None)?))
    }

    fn ty(&self, name: &str, ty: TypeId) -> Result<Written, AnswerError> {
        let found = self.wire.ty(ty);
        let known = self.pairs.best(ty);
        let mut plain = true;
        let mut parts = docs::Parts::of_object(self.wire.object(ty), &found.features);
        let text = match &found.shape {
            Shape::Enum(values) => {
                plain = values.iter().all(|value| is_plain(&value.name));
                parts.members = values.iter().map(|value| value.name.clone()).collect();
                let marks = values.iter().flat_map(|value| &value.features);
                parts.features.extend(marks.map(|feature| feature.name.clone()));
                let values: Vec<String> = (values.iter())
                    .map(|value| match &features(&value.features)[..] {
                        "" => format!("'{}'", value.name),
                        features => format!("{{ 'name': '{}'{features} }}", value.name),
                    })
                    .collect();
                format!("{{ 'enum': '{name}', 'data': [ {} ]", values.join(", "))
            }
            Shape::Object(object) => {
                plain = object.members.iter().all(|member| is_plain(&member.name));
                let members = self.members(object, known)?;
                match &object.tag {
                    None => format!("{{ 'struct': '{name}', 'data': {members}"),
                    Some(tag) => {
                        let branches = self.branches(object, tag)?;
                        format!(
                            "{{ 'union': '{name}', 'base': {members}, 'discriminator': '{tag}', 'data': {{ {branches} }}"
                        )
                    }
                }
            }
            Shape::Alternate(choices) => {
                let spelled: Result<Vec<String>, AnswerError> = (choices.iter())
                    .map(|choice| {
                        let name = self.choice(known, choice.ty);
                        Ok(format!(
                            "'{name}': {}",
                            self.spell(choice.ty, self.choice_type(known, choice.ty))?
                        ))
                    })
                    .collect();
                parts.members = choices.iter().map(|choice| self.choice(known, choice.ty)).collect();
                format!("{{ 'alternate': '{name}', 'data': {{ {} }}", spelled?.join(", "))
            }
            Shape::Scalar(_) | Shape::Array(_) => unreachable!("only what is defined has a name"),
        };
        let text = text + &features(&found.features) + " }\n";
        let mut exceptions = Exceptions::default();
        if !plain {
            exceptions.member_names.insert(name.to_owned());
        }
        let given = self.chosen.given.get(&ty).copied();
        let known =
            given.and_then(|named| Some((named.source, self.sources[named.source].definition(name)?)));
        Ok(self.finished(name, text, known, parts, exceptions))
    }

    /// The name of an alternate's choice, which is not on the wire.
    fn choice(&self, known: Option<Named>, ty: TypeId) -> String {
        let model = known.and_then(|named| {
            let source = &self.sources[named.source];
            match &source.definition(&source.wire.ty(named.ty).label)?.kind {
                DefinitionKind::Alternate(alternate) => Some((source, named, alternate)),
                _ => None,
            }
        });
        let own = model.and_then(|(source, named, alternate)| {
            let Shape::Alternate(choices) = &source.wire.ty(named.ty).shape else { return None };
            let index = choices.iter().position(|one| source.wire.class(one.ty) == self.wire.class(ty))?;
            alternate.alternatives.get(index).map(|one| one.name.clone())
        });
        own.unwrap_or_else(|| kind(self.wire, ty).to_owned())
    }

    fn choice_type(&self, known: Option<Named>, ty: TypeId) -> Option<Named> {
        let Named { source, ty: known } = known?;
        let wire = &self.sources[source].wire;
        let Shape::Alternate(choices) = &wire.ty(known).shape else { return None };
        let found = choices.iter().find(|one| wire.class(one.ty) == self.wire.class(ty))?;
        Some(Named { source, ty: found.ty })
    }

    fn members(&self, object: &Object, known: Option<Named>) -> Result<String, AnswerError> {
        let mut out = Vec::new();
        for member in &object.members {
            let star = if member.optional { "*" } else { "" };
            let below = known.and_then(|Named { source, ty }| {
                let known = self.sources[source].wire.object(ty)?;
                let found = known.members.iter().find(|found| found.name == member.name)?;
                Some(Named { source, ty: found.ty })
            });
            let ty = self.spell(member.ty, below)?;
            let spelled = match &features(&member.features)[..] {
                "" => ty,
                features => format!("{{ 'type': {ty}{features} }}"),
            };
            out.push(format!("'{star}{}': {spelled}", member.name));
        }
        Ok(if out.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", out.join(", ")) })
    }

    /// The branches that have a type. A value of the tag's enumeration without one has an empty branch.
    fn branches(&self, object: &Object, tag: &str) -> Result<String, AnswerError> {
        let mut out = Vec::new();
        for branch in &object.branches {
            if Some(branch.ty) != self.uses.empty {
                out.push(format!("'{}': {}", branch.case, self.spell(branch.ty, None)?));
            }
        }
        if out.is_empty() {
            return Err(AnswerError::new(format!("no branch of a union by '{tag}' has members")));
        }
        Ok(out.join(", "))
    }

    /// The documentation of a definition and of all its bases; empty if the definition itself has none.
    fn docs(&self, source: usize, definition: &'a schema::Definition) -> Vec<&'a schema::Doc> {
        let schema = self.sources[source].schema;
        let Some(own) = &definition.doc else { return Vec::new() };
        let mut docs = vec![own];
        let mut next = base_of(definition);
        while let Some(id) = next {
            let base = schema.definition(id);
            docs.extend(&base.doc);
            next = base_of(base);
        }
        docs
    }

    fn finished(
        &self,
        name: &str,
        text: String,
        known: Option<Known<'a>>,
        parts: docs::Parts,
        mut exceptions: Exceptions,
    ) -> Written {
        let docs = known.map_or_else(Vec::new, |(source, definition)| self.docs(source, definition));
        let (doc, complete) = docs::write(name, &docs, &parts);
        if !complete {
            exceptions.documentation.insert(name.to_owned());
        }
        let module = known
            .map(|(source, definition)| self.sources[source].schema.module(definition.module).name.clone());
        Written { text: doc + &text, module, exceptions }
    }
}

/// Whether a member or value needs no exception for its name. Pragmas can excuse only the rules about case; a server's
/// schema obeys all others.
fn is_plain(name: &str) -> bool {
    let stem = stem(name).unwrap_or(name);
    is_lower(stem, false, false)
}

/// The base of a definition, whose members come first.
fn base_of(definition: &schema::Definition) -> Option<schema::DefId> {
    match &definition.kind {
        DefinitionKind::Struct(found) => found.base,
        DefinitionKind::Union(schema::Union { base: schema::Base::Named(id), .. }) => Some(*id),
        _ => None,
    }
}

fn features(features: &[Feature]) -> String {
    if features.is_empty() {
        return String::new();
    }
    let names: Vec<String> = features.iter().map(|feature| format!("'{}'", feature.name)).collect();
    format!(", 'features': [ {} ]", names.join(", "))
}
