//! Checks that references to a conditional type exist only under the type's condition.

use super::checker::Checker;
use super::draft::{Base, Body, Draft};
use super::{Condition, implication};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::Str;

/// Warns of references whose condition does not imply that of their type: the schema is then invalid for some
/// combinations of defines.
pub(super) fn check(checker: &mut Checker<'_, '_>, draft: &Draft<'_>) {
    let mut check = |name: &Str, own: Option<&Condition>| {
        let Some(id) = checker.defined(name) else { return };
        let target = &checker.drafts[id];
        let Some(condition) = &target.condition else { return };
        let premises: Vec<&Condition> = draft.condition.iter().chain(own).collect();
        if implication::implies(&premises, condition, &mut checker.cx.implications) == Some(false) {
            let diagnostic = warning(draft, target, name.span, &name.text, condition);
            checker.report(diagnostic);
        }
    };
    if let Some(base) = draft.base() {
        check(base, None);
    }
    for member in draft.own_members() {
        if let Some(ty) = member.ty {
            check(ty.name, member.condition.as_ref());
        }
    }
    match &draft.body {
        Body::Enum { .. } => {}
        Body::Struct { base: _, members: _ } | Body::Event { data: _ } => {}
        Body::Union {
            base: Base::Named(_) | Base::Inline(_) | Base::Unknown,
            branches,
            discriminator: _,
        } => {
            for branch in branches {
                if let Some(ty) = branch.ty {
                    check(ty, branch.condition.as_ref());
                }
            }
        }
        Body::Alternate { alternatives } => {
            for alternative in alternatives {
                if let Some(ty) = alternative.ty {
                    check(ty.name, alternative.condition.as_ref());
                }
            }
        }
        Body::Command { returns, data: _, flags: _ } => {
            if let Some(returns) = returns {
                check(returns.name, None);
            }
        }
    }
    if let Some((name, _)) = draft.named_data() {
        check(name, None);
    }
}

fn warning(draft: &Draft<'_>, target: &Draft<'_>, at: Span, name: &str, condition: &Condition) -> Diagnostic {
    let message = format!(
        "{} uses '{name}' where it may not exist: '{name}' depends on {condition}",
        draft.site.describe()
    );
    Diagnostic::warning(Code::ConditionNotImplied, at, message)
        .label(at, "the condition here does not imply that of the type")
        .label(target.site.name.span, format!("exists only if {condition}"))
}
