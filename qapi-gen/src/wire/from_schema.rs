//! From a checked schema to its wire model.
//!
//! A worklist lowers the types that commands and events reach. It is not recursive, since a chain of types may be long.

use super::model::*;
use super::owners::owners;
use crate::ids::IdVec;
use crate::schema::{self, Arguments, Base, Builtin, DefId, DefinitionKind, Schema, TypeName};
use std::collections::{BTreeMap, HashMap, HashSet};

impl Wire {
    /// The wire model of `schema`.
    pub fn from_schema(schema: &Schema) -> Self {
        Self::lower(schema, false)
    }

    /// The wire model of `schema`, with the types that no command or event reaches. A program may parse its command line
    /// by them.
    pub fn with_unreached(schema: &Schema) -> Self {
        Self::lower(schema, true)
    }

    fn lower(schema: &Schema, all: bool) -> Self {
        let mut lowering = Lowering { schema, ids: HashMap::new(), todo: Vec::new(), types: IdVec::new() };
        let mut commands = BTreeMap::new();
        let mut events = BTreeMap::new();
        for definition in &schema.definitions {
            let place = at(definition.span);
            let condition = definition.condition.clone();
            let features = marks(&definition.features);
            match &definition.kind {
                DefinitionKind::Command(command) => {
                    let lowered = Command {
                        place,
                        condition,
                        features,
                        arguments: lowering.arguments(&command.arguments, place),
                        returns: match command.returns {
                            Some(ty) => lowering.reference(ty),
                            None => lowering.inline(&[], place),
                        },
                        allow_oob: command.allow_oob,
                        allow_preconfig: command.allow_preconfig,
                        success_response: command.success_response,
                    };
                    commands.insert(definition.name.clone(), lowered);
                }
                DefinitionKind::Event(event) => {
                    let data = lowering.arguments(&event.data, place);
                    events.insert(definition.name.clone(), Event { place, condition, features, data });
                }
                DefinitionKind::Enum(_)
                | DefinitionKind::Struct(_)
                | DefinitionKind::Union(_)
                | DefinitionKind::Alternate(_) => {}
            }
        }
        lowering.finish();
        let unreached = if all { lowering.unreached() } else { BTreeMap::new() };
        Wire {
            commands,
            events,
            unreached,
            owners: owners(schema),
            types: lowering.types,
            knowledge: Knowledge::Schema,
        }
    }
}

struct Lowering<'a> {
    schema: &'a Schema,
    ids: HashMap<schema::Type, TypeId>,
    todo: Vec<(TypeId, schema::Type)>,
    types: IdVec<TypeId, Type>,
}

