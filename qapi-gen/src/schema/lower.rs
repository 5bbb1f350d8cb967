//! From valid drafts to the checked schema.

use super::draft::{self, Body, Draft, TypeRef};
use super::symbols::Symbols;
use super::{
    Alternate, Alternative, Arguments, Base, Branch, Command, DefId, Definition, DefinitionKind, Enum, Event,
    Member, ModuleId, Struct, Type, TypeName, Union, lower_doc,
};
use crate::syntax::ast::Str;
use std::collections::HashMap;

/// Turns names into ids.
pub(super) struct Lowering<'s, 'a> {
    symbols: &'s Symbols<'a>,
    /// The enum of each union's discriminator.
    tags: HashMap<DefId, DefId>,
}

impl<'s, 'a> Lowering<'s, 'a> {
    pub(super) fn new(symbols: &'s Symbols<'a>, tags: HashMap<DefId, DefId>) -> Self {
        Lowering { symbols, tags }
    }

    fn name(&self, name: &Str) -> TypeName {
        self.symbols.find(&name.text).unwrap_or_else(|| unreachable!("resolve reported unknown types"))
    }

    fn id(&self, name: &Str) -> DefId {
        match self.name(name) {
            TypeName::Defined(id) => id,
            TypeName::Builtin(_) => unreachable!("the checks take only definitions here"),
        }
    }

    fn ty(&self, ty: Option<TypeRef<'_>>) -> Type {
        let ty = ty.unwrap_or_else(|| unreachable!("reading reported what is no type"));
        let name = self.name(ty.name);
        if ty.array { Type::Array(name) } else { Type::Plain(name) }
    }

    fn members(&self, members: Vec<draft::Member<'_>>) -> Vec<Member> {
        let lower = |member: draft::Member<'_>| {
            let draft::Member { name, span, optional, ty, condition, features } = member;
            Member { name: name.to_owned(), span, optional, ty: self.ty(ty), condition, features }
        };
        members.into_iter().map(lower).collect()
    }

    fn arguments(&self, data: draft::Data<'_>) -> Arguments {
        match data {
            draft::Data::None => Arguments::None,
            draft::Data::Inline(members) if members.is_empty() => Arguments::None,
            draft::Data::Inline(members) => Arguments::Inline(self.members(members)),
            draft::Data::Named { name, boxed: false } => Arguments::Named(self.id(name)),
            draft::Data::Named { name, boxed: true } => Arguments::Boxed(self.id(name)),
        }
    }

    /// The checked definition of a draft.
    pub(super) fn definition(&self, id: DefId, draft: Draft<'_>, module: ModuleId) -> Definition {
        let described = draft.doc.map(|doc| lower_doc::lower(doc, &draft));
        let Draft { site, doc: _, condition, features, body } = draft;
        let kind = match body {
            Body::Enum { prefix, values } => {
                DefinitionKind::Enum(Enum { prefix: prefix.map(|prefix| prefix.text.clone()), values })
            }
            Body::Struct { base, members } => DefinitionKind::Struct(Struct {
                base: base.map(|base| self.id(base)),
                members: self.members(members),
            }),
            Body::Union { base, discriminator, branches } => {
                let discriminator = discriminator.unwrap_or_else(|| unreachable!("check_keys asks for it"));
                DefinitionKind::Union(Union {
                    base: match base {
                        draft::Base::Named(name) => Base::Named(self.id(name)),
                        draft::Base::Inline(members) => Base::Inline(self.members(members)),
                        draft::Base::Unknown => unreachable!("check_keys asks for a base"),
                    },
                    discriminator: discriminator.text.clone(),
                    discriminator_enum: self.tags[&id],
                    branches: branches.into_iter().map(|branch| self.branch(branch)).collect(),
                })
            }
            Body::Alternate { alternatives } => {
                let lower = |draft::Alternative { name, ty, condition }: draft::Alternative<'_>| {
                    Alternative { name: name.text.clone(), span: name.span, ty: self.ty(ty), condition }
                };
                DefinitionKind::Alternate(Alternate {
                    alternatives: alternatives.into_iter().map(lower).collect(),
                })
            }
            Body::Command { data, returns, flags } => {
                let draft::CommandFlags { success_response, generate, allow_oob, allow_preconfig, coroutine } =
                    flags;
                DefinitionKind::Command(Command {
                    arguments: self.arguments(data),
                    returns: returns.map(|returns| self.ty(Some(returns))),
                    success_response,
                    generate,
                    allow_oob,
                    allow_preconfig,
                    coroutine,
                })
            }
            Body::Event { data } => DefinitionKind::Event(Event { data: self.arguments(data) }),
        };
        let name = site.name;
        Definition {
            name: name.text.clone(),
            span: name.span,
            module,
            condition,
            features,
            doc: described,
            kind,
        }
    }

    fn branch(&self, branch: draft::Branch<'_>) -> Branch {
        let draft::Branch { name, ty, condition } = branch;
        let ty = self.id(ty.unwrap_or_else(|| unreachable!("reading reported what is no type")));
        Branch { name: name.text.clone(), span: name.span, ty, condition }
    }
}
