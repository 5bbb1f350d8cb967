//! Walks two wire models in step, from commands and events of the same name down through members, branches, elements
//! and alternatives.

use super::model::{Shape, TypeId, Wire};
use std::collections::HashSet;

/// Calls `met` for each place that both models describe by a type of the same shape, with the type of each side.
///
/// A type may meet several types of the other side, since names are masked and versions differ.
pub(crate) fn in_step(one: &Wire, other: &Wire, met: impl FnMut(TypeId, TypeId)) {
    let mut walk = Walk { one, other, met, seen: HashSet::new(), todo: Vec::new() };
    for (name, command) in &one.commands {
        if let Some(found) = other.commands.get(name) {
            walk.meet(command.arguments, found.arguments);
            walk.meet(command.returns, found.returns);
        }
    }
    for (name, event) in &one.events {
        if let Some(found) = other.events.get(name) {
            walk.meet(event.data, found.data);
        }
    }
    while let Some((ty, found)) = walk.todo.pop() {
        walk.descend(ty, found);
    }
}

struct Walk<'a, F> {
    one: &'a Wire,
    other: &'a Wire,
    met: F,
    seen: HashSet<(TypeId, TypeId)>,
    todo: Vec<(TypeId, TypeId)>,
}

impl<F: FnMut(TypeId, TypeId)> Walk<'_, F> {
    fn meet(&mut self, ty: TypeId, found: TypeId) {
        let alike = matches!(
            (&self.one.ty(ty).shape, &self.other.ty(found).shape),
            (Shape::Scalar(_), Shape::Scalar(_))
                | (Shape::Enum(_), Shape::Enum(_))
                | (Shape::Array(_), Shape::Array(_))
                | (Shape::Object(_), Shape::Object(_))
                | (Shape::Alternate(_), Shape::Alternate(_))
        );
        if !alike {
            return;
        }
        (self.met)(ty, found);
        if self.seen.insert((ty, found)) {
            self.todo.push((ty, found));
        }
    }

    fn descend(&mut self, ty: TypeId, found: TypeId) {
        let (one, other) = (self.one, self.other);
        match (&one.ty(ty).shape, &other.ty(found).shape) {
            (Shape::Array(element), Shape::Array(found)) => self.meet(*element, *found),
            (Shape::Object(object), Shape::Object(found)) => {
                for member in &object.members {
                    if let Some(found) = found.members.iter().find(|found| found.name == member.name) {
                        self.meet(member.ty, found.ty);
                    }
                }
                for branch in &object.branches {
                    if let Some(found) = found.branches.iter().find(|found| found.case == branch.case) {
                        self.meet(branch.ty, found.ty);
                    }
                }
            }
            (Shape::Alternate(choices), Shape::Alternate(found)) => {
                for choice in choices {
                    let class = one.class(choice.ty);
                    if let Some(found) = found.iter().find(|found| other.class(found.ty) == class) {
                        self.meet(choice.ty, found.ty);
                    }
                }
            }
            _ => {}
        }
    }
}
