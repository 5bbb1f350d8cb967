//! Finds all groups, from commands and events down.

use super::decisions::Decisions;
use super::group::{Group, met};
use super::join::{Choice, Shape, join};
use super::object::{Branch, Member, Object};
use crate::compose::{Source, camel, choice_name};
use crate::ids::{Id, IdVec, declare_ids};
use crate::wire::Class;
use std::collections::{BTreeMap, BTreeSet, HashMap};

declare_ids! {
    /// The id of a group among all groups.
    pub(super) struct NodeId;
}

/// A group, and what becomes of it.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) group: Group,
    pub(super) shape: Shape<NodeId>,
    /// The first place where it was met.
    pub(super) place: Place,
    /// How many places refer to it.
    pub(super) uses: usize,
    /// Whether a client sends it.
    pub(super) sent: bool,
    /// Whether a client receives it.
    pub(super) received: bool,
}

/// A place.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// For messages: `blockdev-add.arguments[qcow2].file`.
    pub(super) path: String,
    /// The name for a type that has no other.
    pub(super) name: String,
    /// The beginning of such names below.
    prefix: String,
}

/// A command, by the groups of its arguments and of its return value.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) arguments: NodeId,
    pub(super) returns: NodeId,
}

/// All groups, and the commands and events with which they begin.
#[derive(Debug)]
pub(super) struct Walk {
    pub(super) nodes: IdVec<NodeId, Node>,
    pub(super) commands: BTreeMap<String, Command>,
    pub(super) events: BTreeMap<String, NodeId>,
}

/// Walks the schemas in step.
pub(super) fn walk(sources: &[Source<'_>], decisions: &mut Decisions) -> Walk {
    let mut found = Found { groups: IdVec::new(), ids: HashMap::new(), decisions };
    let (mut commands, mut events) = (BTreeMap::new(), BTreeMap::new());
    for name in names(sources, |source| source.wire.commands.keys()) {
        let own = || {
            sources.iter().enumerate().filter_map(|(side, one)| Some((side, one.wire.commands.get(name)?)))
        };
        let arguments = own().map(|(side, command)| met(side, command.arguments, sources)).collect();
        let returns = own().map(|(side, command)| met(side, command.returns, sources)).collect();
        let arguments = found.add(arguments, Place::root(name, "arguments", "Arguments", ""));
        let returns = found.add(returns, Place::root(name, "return", "Reply", "Reply"));
        commands.insert(name.to_owned(), Command { arguments, returns });
    }
    for name in names(sources, |source| source.wire.events.keys()) {
        let own =
            sources.iter().enumerate().filter_map(|(side, one)| Some((side, one.wire.events.get(name)?)));
        let data = own.map(|(side, event)| met(side, event.data, sources)).collect();
        events.insert(name.to_owned(), found.add(data, Place::root(name, "data", "Data", "")));
    }
    // Breadth first, so that the first place of a group is one with the fewest steps.
    let mut shapes: IdVec<NodeId, Shape<NodeId>> = IdVec::new();
    while shapes.len() < found.groups.len() {
        let (group, place) = found.groups[NodeId::from_index(shapes.len())].clone();
        let shape = join(&group, sources);
        shapes.push(found.descend(shape, &place));
    }
    let node = |((group, place), shape)| Node { group, shape, place, uses: 0, sent: false, received: false };
    let nodes = found.groups.into_iter().zip(shapes).map(node).collect();
    Walk { nodes, commands, events }
}

/// All names of one kind.
fn names<'a, I: Iterator<Item = &'a String>>(
    sources: &'a [Source<'_>],
    of: impl Fn(&'a Source<'_>) -> I,
) -> BTreeSet<&'a str> {
    sources.iter().flat_map(of).map(String::as_str).collect()
}

struct Found<'a> {
    groups: IdVec<NodeId, (Group, Place)>,
    ids: HashMap<Group, NodeId>,
    decisions: &'a mut Decisions,
}

