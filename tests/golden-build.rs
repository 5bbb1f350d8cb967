//! Builds the server for recordings: QEMU's whole schema, and a handler for each of its commands.
//!
//! The schema is not part of this project; without it `golden-server` is built all the same, and says so when run.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use qapi_gen::Builder;
use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Writes `golden.rs` into `OUT_DIR` and sets the cfg `golden`, if the schema is there.
pub(crate) fn compile() -> Result<(), Box<dyn Error>> {
    println!("cargo::rustc-check-cfg=cfg(golden)");
    println!("cargo::rerun-if-env-changed=QAPI_CONFORMANCE_DATA");
    let tree = data().join("qemu-10.0.2");
    // What the recorded server was built with.
    let config = tree.join("introspect/x86_64.config");
    if !config.is_file() {
        return Ok(());
    }
    println!("cargo::rerun-if-changed={}", config.display());
    let defines = std::fs::read_to_string(&config)?;
    let builder = Builder::new().defines(defines.split_whitespace()).docs(false).format(false);
    let generated = builder.generate(tree.join("qapi/qapi-schema.json"))?;
    for file in generated.files() {
        println!("cargo::rerun-if-changed={}", file.display());
    }
    let text = format!("{}\n{}", generated.text, handlers(&generated.text)?);
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    std::fs::write(out.join("golden.rs"), text)?;
    println!("cargo::rustc-cfg=golden");
    Ok(())
}

/// The folder of data that conformance is measured against.
fn data() -> PathBuf {
    // A build script runs in the folder of its package, and the path is relative to the workspace.
    Path::new("..").join(std::env::var_os("QAPI_CONFORMANCE_DATA").unwrap_or_else(|| "../shared".into()))
}

/// What is added to the generated code: the handlers, and a list of the events.
fn handlers(generated: &str) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    let modules = modules(generated.parse()?);
    for (name, contents) in &modules {
        if let Some(body) = commands_trait(contents.clone()) {
            write_handlers(&mut text, name, body)?;
        }
    }
    let events = modules.iter().find(|(name, _)| name == "event").ok_or("the schema has no events")?;
    writeln!(text, "pub(crate) static EVENTS: &[crate::events::Sending] = &[")?;
    for event in imported(events.1.clone()) {
        writeln!(text, "    crate::events::Sending::of::<event::{event}>(),")?;
    }
    writeln!(text, "];")?;
    Ok(text)
}

/// The modules on the outermost level.
fn modules(tokens: TokenStream) -> Vec<(String, TokenStream)> {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let found = trees.windows(3).filter_map(|window| match window {
        [TokenTree::Ident(word), TokenTree::Ident(name), TokenTree::Group(group)] if word == "mod" => {
            Some((name.to_string(), group.stream()))
        }
        _ => None,
    });
    found.collect()
}

/// The body of `trait Commands` of a module.
fn commands_trait(contents: TokenStream) -> Option<TokenStream> {
    let mut trees = contents.into_iter().skip_while(|tree| !is_word(tree, "trait"));
    while let Some(tree) = trees.next() {
        if is_word(&tree, "trait") && trees.next().is_some_and(|name| is_word(&name, "Commands")) {
            return trees.find_map(|tree| match tree {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group.stream()),
                _ => None,
            });
        }
    }
    None
}

/// Implements a module's `Commands`: each method with its signature, answered by the recording.
fn write_handlers(text: &mut String, module: &str, body: TokenStream) -> Result<(), std::fmt::Error> {
    writeln!(text, "mod replay_{module} {{")?;
    writeln!(text, "    use super::{module}::*;")?;
    writeln!(text, "    impl super::{module}::Commands for crate::replay::Replay {{")?;
    let mut signature: Option<Vec<TokenTree>> = None;
    for tree in body {
        match &mut signature {
            None if is_word(&tree, "fn") => signature = Some(vec![tree]),
            // Attributes and comments.
            None => {}
            Some(tokens) if matches!(&tree, TokenTree::Punct(mark) if mark.as_char() == ';') => {
                let body = answer(tokens);
                let tokens: TokenStream = signature.take().into_iter().flatten().collect();
                writeln!(text, "        {tokens} {{ {body} }}")?;
            }
            Some(tokens) => tokens.push(tree),
        }
    }
    writeln!(text, "    }}\n}}")
}

/// The body of a handler with this signature.
fn answer(signature: &[TokenTree]) -> &'static str {
    let is_async = signature.iter().any(|tree| is_word(tree, "impl"));
    // A command with `'gen': false` has no type for its arguments.
    let is_typed = signature.iter().any(
        |tree| matches!(tree, TokenTree::Group(group) if group.stream().into_iter().any(|tree| is_word(&tree, "command"))),
    );
    match (is_async, is_typed) {
        (true, _) => "async move { self.answer(cx, args) }",
        (false, true) => "self.answer(cx, args)",
        (false, false) => "self.answer_raw(cx, args)",
    }
}

/// The names that a module re-exports: the last ones of its paths, in braces or alone.
fn imported(contents: TokenStream) -> Vec<String> {
    let mut names = Vec::new();
    let mut last = None;
    for tree in contents {
        match tree {
            TokenTree::Ident(name) => last = Some(name.to_string()),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                last = None;
                let words = group.stream().into_iter().filter(|tree| matches!(tree, TokenTree::Ident(_)));
                names.extend(words.map(|word| word.to_string()));
            }
            TokenTree::Punct(mark) if mark.as_char() == ';' => names.extend(last.take()),
            _ => {}
        }
    }
    names
}

fn is_word(tree: &TokenTree, word: &str) -> bool {
    matches!(tree, TokenTree::Ident(name) if name == word)
}
