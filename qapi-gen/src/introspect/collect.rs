//! Walks a schema in the order in which the answer to `query-qmp-schema` lists it.

use super::{AlternateMember, Entry, Introspection, Mark, Member, Meta, Names, Value, Variant};
use crate::schema::{
    Arguments, Base, Builtin, DefId, Definition, DefinitionKind, EnumValue, Feature, Member as SchemaMember,
    ModuleItem, Schema, Type, TypeName, Union,
};
use std::collections::{HashMap, HashSet};

/// A type as introspection distinguishes types: all integers are one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Node {
    /// The object without members: for no arguments, no return value, or an empty branch.
    Empty,
    Builtin(Builtin),
    Defined(DefId),
    /// The inline arguments of a command or data of an event.
    Inline(DefId),
}

/// A type to describe: a node, or an array of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Use {
    Plain(Node),
    Array(Node),
}

pub(super) fn collect(schema: &Schema, names: Names, wanted: &dyn Fn(DefId) -> bool) -> Introspection {
    let mut collector =
        Collector { schema, names, masks: HashMap::new(), seen: HashSet::new(), queue: Vec::new() };
    let mut entries = Vec::new();
    for item in schema.modules.iter().flat_map(|module| &module.items) {
        match item {
            ModuleItem::Definition(id) if wanted(*id) => entries.extend(collector.command_or_event(*id)),
            ModuleItem::Definition(_) | ModuleItem::Include(_) | ModuleItem::FreeForm(_) => {}
        }
    }
    let mut next = 0;
    while let Some(&used) = collector.queue.get(next) {
        entries.push(collector.described(used));
        next += 1;
    }
    Introspection { entries }
}

struct Collector<'a> {
    schema: &'a Schema,
    names: Names,
    masks: HashMap<Node, usize>,
    seen: HashSet<Use>,
    /// Every type used so far, in the order of first use.
    queue: Vec<Use>,
}

