//! Lists the parts of a schema that have conditions.

use super::{Arguments, Base, Condition, Definition, DefinitionKind, Feature, Member, Schema};
use std::fmt;

/// A part of a schema that has a condition.
#[derive(Clone, Debug)]
pub struct Conditional<'a> {
    /// The definition that it is, or that it is in.
    pub definition: &'a Definition,
    /// The kind and the name of the part inside the definition: `member`, `value`, `branch` or `alternative`.
    pub inside: Option<(&'static str, &'a str)>,
    /// The name of the feature, if it is one of the definition or of the part inside.
    pub feature: Option<&'a str>,
    /// The condition.
    pub condition: &'a Condition,
}

/// As in `value 'io_uring' of enumeration 'BlockdevAioOptions'`.
impl fmt::Display for Conditional<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = self.feature {
            write!(f, "feature '{name}' of ")?;
        }
        if let Some((kind, name)) = self.inside {
            write!(f, "{kind} '{name}' of ")?;
        }
        write!(f, "{} '{}'", self.definition.kind.name(), self.definition.name)
    }
}

impl Schema {
    /// Every part that has a condition, in the order of the schema.
    pub fn conditionals(&self) -> Vec<Conditional<'_>> {
        let mut all = Vec::new();
        for definition in &self.definitions {
            let mut list = List { definition, all: &mut all };
            list.part(None, definition.condition.as_ref(), &definition.features);
            list.parts(&definition.kind);
        }
        all
    }
}

struct List<'a, 'l> {
    definition: &'a Definition,
    all: &'l mut Vec<Conditional<'a>>,
}

impl<'a> List<'a, '_> {
    fn parts(&mut self, kind: &'a DefinitionKind) {
        match kind {
            DefinitionKind::Enum(found) => {
                for value in &found.values {
                    self.part(Some(("value", &value.name)), value.condition.as_ref(), &value.features);
                }
            }
            DefinitionKind::Struct(found) => self.members(&found.members),
            DefinitionKind::Union(found) => {
                if let Base::Inline(base) = &found.base {
                    self.members(base);
                }
                for branch in &found.branches {
                    self.part(Some(("branch", &branch.name)), branch.condition.as_ref(), &[]);
                }
            }
            DefinitionKind::Alternate(found) => {
                for choice in &found.alternatives {
                    self.part(Some(("alternative", &choice.name)), choice.condition.as_ref(), &[]);
                }
            }
            DefinitionKind::Command(found) => self.arguments(&found.arguments),
            DefinitionKind::Event(found) => self.arguments(&found.data),
        }
    }

    fn arguments(&mut self, arguments: &'a Arguments) {
        match arguments {
            Arguments::Inline(list) => self.members(list),
            Arguments::None | Arguments::Named(_) | Arguments::Boxed(_) => {}
        }
    }

    fn members(&mut self, members: &'a [Member]) {
        for member in members {
            self.part(Some(("member", &member.name)), member.condition.as_ref(), &member.features);
        }
    }

    fn part(
        &mut self,
        inside: Option<(&'static str, &'a str)>,
        condition: Option<&'a Condition>,
        features: &'a [Feature],
    ) {
        let definition = self.definition;
        let own = condition.map(|condition| (None, condition));
        let marks = features.iter().filter_map(|it| Some((Some(&it.name[..]), it.condition.as_ref()?)));
        let found = own.into_iter().chain(marks);
        self.all.extend(found.map(|(feature, condition)| Conditional {
            definition,
            inside,
            feature,
            condition,
        }));
    }
}
