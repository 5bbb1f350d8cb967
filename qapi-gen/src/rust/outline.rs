//! What is in the generated code for those who write code against it: handlers to implement, events to send.

use super::context::{Context, Home};
use super::emit::Emitter;
use super::{Options, names, option_checks};
use crate::diagnostic::Diagnostics;
use crate::schema::{DefId, DefinitionKind, ModuleId, Schema};

/// What a server of a schema has to implement, and what it may send. Only what is generated, so nothing of the modules that
/// stand elsewhere.
#[derive(Clone, Debug)]
pub struct Outline {
    /// The handlers, module by module.
    pub handlers: Vec<Handler>,
    /// The events: their types in the module `event`.
    pub events: Vec<String>,
}

/// A handler in a module's trait `Commands`.
#[derive(Clone, Debug)]
pub struct Handler {
    /// The module.
    pub module: String,
    /// The method.
    pub method: String,
    /// The type of the command, in the module `command`. None for a command with `'gen': false`, which takes anything and
    /// returns anything.
    pub command: Option<String>,
    /// Whether it is async.
    pub is_async: bool,
}

/// Tells what [`generate`](super::generate) makes of the same schema and options.
///
/// # Errors
///
/// As [`generate`](super::generate).
pub fn outline(schema: &Schema, options: &Options) -> Result<Outline, Diagnostics> {
    option_checks::check(schema, options)?;
    let cx = Context::new(schema, options)?;
    option_checks::check_decided(&cx)?;
    let emitter = Emitter::new(&cx);
    let mut handlers = Vec::new();
    for index in 0..schema.modules.len() {
        let id = ModuleId(index as u32);
        let Home::Here(module) = cx.home(id) else { continue };
        handlers.extend(emitter.handled(id).into_iter().map(|(id, command)| Handler {
            module: module.clone(),
            method: cx.method(id).to_string(),
            command: command.generate.then(|| type_name(&cx, id)),
            is_async: cx.is_async(command, cx.definition(id).module),
        }));
    }
    let definitions = schema.definitions.iter().enumerate();
    let events = definitions.filter(|(_, definition)| matches!(definition.kind, DefinitionKind::Event(_)));
    let events = events.map(|(index, _)| DefId(index as u32)).filter(|id| cx.is_emitted(*id));
    let events = events.map(|id| type_name(&cx, id)).collect();
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
