//! The compiler in process: each way through it, on the schemas that the crate carries and on larger ones made of them.

#![allow(clippy::expect_used, missing_docs, reason = "a program that measures; its schemas are right")]

use divan::{AllocProfiler, Bencher};
use qapi_gen::stages::loader::MemoryLoader;
use qapi_gen::stages::rust::{self, Options};
use qapi_gen::stages::schema::{self, Schema};
use std::fmt::Write;

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// A schema of so many times six definitions.
fn text(times: usize) -> String {
    let mut out = String::new();
    for n in 0..times {
        write!(
            out,
            "\n##\n# @Kind{n}:\n#\n# What it is.\n#\n# @one: the first\n#\n# @two: the second\n##\n\
             {{ 'enum': 'Kind{n}', 'data': [ 'one', 'two' ] }}\n\
             \n##\n# @Base{n}:\n#\n# What all have.\n#\n# @kind: what it is\n#\n# @size: how large\n##\n\
             {{ 'struct': 'Base{n}', 'data': {{ 'kind': 'Kind{n}', '*size': 'size' }} }}\n\
             {{ 'struct': 'One{n}', 'data': {{ 'list': [ 'str' ], '*other': 'Base{n}' }} }}\n\
             {{ 'union': 'Either{n}', 'base': 'Base{n}', 'discriminator': 'kind', 'data': {{ 'one': 'One{n}' }} }}\n\
             {{ 'command': 'set-{n}', 'data': {{ 'to': 'Either{n}', '*force': 'bool' }}, 'returns': 'One{n}' }}\n\
             {{ 'event': 'EVENT_{n}', 'data': {{ 'what': 'Kind{n}' }} }}\n"
        )
        .expect("a string takes all text");
    }
    out
}

fn load(text: &str) -> Schema {
    let loader = MemoryLoader::new().file("schema.json", text);
    let loaded = schema::load(&loader, "schema.json", &schema::Options::default());
    loaded.expect("the schema is right").schema
}

#[divan::bench(args = [1, 10, 100, 1000])]
fn check(bencher: Bencher, times: usize) {
    let text = text(times);
    bencher.bench(|| load(&text));
}

#[divan::bench(args = [1, 10, 100, 1000])]
fn generate_plain(bencher: Bencher, times: usize) {
    generate(bencher, times, false);
}

#[divan::bench(args = [1, 10, 100, 1000])]
fn generate_formatted(bencher: Bencher, times: usize) {
    generate(bencher, times, true);
}

fn generate(bencher: Bencher, times: usize, format: bool) {
    let schema = load(&text(times));
    let mut options = Options::default();
    options.format = format;
    options.threads = 1;
    bencher.bench(|| rust::generate(&schema, &options).expect("names are apart").len());
}
