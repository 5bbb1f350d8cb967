//! The schema of every build of a program at once, for clients that do not know how their peer was built.

use super::implication::can_hold;
use super::{Arguments, Base, Condition, DefinitionKind, Feature, Member, Schema};

impl Schema {
    /// This schema with everything that exists in some build, without conditions.
    ///
    /// A member with a condition becomes optional, since not every build has it. A condition that no build fulfils stays
    /// as it is.
    #[must_use]
    pub fn of_any_build(mut self) -> Self {
        for definition in &mut self.definitions {
            lift(&mut definition.condition);
            features(&mut definition.features);
            match &mut definition.kind {
                DefinitionKind::Enum(value) => {
                    for value in &mut value.values {
                        lift(&mut value.condition);
                        features(&mut value.features);
                    }
                }
                DefinitionKind::Struct(value) => members(&mut value.members),
                DefinitionKind::Union(value) => {
                    if let Base::Inline(base) = &mut value.base {
                        members(base);
                    }
                    value.branches.iter_mut().for_each(|branch| drop(lift(&mut branch.condition)));
                }
                DefinitionKind::Alternate(value) => {
                    value.alternatives.iter_mut().for_each(|choice| drop(lift(&mut choice.condition)));
                }
                DefinitionKind::Command(command) => arguments(&mut command.arguments),
                DefinitionKind::Event(event) => arguments(&mut event.data),
            }
        }
        self
    }
}

fn arguments(arguments: &mut Arguments) {
    match arguments {
        Arguments::Inline(list) => members(list),
        Arguments::None | Arguments::Named(_) | Arguments::Boxed(_) => {}
    }
}

fn members(members: &mut [Member]) {
    for member in members {
        member.optional |= lift(&mut member.condition).is_some();
        features(&mut member.features);
    }
}

fn features(features: &mut [Feature]) {
    features.iter_mut().for_each(|feature| drop(lift(&mut feature.condition)));
}

/// Removes a condition that some build fulfils, and returns it.
fn lift(condition: &mut Option<Condition>) -> Option<Condition> {
    condition.take_if(|condition| can_hold(condition))
}

#[cfg(test)]
mod tests {
    use crate::loader::MemoryLoader;
    use crate::schema::{Failure, Loaded, Options, load};
    use std::path::Path;

    fn loaded(text: &str) -> Result<Loaded, Failure> {
        load(&MemoryLoader::new().file("a.json", text), Path::new("a.json"), &Options::default())
    }

    #[test]
    fn only_contradictions_stay() {
        let schema = loaded(
            "{ 'struct': 'Aa', 'if': 'A', 'data': { 'x': { 'type': 'int', 'if': { 'not': 'B' } }, 'y': 'int' } }
             { 'enum': 'Ee', 'data': [ { 'name': 'a', 'if': { 'all': [ 'A', { 'not': 'A' } ] } }, { 'name': 'b', 'if': 'B' } ] }",
        );
        let schema = schema.expect("the schema is right").schema.of_any_build();
        let defines: Vec<&str> = schema.defines().into_iter().collect();
        assert_eq!(defines, ["A"], "of the contradiction");
        let [aa, _] = &schema.definitions.iter().collect::<Vec<_>>()[..] else { panic!("two definitions") };
        let crate::schema::DefinitionKind::Struct(aa) = &aa.kind else { panic!("a struct") };
        let optional: Vec<bool> = aa.members.iter().map(|member| member.optional).collect();
        assert_eq!(optional, [true, false]);
    }

    /// Otherwise two definitions of one name would meet where the conditions of both count as holding.
    #[test]
    fn one_name_has_one_definition_under_any_condition() {
        for (text, message) in [
            (
                "{ 'struct': 'Aa', 'if': 'A', 'data': {} } { 'enum': 'Aa', 'if': { 'not': 'A' }, 'data': [] }",
                "'Aa' is already defined",
            ),
            (
                "{ 'enum': 'Ee', 'data': [ { 'name': 'a', 'if': 'A' }, { 'name': 'a', 'if': { 'not': 'A' } } ] }",
                "collides with",
            ),
        ] {
            let failure = loaded(text).expect_err("two of one name");
            let told = failure.diagnostics.to_human(&failure.sources);
            assert!(
                told.contains(message) && told.matches("'not': 'A'").count() > 0 && told.contains("first"),
                "{told}"
            );
        }
    }
}