impl Found<'_> {
    fn add(&mut self, group: Group, place: Place) -> NodeId {
        let group = self.decisions.apply(&place.path, group);
        if let Some(&id) = self.ids.get(&group) {
            return id;
        }
        let id = self.groups.push((group.clone(), place));
        self.ids.insert(group, id);
        id
    }

    /// Adds the groups to which a shape refers.
    fn descend(&mut self, shape: Shape<Group>, place: &Place) -> Shape<NodeId> {
        match shape {
            Shape::Builtin(name) => Shape::Builtin(name),
            Shape::Enum(values) => Shape::Enum(values),
            Shape::StrOrEnum(enums) => Shape::StrOrEnum(self.add(enums, place.clone())),
            Shape::Array(elements) => Shape::Array(self.add(elements, place.element())),
            Shape::Object(object) => Shape::Object(self.descend_object(object, place)),
            Shape::Alternate(choices) => {
                let choice = |one: Choice<Group>| Choice {
                    ty: self.add(one.ty, place.class(one.class)),
                    class: one.class,
                    condition: one.condition,
                };
                Shape::Alternate(choices.into_iter().map(choice).collect())
            }
        }
    }

    fn descend_object(&mut self, object: Object<Group>, place: &Place) -> Object<NodeId> {
        let mut members = Vec::new();
        for Member { name, ty, optional, condition, features, known, mandatory } in object.members {
            let ty = self.add(ty, place.member(&name));
            members.push(Member { name, ty, optional, condition, features, known, mandatory });
        }
        let mut branches = Vec::new();
        for Branch { case, ty, condition, known } in object.branches {
            let ty = self.add(ty, place.case(&case));
            branches.push(Branch { case, ty, condition, known });
        }
        Object { members, tag: object.tag, branches, unions: object.unions }
    }
}

impl Place {
    fn root(name: &str, step: &str, suffix: &str, below: &str) -> Place {
        let own = camel(name);
        Place {
            path: format!("{name}.{step}"),
            name: format!("{own}{suffix}"),
            prefix: format!("{own}{below}"),
        }
    }

    fn step(&self, path: String, word: &str) -> Place {
        let name = format!("{}{}", self.prefix, camel(word));
        Place { path, prefix: name.clone(), name }
    }

    fn member(&self, name: &str) -> Place {
        self.step(format!("{}.{name}", self.path), name)
    }

    fn case(&self, case: &str) -> Place {
        self.step(format!("{}[{case}]", self.path), case)
    }

    fn class(&self, class: Class) -> Place {
        self.step(format!("{}<{}>", self.path, class.name()), choice_name(Some(class), false))
    }

    fn element(&self) -> Place {
        Place { path: format!("{}[]", self.path), ..self.clone() }
    }
}

impl Shape<NodeId> {
    /// The groups to which it refers.
    pub(super) fn references(&self) -> Vec<NodeId> {
        match self {
            Shape::Builtin(_) | Shape::Enum(_) => Vec::new(),
            Shape::StrOrEnum(ty) | Shape::Array(ty) => vec![*ty],
            Shape::Alternate(choices) => choices.iter().map(|choice| choice.ty).collect(),
            Shape::Object(object) => (object.members.iter().map(|member| member.ty))
                .chain(object.branches.iter().map(|branch| branch.ty))
                .collect(),
        }
    }

    /// Changes the groups to which it refers.
    pub(super) fn redirect(&mut self, target: &IdVec<NodeId, NodeId>) {
        match self {
            Shape::Builtin(_) | Shape::Enum(_) => {}
            Shape::StrOrEnum(ty) | Shape::Array(ty) => *ty = target[*ty],
            Shape::Alternate(choices) => choices.iter_mut().for_each(|choice| choice.ty = target[choice.ty]),
            Shape::Object(object) => {
                object.members.iter_mut().for_each(|member| member.ty = target[member.ty]);
                object.branches.iter_mut().for_each(|branch| branch.ty = target[branch.ty]);
            }
        }
    }
}

impl Walk {
    /// Marks what is sent and what is received, and counts uses. What stays unmarked belongs to groups that use another
    /// type.
    pub(super) fn mark(&mut self) {
        let sent = self.commands.values().map(|command| command.arguments).collect();
        let received = (self.commands.values().map(|command| command.returns))
            .chain(self.events.values().copied())
            .collect();
        let sent = self.reach(sent);
        let received = self.reach(received);
        for id in self.nodes.ids() {
            let node = &mut self.nodes[id];
            (node.sent, node.received) = (sent[id], received[id]);
        }
        let mut uses = self.nodes.map(|_| 0);
        let roots = self.commands.values().flat_map(|command| [command.arguments, command.returns]);
        let below = self.nodes.iter().filter(|node| node.sent || node.received);
        let references = below.flat_map(|node| node.shape.references());
        for id in roots.chain(self.events.values().copied()).chain(references) {
            uses[id] += 1;
        }
        for id in self.nodes.ids() {
            self.nodes[id].uses = uses[id];
        }
    }

    /// Which groups are reached from `roots`.
    fn reach(&self, roots: Vec<NodeId>) -> IdVec<NodeId, bool> {
        let mut seen = self.nodes.map(|_| false);
        let mut todo = roots;
        while let Some(id) = todo.pop() {
            if !std::mem::replace(&mut seen[id], true) {
                todo.extend(self.nodes[id].shape.references());
            }
        }
        seen
    }

    /// The groups that commands and events reach.
    pub(super) fn reached(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes.entries().filter(|(_, node)| node.uses > 0)
    }
}
