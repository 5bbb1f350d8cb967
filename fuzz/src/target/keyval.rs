//! Values of a command line.

use super::schema::{machine, types};
use crate::digest::Digest;
use crate::seeds::Seed;
use qapi_runtime::{Decode, keyval};
use std::path::Path;

pub(super) fn run(input: &[u8]) -> Vec<u64> {
    let Ok(text) = std::str::from_utf8(input) else { return Vec::new() };
    let mut digest = Digest::new();
    digest.add(keyval::wants_help(text));
    match keyval::parse(text) {
        Ok(value) => digest.add(std::mem::discriminant(&value)),
        Err(error) => digest.add_message(&error.to_string()),
    }
    decode::<machine::command::SetAction>(text, &mut digest);
    decode::<types::Builtins>(text, &mut digest);
    decode::<types::Lists>(text, &mut digest);
    decode::<types::Node>(text, &mut digest);
    decode::<types::Shape>(text, &mut digest);
    decode::<types::SwitchOrNumber>(text, &mut digest);
    decode::<types::Chain>(text, &mut digest);
    digest.finish()
}

fn decode<T: Decode>(text: &str, digest: &mut Digest) {
    digest.scope(std::any::type_name::<T>());
    match keyval::decode::<T>(text) {
        Ok(_) => digest.add_size(text.len()),
        Err(error) => digest.add_message(&error.to_string()),
    }
}

pub(super) fn seeds(_: Option<&Path>) -> Vec<Seed> {
    let own = [
        "panic=none,reboot=shutdown",
        "pause",
        "nopanic",
        "help",
        "{\"panic\": \"none\"}",
        "{'panic': 'none'}",
        "ints.0=1,ints.1=0x10,texts.0=a,,b,flags.0=on",
        "kind=pair,left.kind=leaf,left.value=1,right.kind=leaf,right.value=2",
        "kind=circle,radius=1.5,label=x",
        "name=a,next.name=b,next.next.name=c",
        "text=t,real=1e3,integer=-1,size=4k",
        "=x",
        ",a=b",
        "a=b,",
    ];
    own.iter().map(|text| Seed { bytes: text.as_bytes().to_vec(), own: true }).collect()
}