impl Collector<'_> {
    fn command_or_event(&mut self, id: DefId) -> Option<Entry> {
        let definition = self.schema.definition(id);
        let meta = match &definition.kind {
            DefinitionKind::Command(command) => Meta::Command {
                arguments: self.arguments(id, &command.arguments),
                returns: match command.returns {
                    Some(ty) => self.name_type(ty),
                    None => self.name_use(Use::Plain(Node::Empty)),
                },
                allow_oob: command.allow_oob,
            },
            DefinitionKind::Event(event) => Meta::Event { data: self.arguments(id, &event.data) },
            DefinitionKind::Enum(_)
            | DefinitionKind::Struct(_)
            | DefinitionKind::Union(_)
            | DefinitionKind::Alternate(_) => return None,
        };
        Some(entry_of(definition, definition.name.clone(), meta))
    }

    fn arguments(&mut self, owner: DefId, arguments: &Arguments) -> String {
        self.name_use(Use::Plain(match arguments {
            Arguments::None => Node::Empty,
            Arguments::Inline(members) if members.is_empty() => Node::Empty,
            Arguments::Inline(_) => Node::Inline(owner),
            Arguments::Named(id) | Arguments::Boxed(id) => Node::Defined(*id),
        }))
    }

    fn name_type(&mut self, ty: Type) -> String {
        self.name_use(match ty {
            Type::Plain(name) => Use::Plain(node(name)),
            Type::Array(name) => Use::Array(node(name)),
        })
    }

    /// The name of `used` in the answer; queues the type at its first use.
    fn name_use(&mut self, used: Use) -> String {
        if self.seen.insert(used) {
            self.queue.push(used);
        }
        match used {
            Use::Plain(node) => self.name_node(node),
            Use::Array(node) => format!("[{}]", self.name_use(Use::Plain(node))),
        }
    }

    fn name_node(&mut self, node: Node) -> String {
        if let Node::Builtin(builtin) = node
            && let Some((name, _)) = introspected(builtin)
        {
            return name.to_owned();
        }
        match self.names {
            Names::Masked => {
                let next = self.masks.len();
                self.masks.entry(node).or_insert(next).to_string()
            }
            Names::Unmasked => match node {
                Node::Empty => "q_empty".to_owned(),
                Node::Builtin(_) => "QType".to_owned(),
                Node::Defined(id) => self.schema.definition(id).name.clone(),
                Node::Inline(id) => format!("q_obj_{}-arg", self.schema.definition(id).name),
            },
        }
    }

    fn described(&mut self, used: Use) -> Entry {
        let name = self.name_use(used);
        match used {
            Use::Array(element) => {
                let element_name = self.name_node(element);
                let condition = match element {
                    Node::Defined(id) => self.schema.definition(id).condition.clone(),
                    Node::Empty | Node::Builtin(_) | Node::Inline(_) => None,
                };
                Entry { name, condition, features: None, meta: Meta::Array { element: element_name } }
            }
            Use::Plain(Node::Empty) => plain(name, Meta::Object { members: Vec::new(), variants: None }),
            Use::Plain(Node::Builtin(builtin)) => match introspected(builtin) {
                Some((_, json_type)) => plain(name, Meta::Builtin { json_type }),
                None => plain(name, Meta::Enum { values: qtype_values() }),
            },
            Use::Plain(Node::Inline(id)) => self.described_inline(id, name),
            Use::Plain(Node::Defined(id)) => {
                let definition = self.schema.definition(id);
                let meta = self.described_definition(id);
                entry_of(definition, name, meta)
            }
        }
    }

    /// Inline arguments exist when their command or event does, but do not have its features.
    fn described_inline(&mut self, id: DefId, name: String) -> Entry {
        let definition = self.schema.definition(id);
        let (DefinitionKind::Command(crate::schema::Command { arguments, .. })
        | DefinitionKind::Event(crate::schema::Event { data: arguments })) = &definition.kind
        else {
            unreachable!("only commands and events have inline arguments");
        };
        let Arguments::Inline(members) = arguments else {
            unreachable!("queued by `arguments` for inline ones only");
        };
        let members = self.members(members);
        Entry {
            name,
            condition: definition.condition.clone(),
            features: None,
            meta: Meta::Object { members, variants: None },
        }
    }

    fn described_definition(&mut self, id: DefId) -> Meta {
        match &self.schema.definition(id).kind {
            DefinitionKind::Enum(e) => Meta::Enum { values: e.values.iter().map(value).collect() },
            DefinitionKind::Struct(_) => Meta::Object { members: self.struct_members(id), variants: None },
            DefinitionKind::Union(u) => self.described_union(u),
            DefinitionKind::Alternate(a) => Meta::Alternate {
                members: (a.alternatives.iter())
                    .map(|choice| AlternateMember {
                        ty: self.name_type(choice.ty),
                        condition: choice.condition.clone(),
                    })
                    .collect(),
            },
            DefinitionKind::Command(_) | DefinitionKind::Event(_) => {
                unreachable!("commands and events are no types")
            }
        }
    }

    fn described_union(&mut self, union: &Union) -> Meta {
        let members = match &union.base {
            Base::Named(id) => self.struct_members(*id),
            Base::Inline(members) => self.members(members),
        };
        let mut variants: Vec<Variant> = (union.branches.iter())
            .map(|branch| Variant {
                case: branch.name.clone(),
                ty: self.name_use(Use::Plain(Node::Defined(branch.ty))),
                condition: branch.condition.clone(),
            })
            .collect();
        let DefinitionKind::Enum(discriminator) = &self.schema.definition(union.discriminator_enum).kind
        else {
            unreachable!("check rejects a discriminator of another type");
        };
        let listed: HashSet<&str> = union.branches.iter().map(|branch| branch.name.as_str()).collect();
        for value in &discriminator.values {
            if !listed.contains(value.name.as_str()) {
                variants.push(Variant {
                    case: value.name.clone(),
                    ty: self.name_use(Use::Plain(Node::Empty)),
                    condition: value.condition.clone(),
                });
            }
        }
        Meta::Object { members, variants: Some((union.discriminator.clone(), variants)) }
    }

    /// All members of a struct, those of its bases first.
    fn struct_members(&mut self, id: DefId) -> Vec<Member> {
        self.schema.lineage(id).iter().flat_map(|found| self.members(&found.members)).collect()
    }

    fn members(&mut self, members: &[SchemaMember]) -> Vec<Member> {
        (members.iter())
            .map(|member| Member {
                name: member.name.clone(),
                ty: self.name_type(member.ty),
                optional: member.optional,
                condition: member.condition.clone(),
                features: marks(&member.features),
            })
            .collect()
    }
}

fn node(name: TypeName) -> Node {
    match name {
        TypeName::Defined(id) => Node::Defined(id),
        TypeName::Builtin(builtin) if builtin.is_integer() => Node::Builtin(Builtin::Int),
        TypeName::Builtin(builtin) => Node::Builtin(builtin),
    }
}

/// The name and the `JSONType` of a built-in type; `QType` is an enumeration like any other.
fn introspected(builtin: Builtin) -> Option<(&'static str, &'static str)> {
    match builtin {
        Builtin::Str => Some(("str", "string")),
        Builtin::Number => Some(("number", "number")),
        Builtin::Bool => Some(("bool", "boolean")),
        Builtin::Null => Some(("null", "null")),
        Builtin::Any => Some(("any", "value")),
        Builtin::QType => None,
        integer => {
            debug_assert!(integer.is_integer(), "all others stand above");
            Some(("int", "int"))
        }
    }
}

fn qtype_values() -> Vec<Value> {
    Builtin::QTYPE_VALUES
        .into_iter()
        .map(|name| Value { name: name.to_owned(), condition: None, features: None })
        .collect()
}

fn value(value: &EnumValue) -> Value {
    Value { name: value.name.clone(), condition: value.condition.clone(), features: marks(&value.features) }
}

fn marks(features: &[Feature]) -> Option<Vec<Mark>> {
    let marks = (features.iter())
        .map(|feature| Mark { name: feature.name.clone(), condition: feature.condition.clone() })
        .collect();
    (!features.is_empty()).then_some(marks)
}

fn plain(name: String, meta: Meta) -> Entry {
    Entry { name, condition: None, features: None, meta }
}

fn entry_of(definition: &Definition, name: String, meta: Meta) -> Entry {
    Entry { name, condition: definition.condition.clone(), features: marks(&definition.features), meta }
}
