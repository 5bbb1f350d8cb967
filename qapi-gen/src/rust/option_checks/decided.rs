//! Checks options against decisions of the context: which handlers are async, which types a client receives.

use super::only;
use crate::diagnostic::{Code, Diagnostics};
use crate::rust::context::Context;
use crate::rust::options::option_error;
use crate::schema::DefinitionKind;

/// Reports options that name existing definitions but have no effect on them or cannot apply to them.
pub(in crate::rust) fn check(cx: &Context<'_>) -> Result<(), Diagnostics> {
    let faults = |option: &'static str, names: &[String], fault: fn(&Context<'_>, &str) -> Option<String>| {
        let faults = names.iter().filter_map(|name| fault(cx, name));
        faults.map(|fault| option_error(Code::RustOption, option, fault)).collect::<Vec<_>>()
    };
    let mut found = faults("blocking", &cx.options.blocking, blocking);
    found.extend(faults("closed", &cx.options.closed, closed));
    found.extend(faults("only", cx.options.only.as_deref().unwrap_or_default(), only::fault));
    if found.is_empty() { Ok(()) } else { Err(found.into_iter().collect()) }
}

/// The error if the handler of `name` cannot be declared to block.
fn blocking(cx: &Context<'_>, name: &str) -> Option<String> {
    let definition = cx.definition(cx.find(name)?);
    let DefinitionKind::Command(command) = &definition.kind else {
        unreachable!("check_names rejects what is no command")
    };
    if cx.is_served(name) {
        return Some(format!("'{name}' has no handler: the session answers it"));
    }
    (cx.is_async(command, definition.module))
        .then(|| format!("the handler of '{name}' is async: let it await what it waits for"))
}

/// The error if the type `name` cannot be kept closed.
fn closed(cx: &Context<'_>, name: &str) -> Option<String> {
    if !cx.options.client {
        return Some("types are closed unless a client is generated".to_owned());
    }
    // `*` is not a definition.
    let id = cx.find(name)?;
    if !cx.is_received(id) {
        return Some(format!("'{name}' is closed already: no client receives it"));
    }
    cx.is_foreign(id).then(|| format!("'{name}' is generated elsewhere, and is closed or open there"))
}