impl Lowering<'_> {
    fn finish(&mut self) {
        while let Some((id, ty)) = self.todo.pop() {
            self.types[id] = self.lower(ty);
        }
    }

    /// Lowers the types that were not reached. A base counts as reached with the objects that have its members.
    fn unreached(&mut self) -> BTreeMap<String, TypeId> {
        let mut reached: HashSet<DefId> = HashSet::new();
        let mut todo: Vec<DefId> = (self.ids.keys())
            .filter_map(|(schema::Type::Plain(name) | schema::Type::Array(name))| match name {
                TypeName::Defined(id) => Some(*id),
                TypeName::Builtin(_) => None,
            })
            .collect();
        while let Some(id) = todo.pop() {
            if reached.insert(id) {
                todo.extend(base(&self.schema.definition(id).kind));
            }
        }
        let mut types = BTreeMap::new();
        for (id, definition) in self.schema.definitions.entries() {
            let is_type = !matches!(definition.kind, DefinitionKind::Command(_) | DefinitionKind::Event(_));
            if is_type && !reached.contains(&id) {
                let lowered = self.reference(schema::Type::Plain(TypeName::Defined(id)));
                types.insert(definition.name.clone(), lowered);
            }
        }
        self.finish();
        types
    }

    fn reference(&mut self, ty: schema::Type) -> TypeId {
        if let Some(&id) = self.ids.get(&ty) {
            return id;
        }
        let unfinished = object_type(String::new(), Place { span: None, nth: 0 }, Object::default());
        let id = self.types.push(unfinished);
        self.ids.insert(ty, id);
        self.todo.push((id, ty));
        id
    }

    fn arguments(&mut self, arguments: &Arguments, place: Place) -> TypeId {
        match arguments {
            Arguments::None => self.inline(&[], place),
            Arguments::Inline(members) => self.inline(members, place),
            Arguments::Named(id) | Arguments::Boxed(id) => {
                self.reference(schema::Type::Plain(TypeName::Defined(*id)))
            }
        }
    }

    fn inline(&mut self, members: &[schema::Member], place: Place) -> TypeId {
        let members = self.members(members);
        self.types.push(object_type("an object".to_owned(), place, Object { members, ..Object::default() }))
    }

    fn members(&mut self, members: &[schema::Member]) -> Vec<Member> {
        (members.iter())
            .map(|member| Member {
                name: member.name.clone(),
                place: at(member.span),
                optional: member.optional,
                ty: self.reference(member.ty),
                condition: member.condition.clone(),
                features: marks(&member.features),
            })
            .collect()
    }

    /// The members of a struct and of all its bases, the outermost base first.
    fn struct_members(&mut self, id: DefId) -> Vec<Member> {
        self.schema.lineage(id).iter().flat_map(|found| self.members(&found.members)).collect()
    }

    fn lower(&mut self, ty: schema::Type) -> Type {
        match ty {
            schema::Type::Array(name) => {
                let element = self.reference(schema::Type::Plain(name));
                let label = format!("array of {}", self.label(name));
                Type { label, place: nowhere(), features: Vec::new(), shape: Shape::Array(element) }
            }
            schema::Type::Plain(TypeName::Builtin(builtin)) => Type {
                label: builtin.name().to_owned(),
                place: nowhere(),
                features: Vec::new(),
                shape: match builtin {
                    Builtin::Int if self.schema.wide_integers => Shape::Scalar(Scalar::Int(Integer::Unknown)),
                    _ => builtin_shape(builtin),
                },
            },
            schema::Type::Plain(TypeName::Defined(id)) => self.definition(id),
        }
    }

    fn label(&self, name: TypeName) -> String {
        match name {
            TypeName::Builtin(builtin) => builtin.name().to_owned(),
            TypeName::Defined(id) => self.schema.definition(id).name.clone(),
        }
    }

    fn definition(&mut self, id: DefId) -> Type {
        let definition = self.schema.definition(id);
        let shape = match &definition.kind {
            DefinitionKind::Enum(found) => Shape::Enum(found.values.iter().map(value).collect()),
            DefinitionKind::Struct(_) => {
                Shape::Object(Object { members: self.struct_members(id), ..Object::default() })
            }
            DefinitionKind::Union(union) => Shape::Object(self.union(union)),
            DefinitionKind::Alternate(alternate) => Shape::Alternate(
                (alternate.alternatives.iter())
                    .map(|alternative| Alternative {
                        place: at(alternative.span),
                        ty: self.reference(alternative.ty),
                        condition: alternative.condition.clone(),
                    })
                    .collect(),
            ),
            DefinitionKind::Command(_) | DefinitionKind::Event(_) => {
                unreachable!("check rejects a reference to what is no type")
            }
        };
        Type {
            label: definition.name.clone(),
            place: at(definition.span),
            features: marks(&definition.features),
            shape,
        }
    }

    fn union(&mut self, union: &schema::Union) -> Object {
        let members = match &union.base {
            Base::Named(id) => self.struct_members(*id),
            Base::Inline(members) => self.members(members),
        };
        let branches = (union.branches.iter())
            .map(|branch| Branch {
                case: branch.name.clone(),
                place: at(branch.span),
                ty: self.reference(schema::Type::Plain(TypeName::Defined(branch.ty))),
                condition: branch.condition.clone(),
            })
            .collect();
        Object { members, tag: Some(union.discriminator.clone()), branches }
    }
}

fn at(span: crate::source::Span) -> Place {
    Place { span: Some(span), nth: 0 }
}

fn base(kind: &DefinitionKind) -> Option<DefId> {
    match kind {
        DefinitionKind::Struct(found) => found.base,
        DefinitionKind::Union(schema::Union { base: Base::Named(id), .. }) => Some(*id),
        _ => None,
    }
}

fn nowhere() -> Place {
    Place { span: None, nth: 0 }
}

fn object_type(label: String, place: Place, object: Object) -> Type {
    Type { label, place, features: Vec::new(), shape: Shape::Object(object) }
}

fn value(value: &schema::EnumValue) -> Value {
    Value {
        name: value.name.clone(),
        place: at(value.span),
        condition: value.condition.clone(),
        features: marks(&value.features),
    }
}

fn marks(features: &[schema::Feature]) -> Vec<Feature> {
    (features.iter())
        .map(|feature| Feature {
            name: feature.name.clone(),
            place: at(feature.span),
            condition: feature.condition.clone(),
        })
        .collect()
}

fn builtin_shape(builtin: Builtin) -> Shape {
    Shape::Scalar(match builtin {
        Builtin::Str => Scalar::Str,
        Builtin::Number => Scalar::Number,
        Builtin::Bool => Scalar::Bool,
        Builtin::Null => Scalar::Null,
        Builtin::Any => Scalar::Any,
        Builtin::QType => {
            return Shape::Enum(
                (Builtin::QTYPE_VALUES.into_iter().zip(0..))
                    .map(|(name, nth)| Value {
                        name: name.to_owned(),
                        place: Place { span: None, nth },
                        condition: None,
                        features: Vec::new(),
                    })
                    .collect(),
            );
        }
        integer => {
            let range = integer.range();
            let (least, greatest) = range.unwrap_or_else(|| unreachable!("all others are integers"));
            Scalar::Int(Integer::Range(least, greatest))
        }
    })
}
