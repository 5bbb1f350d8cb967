//! The spelling of names in Rust where the nicest one would clash.

use super::apart::{Form, apart};
use super::names;
use super::selection::Selection;
use crate::schema::{DefId, DefinitionKind, Enum, Schema};
use std::collections::BTreeMap;

/// The spellings other than the nicest ones; most schemas have none.
#[derive(Debug, Default)]
pub(super) struct Spellings {
    definitions: BTreeMap<DefId, String>,
    methods: BTreeMap<DefId, String>,
    variants: BTreeMap<(DefId, String), String>,
    fields: BTreeMap<(DefId, String), String>,
    setters: BTreeMap<(DefId, String), String>,
    constructors: BTreeMap<(DefId, String), String>,
}

impl Spellings {
    pub(super) fn new(selection: &Selection) -> Self {
        let mut found = Spellings::default();
        found.add_definitions(selection.schema);
        found.add_inner(selection);
        found
    }

    /// The definitions, and the methods of commands.
    fn add_definitions(&mut self, schema: &Schema) {
        let (mut types, mut commands, mut events) = (Names::default(), Names::default(), Names::default());
        for (id, definition) in schema.definitions.entries() {
            let names = match definition.kind {
                DefinitionKind::Command(_) => &mut commands,
                DefinitionKind::Event(_) => &mut events,
                _ => &mut types,
            };
            names.push((id, &definition.name));
        }
        let keep = |into: &mut BTreeMap<DefId, String>, names: &Names, forms: &[Form]| {
            into.extend(clashing(names, forms).into_iter().map(|(at, name)| (names[at].0, name)));
        };
        keep(&mut self.definitions, &types, &[&names::type_name, &names::distinct]);
        let command_forms: [Form; 3] = [&names::command, &names::camel_apart, &names::distinct];
        keep(&mut self.definitions, &commands, &command_forms);
        let event_apart = |name: &str| names::camel_apart(&name.to_ascii_lowercase());
        keep(&mut self.definitions, &events, &[&names::event, &event_apart, &names::distinct]);
        keep(&mut self.methods, &commands, &[&names::method, &names::words, &names::distinct]);
    }

    /// The parts of definitions: members, values, alternatives.
    fn add_inner(&mut self, selection: &Selection) {
        for (id, definition) in selection.schema.definitions.entries() {
            match &definition.kind {
                DefinitionKind::Enum(value) => {
                    self.add_variants(selection, id, value.values.iter().map(|value| &value.name[..]));
                }
                DefinitionKind::Alternate(value) => {
                    self.add_variants(selection, id, value.alternatives.iter().map(|it| &it.name[..]));
                }
                DefinitionKind::Union(value) => {
                    if let DefinitionKind::Enum(kinds) = &selection.definition(value.discriminator_enum).kind
                    {
                        self.add_variants(selection, id, kinds.values.iter().map(|value| &value.name[..]));
                        self.add_members(selection, id);
                        self.add_constructors(selection, id, kinds);
                    }
                }
                DefinitionKind::Struct(_) | DefinitionKind::Command(_) | DefinitionKind::Event(_) => {
                    self.add_members(selection, id);
                }
            }
        }
    }

    fn add_variants<'s>(&mut self, selection: &Selection, id: DefId, values: impl Iterator<Item = &'s str>) {
        let names: Names = values.map(|name| (id, name)).collect();
        let open = selection.is_open(id);
        let nicest = |name: &str| names::variant(name, open);
        let apart_at_separators = |name: &str| names::unreserved_variant(names::camel_apart(name), open);
        let forms: [Form; 3] = [&nicest, &apart_at_separators, &names::distinct];
        for (at, spelled) in clashing(&names, &forms) {
            self.variants.insert((id, names[at].1.to_owned()), spelled);
        }
    }

    fn add_members(&mut self, selection: &Selection, id: DefId) {
        let members = selection.members(id);
        let names: Names = members.iter().map(|placed| (id, &placed.member.name[..])).collect();
        for (at, spelled) in clashing(&names, &[&names::field, &names::words, &names::distinct]) {
            self.fields.insert((id, names[at].1.to_owned()), spelled);
        }
        let optional = members.iter().filter(|placed| placed.member.optional);
        let names: Names = optional.map(|placed| (id, &placed.member.name[..])).collect();
        let nicest = |name: &str| names::setter(&self.field(id, name));
        for (at, spelled) in clashing(&names, &[&nicest, &names::distinct]) {
            self.setters.insert((id, names[at].1.to_owned()), spelled);
        }
    }

    /// The constructors of a union's branches, which share a namespace with its setters.
    fn add_constructors(&mut self, selection: &Selection, id: DefId, kinds: &Enum) {
        let members = selection.members(id);
        let optional = members.iter().filter(|placed| placed.member.optional);
        let setters: Vec<String> = optional.map(|placed| self.setter(id, &placed.member.name)).collect();
        let beside_setters = |name: &str| {
            let mut spelled = names::constructor(name);
            while setters.contains(&spelled) {
                spelled.push('_');
            }
            spelled
        };
        let names: Names = kinds.values.iter().map(|value| (id, &value.name[..])).collect();
        let clashing = clashing(&names, &[&beside_setters, &names::distinct_constructor]);
        let mut spelled: Vec<String> = names.iter().map(|(_, name)| beside_setters(name)).collect();
        clashing.into_iter().for_each(|(at, name)| spelled[at] = name);
        for ((_, name), spelled) in names.iter().zip(spelled) {
            if spelled != names::constructor(name) {
                self.constructors.insert((id, (*name).to_owned()), spelled);
            }
        }
    }

    /// The name of a definition, if it is not the nicest.
    pub(super) fn definition(&self, id: DefId) -> Option<&String> {
        self.definitions.get(&id)
    }

    /// The method of a command.
    pub(super) fn method(&self, id: DefId, name: &str) -> String {
        self.methods.get(&id).cloned().unwrap_or_else(|| names::method(name))
    }

    /// The variant for a value of an enumeration, for the branch of a union or for an alternative.
    pub(super) fn variant(&self, id: DefId, name: &str, open: bool) -> String {
        let other = if self.variants.is_empty() { None } else { self.variants.get(&(id, name.to_owned())) };
        other.cloned().unwrap_or_else(|| names::variant(name, open))
    }

    /// The field for a member.
    pub(super) fn field(&self, id: DefId, name: &str) -> String {
        let other = if self.fields.is_empty() { None } else { self.fields.get(&(id, name.to_owned())) };
        other.cloned().unwrap_or_else(|| names::field(name))
    }

    /// The setter for an optional member.
    pub(super) fn setter(&self, id: DefId, name: &str) -> String {
        let other = if self.setters.is_empty() { None } else { self.setters.get(&(id, name.to_owned())) };
        other.cloned().unwrap_or_else(|| names::setter(&self.field(id, name)))
    }

    /// The constructor of a union's branch.
    pub(super) fn constructor(&self, id: DefId, name: &str) -> String {
        let other =
            if self.constructors.is_empty() { None } else { self.constructors.get(&(id, name.to_owned())) };
        other.cloned().unwrap_or_else(|| names::constructor(name))
    }
}

/// The names of one namespace, with their owners.
type Names<'s> = Vec<(DefId, &'s str)>;

/// The names that cannot have their first spelling, by index, with the one that they get.
fn clashing(names: &Names, forms: &[Form]) -> Vec<(usize, String)> {
    apart(&names.iter().map(|(_, name)| *name).collect::<Vec<_>>(), forms)
}
