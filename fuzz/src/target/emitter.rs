//! The Rust back end: what the checker accepts gives code that parses.

use super::checker::load;
use crate::digest::Digest;
use qapi_gen::Language;
use qapi_gen::stages::rust::{self, Conditions, Options};

pub(super) fn run(input: &[u8]) -> Vec<u64> {
    let mut digest = Digest::new();
    let Some(loaded) = load(input, Language::Any, &mut digest) else { return digest.finish() };
    // The input itself chooses how it is generated, so that it is generated so again.
    let choice = input.iter().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(*byte));
    let has = |flag| choice & flag != 0;
    let mut options = Options::default();
    options.client = has(1);
    options.docs = has(2);
    options.format = has(4);
    options.threads = 1;
    if has(8) {
        options.conditions = Conditions::cfg();
    }
    match rust::generate(&loaded.schema, &options) {
        Ok(text) => {
            if let Err(error) = syn::parse_file(&text) {
                panic!("generated code does not parse: {error}");
            }
            digest.scope(choice % 16);
            digest.add_size(text.len());
            digest.add(rust::check_cfgs(&loaded.schema, &options).len());
        }
        Err(faults) => {
            assert!(faults.has_errors(), "who refuses says why");
            faults.iter().for_each(|fault| digest.add_message(&fault.message));
            // They can be shown, too.
            drop(faults.to_human(&loaded.schema.sources));
        }
    }
    digest.finish()
}
