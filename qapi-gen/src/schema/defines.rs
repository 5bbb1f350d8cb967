//! The defines in a schema's conditions.

use super::{Arguments, Base, Condition, DefinitionKind, Feature, Member, Schema};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Origin, Severity};
use std::collections::BTreeSet;

impl Schema {
    /// A warning for each of `defines` that no condition of the schema names.
    pub fn unused_defines(&self, defines: &BTreeSet<String>) -> Diagnostics {
        let used = self.defines();
        (defines.iter())
            .filter(|name| !used.contains(name.as_str()))
            .map(|name| {
                let message = format!("no condition of the schema asks for '{name}'");
                Diagnostic::new(
                    Code::UnusedDefine,
                    Severity::Warning,
                    Origin::Option("define".to_owned()),
                    message,
                )
            })
            .collect()
    }

    /// Every define that a condition of the schema names.
    pub fn defines(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        for definition in &self.definitions {
            let mut all: Vec<&Condition> = definition.condition.iter().collect();
            features(&definition.features, &mut all);
            of_kind(&definition.kind, &mut all);
            while let Some(condition) = all.pop() {
                match condition {
                    Condition::Define(name) => drop(names.insert(name.as_str())),
                    Condition::All(parts) | Condition::Any(parts) => all.extend(parts),
                    Condition::Not(part) => all.push(part),
                }
            }
        }
        names
    }
}

fn of_kind<'a>(kind: &'a DefinitionKind, out: &mut Vec<&'a Condition>) {
    match kind {
        DefinitionKind::Enum(e) => {
            for value in &e.values {
                out.extend(&value.condition);
                features(&value.features, out);
            }
        }
        DefinitionKind::Struct(s) => members(&s.members, out),
        DefinitionKind::Union(u) => {
            if let Base::Inline(base) = &u.base {
                members(base, out);
            }
            out.extend(u.branches.iter().filter_map(|branch| branch.condition.as_ref()));
        }
        DefinitionKind::Alternate(a) => {
            out.extend(a.alternatives.iter().filter_map(|choice| choice.condition.as_ref()));
        }
        DefinitionKind::Command(command) => arguments(&command.arguments, out),
        DefinitionKind::Event(event) => arguments(&event.data, out),
    }
}

fn arguments<'a>(arguments: &'a Arguments, out: &mut Vec<&'a Condition>) {
    match arguments {
        Arguments::Inline(list) => members(list, out),
        Arguments::None | Arguments::Named(_) | Arguments::Boxed(_) => {}
    }
}

fn members<'a>(members: &'a [Member], out: &mut Vec<&'a Condition>) {
    for member in members {
        out.extend(&member.condition);
        features(&member.features, out);
    }
}

fn features<'a>(features: &'a [Feature], out: &mut Vec<&'a Condition>) {
    out.extend(features.iter().filter_map(|feature| feature.condition.as_ref()));
}
