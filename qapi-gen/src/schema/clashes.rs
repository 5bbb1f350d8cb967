//! The members of one JSON object have distinct names, in C too, wherever they come from: the object's own, its
//! bases', a branch's.
//!
//! Structs form a forest, each below its base. The walk goes down from each root with the names of all members on
//! the way in scope, so a chain of bases costs no more than its members.

use super::context::Context;
use super::draft::{Body, Branch, Data, Draft, Member};
use super::names::c_name;
use super::symbols::{Symbols, Target};
use super::union;
use crate::diagnostic::Code;
use crate::source::Span;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// Checks all members, then what can only be said when all members of an object are known: the rules for
/// discriminators and for arguments with conditions.
pub(super) fn check(cx: &mut Context<'_>, symbols: &Symbols<'_>, drafts: &[Draft<'_>]) {
    let mut walk = Walk {
        symbols,
        drafts,
        base: drafts.iter().map(|draft| base_of(symbols, drafts, draft)).collect(),
        conditional: vec![None; drafts.len()],
        scope: HashMap::new(),
    };
    let mut derived: Vec<Vec<usize>> = vec![Vec::new(); drafts.len()];
    for (id, base) in walk.base.iter().enumerate() {
        if let Some(base) = base {
            derived[*base].push(id);
        }
    }
    for id in 0..drafts.len() {
        if walk.base[id].is_none() {
            walk.descend(cx, &derived, id);
        }
    }
    for draft in drafts {
        check_boxed(cx, symbols, drafts, draft, &walk.conditional);
    }
}

fn base_of(symbols: &Symbols<'_>, drafts: &[Draft<'_>], draft: &Draft<'_>) -> Option<usize> {
    match symbols.find(&draft.base()?.text)? {
        Target::Defined(id) => matches!(drafts[id].body, Body::Struct { .. }).then_some(id),
        Target::Builtin(_) => None,
    }
}

type Scope<'d, 'a> = HashMap<Cow<'d, str>, (usize, &'d Member<'a>)>;

struct Walk<'d, 'a> {
    symbols: &'d Symbols<'a>,
    drafts: &'d [Draft<'a>],
    /// The struct that each definition is based on.
    base: Vec<Option<usize>>,
    /// A member with a condition, own or inherited.
    conditional: Vec<Option<Span>>,
    /// The members that the definition at hand has, by their names in C, each with its owner.
    scope: Scope<'d, 'a>,
}

enum Step {
    Enter(usize),
    Leave(Vec<String>),
}

impl<'d, 'a> Walk<'d, 'a> {
    /// Visits `root` and everything based on it. What is part of a circle has no root, and is left out.
    fn descend(&mut self, cx: &mut Context<'_>, derived: &[Vec<usize>], root: usize) {
        let mut steps = vec![Step::Enter(root)];
        while let Some(step) = steps.pop() {
            match step {
                Step::Leave(names) => {
                    for name in names {
                        self.scope.remove(name.as_str());
                    }
                }
                Step::Enter(id) => {
                    let added = self.enter(cx, id);
                    steps.push(Step::Leave(added));
                    steps.extend(derived[id].iter().rev().map(|&id| Step::Enter(id)));
                }
            }
        }
    }

    /// Takes the definition's own members into scope, and hands on the names that it added.
    fn enter(&mut self, cx: &mut Context<'_>, id: usize) -> Vec<String> {
        let draft = &self.drafts[id];
        let members = draft.own_members();
        let own = members.iter().find(|member| member.condition.is_some()).map(|member| member.span);
        self.conditional[id] = self.base[id].and_then(|base| self.conditional[base]).or(own);
        let mut added = Vec::with_capacity(members.len());
        for member in members {
            let name = c_name(member.name);
            match self.scope.get(&name) {
                Some(&(owner, first)) => self.report(cx, id, member, owner, first),
                None => {
                    added.push(name.clone().into_owned());
                    self.scope.insert(name, (id, member));
                }
            }
        }
        if let Body::Union { branches, discriminator, .. } = &draft.body {
            if let Some(discriminator) = discriminator
                && (draft.base().is_none() || self.base[id].is_some())
                && self.knows_base(draft)
            {
                let member = self.scope.get(&c_name(&discriminator.text)).map(|(_, member)| *member);
                union::check_discriminator(cx, self.symbols, self.drafts, draft, discriminator, member);
            }
            self.check_branches(cx, id, branches);
        }
        added
    }

