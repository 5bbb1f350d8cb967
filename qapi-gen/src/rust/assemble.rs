//! Emits the pieces in threads and assembles the text.

use super::context::{Context, Present};
use super::emit::Emitter;
use super::options::Options;
use super::print::{self, Style};
use crate::ids::IdVec;
use crate::schema::{DefinitionKind, ModuleId};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Work for one thread.
#[derive(Clone, Copy)]
enum Piece<'s> {
    Definition(Present<'s>),
    Handlers(ModuleId),
    Fingerprint(ModuleId),
    Head(ModuleId),
    NestedHead(&'static str),
    RootModule,
    RootItems,
}

/// The whole text.
pub(super) fn assemble(cx: &Context) -> String {
    let pieces = pieces(cx);
    let texts = emit_all(cx, &pieces);
    let mut parts = Parts::new(cx);
    for (piece, text) in pieces.into_iter().zip(texts) {
        parts.take(piece, text);
    }
    parts.join(cx)
}

fn pieces<'s>(cx: &'s Context) -> Vec<Piece<'s>> {
    // The largest first, so that no thread starts on a large piece when the others are done.
    let mut pieces =
        vec![Piece::RootModule, Piece::RootItems, Piece::NestedHead("command"), Piece::NestedHead("event")];
    pieces.extend(cx.emitted().map(Piece::Definition));
    for module in cx.schema.modules.ids().filter(|module| cx.is_module_emitted(*module)) {
        pieces.extend([Piece::Handlers(module), Piece::Fingerprint(module), Piece::Head(module)]);
    }
    pieces
}

/// The text of each piece, in order.
fn emit_all(cx: &Context, pieces: &[Piece]) -> Vec<String> {
    let wanted = match cx.options.threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    // Threads take pieces from a shared counter, since pieces differ widely in size. Relaxed is enough: only the
    // index has to be unique, and `join` publishes the texts.
    let next = AtomicUsize::new(0);
    let work = || {
        let emitter = Emitter::new(cx);
        let mut done = Vec::new();
        while let index = next.fetch_add(1, Ordering::Relaxed)
            && let Some(piece) = pieces.get(index)
        {
            done.push((index, emit(&emitter, *piece)));
        }
        done
    };
    let mut texts = vec![String::new(); pieces.len()];
    std::thread::scope(|scope| {
        // At least 16 pieces for each further thread, so that a small schema stays on this one.
        let others: Vec<_> = (1..wanted.min(pieces.len() / 16 + 1)).map(|_| scope.spawn(work)).collect();
        let mut done = work();
        for other in others {
            match other.join() {
                Ok(more) => done.extend(more),
                // A panic of an emitter is a bug of ours: pass it on unchanged.
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done.into_iter().for_each(|(index, text)| texts[index] = text);
    });
    texts
}

fn emit(emitter: &Emitter, piece: Piece) -> String {
    let (tokens, docs) = emitter.documented(|emitter| match piece {
        Piece::Definition(it) => emitter.definition(it),
        Piece::Handlers(module) => emitter.handlers(module),
        Piece::Fingerprint(module) => emitter.fingerprint(module),
        Piece::Head(module) => emitter.module_head(module),
        Piece::NestedHead(name) => emitter.nested_head(name),
        Piece::RootModule => emitter.root_module(),
        Piece::RootItems => emitter.root_items(),
    });
    let Options { runtime_path, format, .. } = emitter.cx.options;
    print::print(tokens, &docs, depth(piece), Style { runtime: runtime_path, wrap: *format })
}

/// How many modules surround a piece.
fn depth(piece: Piece) -> usize {
    match piece {
        Piece::Head(_) | Piece::RootModule | Piece::RootItems => 0,
        Piece::NestedHead(_) | Piece::Handlers(_) | Piece::Fingerprint(_) => 1,
        Piece::Definition(Present { definition, .. }) => match definition.kind {
            DefinitionKind::Command(_) | DefinitionKind::Event(_) => 2,
            _ => 1,
        },
    }
}

/// The pieces of text by their place.
struct Parts {
    modules: IdVec<ModuleId, ModuleParts>,
    command_head: String,
    event_head: String,
    root_module: String,
    root_items: String,
}

#[derive(Default)]
struct ModuleParts {
    head: String,
    types: String,
    commands: String,
    events: String,
    handlers: String,
    fingerprint: String,
}

impl Parts {
    fn new(cx: &Context) -> Self {
        Parts {
            modules: cx.schema.modules.map(|_| ModuleParts::default()),
            command_head: String::new(),
            event_head: String::new(),
            root_module: String::new(),
            root_items: String::new(),
        }
    }

    fn take(&mut self, piece: Piece, text: String) {
        match piece {
            Piece::Definition(Present { definition, .. }) => {
                let module = &mut self.modules[definition.module];
                match definition.kind {
                    DefinitionKind::Command(_) => append(&mut module.commands, &text),
                    DefinitionKind::Event(_) => append(&mut module.events, &text),
                    _ => append(&mut module.types, &text),
                }
            }
            Piece::Handlers(id) => self.modules[id].handlers = text,
            Piece::Fingerprint(id) => self.modules[id].fingerprint = text,
            Piece::Head(id) => self.modules[id].head = text,
            Piece::NestedHead("command") => self.command_head = text,
            Piece::NestedHead(_) => self.event_head = text,
            Piece::RootModule => self.root_module = text,
            Piece::RootItems => self.root_items = text,
        }
    }

    fn join(self, cx: &Context) -> String {
        let root = cx.schema.modules.first().map_or("a schema", |module| &module.name);
        let mut out = header(root);
        for module in &self.modules {
            let ModuleParts { head, types, commands, events, handlers, fingerprint } = module;
            if head.is_empty() {
                continue;
            }
            open(&mut out, head);
            append(&mut out, types);
            for (head, content) in [(&self.command_head, commands), (&self.event_head, events)] {
                if !content.is_empty() {
                    open(&mut out, head);
                    append(&mut out, content);
                    out.push_str("    }\n");
                }
            }
            append(&mut out, handlers);
            append(&mut out, fingerprint);
            out.push_str("}\n");
        }
        append(&mut out, &self.root_items);
        append(&mut out, &self.root_module);
        out
    }
}

/// The first lines of a file that is made from `root`.
pub(super) fn header(root: &str) -> String {
    format!(
        "// @generated by qapi-gen from {root}; do not edit.\n\
         // This code is yours, as the schema is: no licence of qapi-gen's applies to it.\n"
    )
}

/// Writes the head of a module with empty braces, up to the opening brace.
fn open(out: &mut String, head: &str) {
    append(out, head.trim_end().trim_end_matches('}'));
    out.push('\n');
}

/// Adds items, after an empty line unless they are the first.
fn append(out: &mut String, items: &str) {
    if !items.is_empty() && !out.is_empty() && !out.ends_with("{\n") {
        out.push('\n');
    }
    out.push_str(items);
}
