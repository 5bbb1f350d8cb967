//! Keeps names apart that would become one in Rust.
//!
//! Each name has spellings, the nicest first. Where two names of a namespace are spelled alike, all that are take their
//! next spelling, until none are: so the outcome does not depend on their order, and what clashes with nothing is spelled
//! as ever. The last spelling is never the same for two names.

use super::context::Context;
use super::names;
use crate::schema::{DefId, DefinitionKind, Schema};
use std::collections::BTreeMap;

/// The spellings that are not the nicest ones; most schemas have none.
#[derive(Debug, Default)]
pub(super) struct Spellings {
    definitions: BTreeMap<DefId, String>,
    methods: BTreeMap<DefId, String>,
    variants: BTreeMap<(DefId, String), String>,
    fields: BTreeMap<(DefId, String), String>,
    setters: BTreeMap<(DefId, String), String>,
}

/// A way to spell a name.
type Form<'a> = &'a dyn Fn(&str) -> String;

impl Spellings {
    /// Those of the definitions.
    pub(super) fn new(schema: &Schema) -> Self {
        let mut found = Spellings::default();
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
            into.extend(apart(names, forms).into_iter().map(|(at, name)| (names[at].0, name)));
        };
        keep(&mut found.definitions, &types, &[&names::type_name, &names::distinct]);
        let command_forms: [Form; 3] = [&names::command, &names::camel_apart, &names::distinct];
        keep(&mut found.definitions, &commands, &command_forms);
        let event_apart = |name: &str| names::camel_apart(&name.to_ascii_lowercase());
        keep(&mut found.definitions, &events, &[&names::event, &event_apart, &names::distinct]);
        keep(&mut found.methods, &commands, &[&names::method, &names::words, &names::distinct]);
        found
    }

    /// Those of what is in the definitions.
    pub(super) fn add_inner(mut self, cx: &Context) -> Self {
        for (id, definition) in cx.schema.definitions.entries() {
            match &definition.kind {
                DefinitionKind::Enum(value) => {
                    self.add_variants(cx, id, value.values.iter().map(|value| &value.name[..]));
                }
                DefinitionKind::Alternate(value) => {
                    self.add_variants(cx, id, value.alternatives.iter().map(|it| &it.name[..]));
                }
                DefinitionKind::Union(value) => {
                    if let DefinitionKind::Enum(kinds) = &cx.definition(value.discriminator_enum).kind {
                        self.add_variants(cx, id, kinds.values.iter().map(|value| &value.name[..]));
                    }
                    self.add_members(cx, id);
                }
                DefinitionKind::Struct(_) | DefinitionKind::Command(_) | DefinitionKind::Event(_) => {
                    self.add_members(cx, id);
                }
            }
        }
        self
    }

    fn add_variants<'s>(&mut self, cx: &Context, id: DefId, values: impl Iterator<Item = &'s str>) {
        let names: Names = values.map(|name| (id, name)).collect();
        let open = cx.is_open(id);
        let nicest = |name: &str| names::variant(name, open);
        let apart_at_separators = |name: &str| names::unreserved_variant(names::camel_apart(name), open);
        let forms: [Form; 3] = [&nicest, &apart_at_separators, &names::distinct];
        for (at, spelled) in apart(&names, &forms) {
            self.variants.insert((id, names[at].1.to_owned()), spelled);
        }
    }

    fn add_members(&mut self, cx: &Context, id: DefId) {
        let members = cx.members(id);
        let names: Names = members.iter().map(|placed| (id, &placed.member.name[..])).collect();
        for (at, spelled) in apart(&names, &[&names::field, &names::words, &names::distinct]) {
            self.fields.insert((id, names[at].1.to_owned()), spelled);
        }
        let optional = members.iter().filter(|placed| placed.member.optional);
        let names: Names = optional.map(|placed| (id, &placed.member.name[..])).collect();
        let nicest = |name: &str| names::setter(&self.field(id, name));
        for (at, spelled) in apart(&names, &[&nicest, &names::distinct]) {
            self.setters.insert((id, names[at].1.to_owned()), spelled);
        }
    }

    /// The name of a definition that is not the nicest.
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
}

/// The names of one namespace, and whose they are.
type Names<'s> = Vec<(DefId, &'s str)>;

/// The names that cannot have their first form, with the form that they get.
fn apart(names: &Names, forms: &[Form]) -> Vec<(usize, String)> {
    spell(&names.iter().map(|(_, name)| *name).collect::<Vec<_>>(), forms)
}

/// As [`apart`], of names alone.
pub(super) fn spell(names: &[&str], forms: &[Form]) -> Vec<(usize, String)> {
    let mut spelled: Vec<(usize, String)> = names.iter().map(|name| (0, forms[0](name))).collect();
    loop {
        let mut alike: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, (_, text)) in spelled.iter().enumerate() {
            alike.entry(names::escaped(text)).or_default().push(at);
        }
        let clashing = alike.into_values().filter(|group| group.len() > 1).flatten();
        let mut raised = false;
        for at in clashing {
            let level = spelled[at].0 + 1;
            if let Some(form) = forms.get(level) {
                spelled[at] = (level, form(names[at]));
                raised = true;
            }
        }
        if !raised {
            let others = spelled.into_iter().enumerate().filter(|(_, (level, _))| *level > 0);
            return others.map(|(at, (_, text))| (at, text)).collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variants(names: &[&str]) -> Vec<String> {
        let nicest = |name: &str| names::variant(name, true);
        let apart = |name: &str| names::unreserved_variant(names::camel_apart(name), true);
        let others = spell(names, &[&nicest, &apart, &names::distinct]);
        let mut all: Vec<String> = names.iter().map(|name| nicest(name)).collect();
        others.into_iter().for_each(|(at, text)| all[at] = text);
        all
    }

    #[test]
    fn separators_are_kept_where_they_tell_names_apart() {
        assert_eq!(variants(&["foo-1", "foo1", "bar-1"]), ["Foo_1", "Foo1", "Bar1"]);
        assert_eq!(variants(&["foo1", "bar-1", "foo-1"]), ["Foo1", "Bar1", "Foo_1"]);
        assert_eq!(variants(&["unknown", "unknown-"]), ["_unknown", "_unknown_d"]);
    }

    #[test]
    fn what_a_spelling_runs_into_is_respelled_too() {
        // `x-86-64` is `X86_64` at first, and so is `x86-64`.
        assert_eq!(variants(&["x86-64", "x-86-64"]), ["X86_64", "X_86_64"]);
        assert_eq!(variants(&["a", "A"]), ["_a", "_A"]);
    }

    #[test]
    fn names_that_differ_are_spelled_differently_at_last() {
        let names = ["a-b", "a_b", "a.b", "ab", "AB", "self", "self_", "144", "_144", "a--b", "a_db", "a-db"];
        let none = |_: &str| "same".to_owned();
        let spelled = spell(&names, &[&none, &names::distinct]);
        let different: std::collections::BTreeSet<&String> = spelled.iter().map(|(_, text)| text).collect();
        assert_eq!(different.len(), names.len());
    }
}