    /// Whether the common members of a union are known at all.
    fn knows_base(&self, draft: &Draft<'_>) -> bool {
        !matches!(&draft.body, Body::Union { base: super::draft::Base::Unknown, .. })
    }

    /// No branch has a member of the name of a common one. Each type is looked into once for a union, by
    /// however many branches it is reached.
    fn check_branches(&self, cx: &mut Context<'_>, id: usize, branches: &'d [Branch<'a>]) {
        let mut seen = HashSet::new();
        for branch in branches {
            let mut todo: Vec<usize> = self.branch_type(branch).into_iter().collect();
            while let Some(part) = todo.pop() {
                if part == id || !seen.insert(part) {
                    continue;
                }
                for member in self.drafts[part].own_members() {
                    if let Some(&(owner, common)) = self.scope.get(&c_name(member.name)) {
                        self.report_branch(cx, id, branch, (part, member), (owner, common));
                    }
                }
                todo.extend(self.base[part]);
                if let Body::Union { branches, .. } = &self.drafts[part].body {
                    todo.extend(branches.iter().filter_map(|branch| self.branch_type(branch)));
                }
            }
        }
    }

    fn branch_type(&self, branch: &Branch<'_>) -> Option<usize> {
        match self.symbols.find(&branch.ty?.text)? {
            Target::Defined(id) => {
                matches!(self.drafts[id].body, Body::Struct { .. } | Body::Union { .. }).then_some(id)
            }
            Target::Builtin(_) => None,
        }
    }

    fn report(&self, cx: &mut Context<'_>, id: usize, member: &Member<'_>, owner: usize, first: &Member<'_>) {
        let of =
            if owner == id { String::new() } else { format!(" of {}", self.drafts[owner].site.describe()) };
        let message = format!("member '{}' collides with member '{}'{of}", member.name, first.name);
        let diagnostic =
            cx.fault(&self.drafts[id].site, Code::NameClash, member.span, message, "this member");
        let label = if owner == id { "first stated here" } else { "member of the base" };
        cx.found.push(clash_note(diagnostic.label(first.span, label), member.name, first.name));
    }

    fn report_branch(
        &self,
        cx: &mut Context<'_>,
        id: usize,
        branch: &Branch<'_>,
        (part, member): (usize, &Member<'_>),
        (_, common): (usize, &Member<'_>),
    ) {
        let of = self.drafts[part].site.describe();
        let message = format!(
            "member '{}' of {of}, in branch '{}', collides with common member '{}'",
            member.name, branch.name.text, common.name
        );
        let diagnostic =
            cx.fault(&self.drafts[id].site, Code::NameClash, branch.name.span, message, "this branch");
        let diagnostic =
            diagnostic.label(member.span, "member of the branch").label(common.span, "common member");
        cx.found.push(clash_note(diagnostic, member.name, common.name));
    }
}

fn clash_note(diagnostic: crate::diagnostic::Diagnostic, a: &str, b: &str) -> crate::diagnostic::Diagnostic {
    if a == b {
        diagnostic
    } else {
        diagnostic.note("names that differ only in '-', '_' and '.' are the same in C")
    }
}

/// Arguments and data of which a member has a condition are boxed.
fn check_boxed(
    cx: &mut Context<'_>,
    symbols: &Symbols<'_>,
    drafts: &[Draft<'_>],
    draft: &Draft<'_>,
    conditional: &[Option<Span>],
) {
    let (what, data) = match &draft.body {
        Body::Command { data, .. } => ("command arguments", data),
        Body::Event { data } => ("event data", data),
        Body::Enum { .. } | Body::Struct { .. } | Body::Union { .. } | Body::Alternate { .. } => return,
    };
    let (at, member) = match data {
        Data::Named { name, boxed: false } => match symbols.find(&name.text) {
            Some(Target::Defined(id)) if matches!(drafts[id].body, Body::Struct { .. }) => {
                (name.span, conditional[id])
            }
            Some(Target::Defined(_) | Target::Builtin(_)) | None => return,
        },
        Data::Inline(members) => {
            let member = members.iter().find(|member| member.condition.is_some());
            (draft.site.name.span, member.map(|member| member.span))
        }
        Data::Named { boxed: true, .. } | Data::None => return,
    };
    let Some(member) = member else { return };
    let message = format!("conditional {what} of '{}' require 'boxed': true", draft.site.name.text);
    let diagnostic = cx.fault(&draft.site, Code::ConditionalNotBoxed, at, message, "not boxed");
    cx.found.push(diagnostic.label(member, "this member is conditional"));
}
