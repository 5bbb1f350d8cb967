//! Lists the items of the generated code for tools that write code against it: handlers to implement, events to send.

use super::context::Context;
use super::emit::Emitter;
use super::place::Home;
use super::{Options, names, option_checks, prepared};
use crate::diagnostic::Diagnostics;
use crate::schema::{DefId, DefinitionKind, Schema};

/// The handlers that a server has to implement, and the events that it may send. Modules that are generated elsewhere
/// are not included.
#[derive(Clone, Debug)]
pub struct Outline {
    /// The handlers, module by module.
    pub handlers: Vec<Handler>,
    /// The types of events in the module `event`.
    pub events: Vec<String>,
}

/// A handler in a module's trait `Commands`.
#[derive(Clone, Debug)]
pub struct Handler {
    /// The module.
    pub module: String,
    /// The method.
    pub method: String,
    /// The type of the command in the module `command`. `None` for a command with `'gen': false`, which takes and
    /// returns any JSON value.
    pub command: Option<String>,
    /// Whether it is async.
    pub is_async: bool,
}

/// Lists what [`generate`](super::generate) emits for the same schema and options.
///
/// # Errors
///
/// Those of [`generate`](super::generate).
pub fn outline(schema: &Schema, options: &Options) -> Result<Outline, Diagnostics> {
    option_checks::check(schema, options)?;
    let schema = prepared(schema, options);
    let cx = Context::new(&schema, options)?;
    option_checks::check_decided(&cx)?;
    let emitter = Emitter::new(&cx);
    let mut handlers = Vec::new();
    for (id, _) in schema.modules.entries() {
        let Home::Here(module) = cx.home(id) else { continue };
        handlers.extend(emitter.handled(id).into_iter().map(|(it, command)| Handler {
            module: module.clone(),
            method: cx.method(it.id).to_string(),
            command: command.generate.then(|| type_name(&cx, it.id)),
            is_async: cx.is_async(command, it.definition.module),
        }));
    }
    let events = cx.emitted().filter(|it| matches!(it.definition.kind, DefinitionKind::Event(_)));
    let events = events.map(|it| type_name(&cx, it.id)).collect();
    Ok(Outline { handlers, events })
}

fn type_name(cx: &Context<'_>, id: DefId) -> String {
    names::ident(&cx.name(id)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loader::MemoryLoader;
    use crate::schema::{self, Loaded, load};
    use std::path::Path;

    #[test]
    fn what_is_generated_is_told_and_nothing_else() {
        let loader = MemoryLoader::new().file(
            "my-test.json",
            "
            { 'include': 'control.json' }
            { 'command': 'type', 'coroutine': true }
            { 'command': 'raw', 'gen': false }
            { 'command': 'absent', 'if': 'NEVER' }
            { 'event': 'MOON_ROSE' }
            ",
        );
        let loader = loader.file("control.json", "{ 'command': 'quit' } { 'event': 'GONE' }");
        let Loaded { schema, .. } = load(&loader, Path::new("my-test.json"), &schema::Options::default())
            .expect("the schema is right");
        let mut options = Options::default();
        options.extern_modules.push(crate::rust::ExternModule::new("control.json", "::shared::control"));
        let outline = outline(&schema, &options).expect("the options are right");
        let told = outline.handlers.iter().map(|handler| {
            let Handler { module, method, command, is_async } = handler;
            (module.as_str(), method.as_str(), command.as_deref(), *is_async)
        });
        let expected = [("my_test", "r#type", Some("Type"), true), ("my_test", "raw", None, false)];
        assert_eq!(told.collect::<Vec<_>>(), expected);
        assert_eq!(outline.events, ["MoonRose"]);
    }
}
