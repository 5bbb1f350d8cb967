//! Large and deep schemas neither overflow the stack of a test thread nor take long.

use super::{accepts, errors};
use crate::diagnostic::Code;
use std::fmt::Write;

const MANY: usize = 10_000;

#[test]
fn long_chains_of_bases() {
    let mut text = String::from("{ 'struct': 'S0a', 'data': { 'm0': 'int' } }\n");
    for i in 1..MANY {
        let base = i - 1;
        writeln!(text, "{{ 'struct': 'S{i}a', 'base': 'S{base}a', 'data': {{ 'm{i}': 'int' }} }}").unwrap();
    }
    accepts(&text);
    let last = MANY;
    writeln!(text, "{{ 'struct': 'S{last}a', 'base': 'S{}a', 'data': {{ 'm0': 'int' }} }}", last - 1)
        .unwrap();
    assert_eq!(errors(&text), [(Code::NameClash, last as u32 + 1)]);
}

#[test]
fn long_circles() {
    let mut text = String::new();
    for i in 0..MANY {
        writeln!(text, "{{ 'struct': 'S{i}a', 'base': 'S{}a', 'data': {{ }} }}", (i + 1) % MANY).unwrap();
    }
    assert_eq!(errors(&text), [(Code::ContainsItself, 1)]);
}

#[test]
fn many_unknown_names() {
    let mut text = String::new();
    for i in 0..MANY {
        writeln!(text, "{{ 'struct': 'S{i}a', 'data': {{ 'a': 'T{i}a' }} }}").unwrap();
    }
    assert_eq!(errors(&text).len(), MANY);
}

#[test]
fn chains_of_unions() {
    let mut text =
        String::from("{ 'enum': 'Tag', 'data': [ 'a', 'b' ] }\n{ 'struct': 'U0a', 'data': { } }\n");
    for i in 1..1000 {
        let inner = i - 1;
        writeln!(
            text,
            "{{ 'union': 'U{i}a', 'base': {{ 't{i}': 'Tag' }}, 'discriminator': 't{i}',
                'data': {{ 'a': 'U{inner}a', 'b': 'U{inner}a' }} }}"
        )
        .unwrap();
    }
    accepts(&text);
}
