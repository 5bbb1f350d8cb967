//! Checks of what options say about handlers.

use crate::diagnostic::{Code, Diagnostics};
use crate::rust::context::{Context, option_error};
use crate::schema::DefinitionKind;

/// Finds commands that are declared blocking, but whose handlers cannot be run on a thread of their own.
pub(in crate::rust) fn check(cx: &Context<'_>) -> Result<(), Diagnostics> {
    let faults = cx.options.blocking.iter().filter_map(|name| {
        let fault = fault(cx, name)?;
        Some(option_error(Code::RustOption, "blocking", fault))
    });
    let found: Diagnostics = faults.collect();
    if found.is_empty() { Ok(()) } else { Err(found) }
}

/// What is wrong with the declaration that the handler of `name` blocks.
fn fault(cx: &Context<'_>, name: &str) -> Option<String> {
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
