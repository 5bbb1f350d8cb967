//! Reachability in a schema: its graphs, and the options that select their roots.

use super::graph::Graph;
use super::options::{Options, option_error};
use crate::diagnostic::{Code, Diagnostics};
use crate::pattern;
use crate::schema::{Arguments, Base, DefId, Definition, DefinitionKind, Member, Schema, Type, TypeName};

/// The graph of definitions that hold others by value; arrays do not.
pub(super) fn containment(schema: &Schema) -> Graph {
    graph(schema, |ty| match ty {
        Type::Plain(TypeName::Defined(id)) => Some(id),
        _ => None,
    })
}

/// The graph of all references between definitions.
pub(super) fn references(schema: &Schema) -> Graph {
    graph(schema, Type::defined)
}

fn graph(schema: &Schema, target: impl Fn(Type) -> Option<DefId>) -> Graph {
    Graph::new(schema.definitions.iter().map(|definition| edges(definition, &target)).collect())
}

/// The definitions that a definition names; `target` filters references to types.
fn edges(definition: &Definition, target: &impl Fn(Type) -> Option<DefId>) -> Vec<DefId> {
    let mut edges = Vec::new();
    let listed = |list: &[Member]| list.iter().filter_map(|member| target(member.ty)).collect::<Vec<_>>();
    let mut arguments = |arguments: &Arguments| match arguments {
        Arguments::Inline(members) => edges.extend(listed(members)),
        Arguments::None | Arguments::Named(_) | Arguments::Boxed(_) => edges.extend(arguments.whole()),
    };
    match &definition.kind {
        DefinitionKind::Enum(_) => {}
        DefinitionKind::Struct(value) => {
            edges.extend(listed(&value.members));
            edges.extend(value.base);
        }
        DefinitionKind::Union(value) => {
            match &value.base {
                Base::Named(base) => edges.push(*base),
                Base::Inline(members) => edges.extend(listed(members)),
            }
            edges.extend(value.branches.iter().map(|branch| branch.ty));
        }
        DefinitionKind::Alternate(value) => {
            edges.extend(value.alternatives.iter().filter_map(|choice| target(choice.ty)));
        }
        DefinitionKind::Command(value) => {
            arguments(&value.arguments);
            edges.extend(value.returns.and_then(target));
        }
        DefinitionKind::Event(value) => arguments(&value.data),
    }
    edges
}

/// The roots of generation: all definitions, or the commands and events of `only`. A pattern there takes those that
/// exist; its others must not bring the types that they alone use.
pub(super) fn roots(
    schema: &Schema,
    options: &Options,
    exists: impl Fn(DefId) -> bool,
) -> Result<Vec<DefId>, Diagnostics> {
    let Some(only) = &options.only else { return Ok(schema.definitions.ids().collect()) };
    let mut roots = Vec::new();
    let mut met = vec![false; only.len()];
    for (id, definition) in schema.definitions.entries().filter(|(_, definition)| is_root(&definition.kind)) {
        // The session answers its own commands in every program.
        let mut wanted = options.served.contains(&definition.name);
        for (name, met) in only.iter().zip(&mut met) {
            if pattern::matches(name, &definition.name) {
                *met = true;
                wanted |= !pattern::is_glob(name) || exists(id);
            }
        }
        roots.extend(wanted.then_some(id));
    }
    let missing = |(name, met): (&String, bool)| {
        let matching = if pattern::is_glob(name) { "that matches " } else { "" };
        (!met).then(|| {
            let message = format!("the schema has no command or event {matching}'{name}'");
            option_error(Code::RustUnknownName, "only", message)
        })
    };
    let missing: Vec<_> = only.iter().zip(met).filter_map(missing).collect();
    if missing.is_empty() { Ok(roots) } else { Err(missing.into_iter().collect()) }
}

/// Whether the option `only` can name it.
pub(super) fn is_root(kind: &DefinitionKind) -> bool {
    matches!(kind, DefinitionKind::Command(_) | DefinitionKind::Event(_))
}

/// The types that a client receives, in returns and event data of the commands and events that `is_root` selects. Empty if
/// no client is generated.
pub(super) fn received_roots(
    schema: &Schema,
    options: &Options,
    is_root: impl Fn(DefId) -> bool,
) -> Vec<DefId> {
    if !options.client {
        return Vec::new();
    }
    let roots = schema.definitions.entries().filter(|(id, _)| is_root(*id));
    let received = roots.flat_map(|(id, definition)| match &definition.kind {
        DefinitionKind::Command(command) => command.returns.and_then(Type::defined),
        DefinitionKind::Event(_) => Some(id),
        _ => None,
    });
    received.collect()
}

/// The types that a client sends, in arguments of the commands that `is_root` selects.
pub(super) fn sent_roots(schema: &Schema, is_root: impl Fn(DefId) -> bool) -> Vec<DefId> {
    let mut roots = Vec::new();
    for (_, definition) in schema.definitions.entries().filter(|(id, _)| is_root(*id)) {
        if let DefinitionKind::Command(command) = &definition.kind {
            roots.extend(command.arguments.whole());
            if let Arguments::Inline(members) = &command.arguments {
                roots.extend(members.iter().filter_map(|member| member.ty.defined()));
            }
        }
    }
    roots
}
