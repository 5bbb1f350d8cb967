//! Checks the option `only` against the conditions: something has to be left of each name and pattern.

use crate::pattern;
use crate::rust::cfg::When;
use crate::rust::context::Context;
use crate::rust::reach;
use crate::schema::{Condition, DefId};

/// The error if nothing that `name` stands for exists under the defines: nothing would be generated for it.
pub(super) fn fault(cx: &Context<'_>, name: &str) -> Option<String> {
    if !pattern::is_glob(name) {
        let id = cx.find(name).filter(|id| !cx.is_present(*id))?;
        return Some(format!("'{name}' does not exist here, since {}", reason(cx, id)));
    }
    let mut absent = Vec::new();
    for (id, definition) in cx.schema.definitions.entries() {
        if reach::is_root(&definition.kind) && pattern::matches(name, &definition.name) {
            // A pattern takes what is there; names that are not there are no error beside one that is.
            if cx.is_present(id) {
                return None;
            }
            absent.push(format!("'{}' does not, since {}", definition.name, reason(cx, id)));
        }
    }
    Some(format!("nothing that matches '{name}' exists here: {}", absent.join("; ")))
}

/// Why the definition does not exist.
fn reason(cx: &Context<'_>, id: DefId) -> String {
    match &cx.definition(id).condition {
        Some(condition) if cx.decider.decide(When::always().and(Some(condition))).is_none() => {
            let define = match condition {
                Condition::Define(define) => format!(": set the define {define}"),
                _ => String::new(),
            };
            format!("its condition {condition} does not hold{define}")
        }
        _ => "the condition of a type that it needs does not hold".to_owned(),
    }
}
