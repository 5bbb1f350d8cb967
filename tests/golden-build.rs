//! Builds the server for recordings: QEMU's whole schema, and a handler for each of its commands.
//!
//! The schema is not part of this project; without it `golden-server` is built all the same, and says so when run.

use qapi_gen::Builder;
use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::rust::{Handler, Options, Outline};
use qapi_gen::stages::{outline, schema};
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
    let schema = tree.join("qapi/qapi-schema.json");
    let builder = Builder::new().defines(defines.split_whitespace()).docs(false).format(false);
    let generated = builder.generate(&schema)?;
    let mut options = Options::default();
    options.defines.extend(defines.split_whitespace().map(str::to_owned));
    let outline = outline(&DiskLoader, &schema, &schema::Options::default(), &options)
        .map_err(|failure| failure.diagnostics.to_human(&failure.sources))?;
    for file in generated.files() {
        println!("cargo::rerun-if-changed={}", file.display());
    }
    let text = format!("{}\n{}", generated.text, additions(&outline)?);
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
fn additions(outline: &Outline) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for handlers in outline.handlers.chunk_by(|one, next| one.module == next.module) {
        let module = &handlers[0].module;
        writeln!(text, "impl {module}::Commands for crate::replay::Replay {{")?;
        for handler in handlers {
            write_handler(&mut text, handler)?;
        }
        writeln!(text, "}}")?;
    }
    writeln!(text, "pub(crate) static EVENTS: &[crate::events::Sending] = &[")?;
    for event in &outline.events {
        writeln!(text, "    crate::events::Sending::of::<event::{event}>(),")?;
    }
    writeln!(text, "];")?;
    Ok(text)
}

/// A handler that the recording answers.
fn write_handler(text: &mut String, handler: &Handler) -> std::fmt::Result {
    let Handler { method, command, is_async, .. } = handler;
    let runtime = "::qapi_runtime";
    let (arguments, returns, answer) = match command {
        Some(command) => (
            format!("command::{command}"),
            format!("<command::{command} as {runtime}::Command>::Ok"),
            "answer",
        ),
        None => (format!("{runtime}::Any"), format!("{runtime}::Any"), "answer_raw"),
    };
    let word = if *is_async { "async " } else { "" };
    writeln!(
        text,
        "    {word}fn {method}(&self, cx: &{runtime}::Context<'_>, args: {arguments}) -> {runtime}::Result<{returns}> {{
             self.{answer}(cx, args)
         }}",
    )
}
