//! What the compiler says to mistakes that people make: the message, and the help below it.
//!
//! What it said to the same mistakes before, each without help:
//!
//! | mistake | place and message before | since |
//! |---|---|---|
//! | `string`, `integer`, `boolean`, `float`, `list`, `map`, `[Foo]` as types (seven) | `1:13: member 'a' uses unknown type 'string'`, at the head of the definition | the place of the type, and the type that is meant |
//! | an unknown type of a branch | `2:12: branch uses unknown type 'Fooo'` | the branch is named, and the place is the type's |
//! | of arguments | `'data' of command uses unknown type 'Nothing'` | the command is named |
//! | of a result | `'returns' of command uses unknown type 'Nothing'` | the same |
//! | of an alternative | `alternative uses unknown type 'Nothing'` | the alternative is named |
//! | of a base | `'base' uses unknown type 'Nothing'` | the struct is named |
//! | `disk_size`, `maxSize`, in a struct and in arguments (three) | `name 'disk_size' of 'data' member must not have upper case or '_'` | the name that is meant, and the pragma |
//! | `//` | `stray '//'` | how comments begin |
//! | `'boxed': false` | two errors, the other one `'boxed' of command 'foo' requires 'data'` | one error |
//! | `# @a:` without an empty line before it | `'a' of command 'foo' lacks documentation` | that the empty line is missing |

use qapi_gen::Language;
use qapi_gen::stages::diagnostic::{Diagnostic, Note};
use qapi_gen::stages::loader::MemoryLoader;
use qapi_gen::stages::schema::{self, Options};

/// All errors: line and column, message, help.
fn said(text: &str) -> String {
    let files = MemoryLoader::new().file("a.json", text);
    let failure = schema::load(&files, "a.json", &Options { language: Some(Language::V10_2) });
    let failure = failure.expect_err("the schema has a mistake");
    let shown = |fault: &Diagnostic| {
        let place = failure.sources.locate(fault.focus(&failure.sources).expect("faults stand in the file"));
        let help = fault.notes.iter().filter_map(|note| match note {
            Note::Help(help) => Some(format!("\n  {help}")),
            Note::Note(_) => None,
        });
        format!("{}:{}: {}{}\n", place.line, place.column, fault.message, help.collect::<String>())
    };
    failure.diagnostics.iter().map(shown).collect()
}

#[test]
fn types_of_other_languages() {
    for (ty, help) in [
        ("string", "the built-in type is 'str'"),
        ("integer", "the built-in type is 'int'"),
        ("boolean", "the built-in type is 'bool'"),
        ("float", "the built-in type is 'number'"),
        ("list", "an array is written ['TYPE']"),
        ("map", "there is no type of maps: define a struct, or take 'any' for an object of any form"),
        ("[Foo]", "an array is written ['Foo']"),
    ] {
        let said = said(&format!("{{ 'struct': 'Foo',\n  'data': {{ 'a': '{ty}' }} }}"));
        assert_eq!(said, format!("2:18: member 'a' uses unknown type '{ty}'\n  {help}\n"));
    }
}

#[test]
fn what_is_meant_is_named() {
    insta::assert_snapshot!(said(
        "{ 'enum': 'Kind', 'data': [ 'a' ] }
{ 'union': 'Uni', 'base': { 'kind': 'Kind' }, 'discriminator': 'kind',
  'data': { 'a': 'Fooo' } }
{ 'command': 'foo', 'data': 'Nothing' }
{ 'command': 'bar', 'returns': 'Nothing' }
{ 'alternate': 'Alt', 'data': { 'x': 'Nothing' } }
{ 'struct': 'Str', 'base': 'Nothing', 'data': { } }"
    ), @r"
    3:18: branch 'a' uses unknown type 'Fooo'
    4:29: 'data' of command 'foo' uses unknown type 'Nothing'
    5:32: 'returns' of command 'bar' uses unknown type 'Nothing'
    6:38: alternative 'x' uses unknown type 'Nothing'
    7:28: 'base' of struct 'Str' uses unknown type 'Nothing'
    ");
}

#[test]
fn names_in_another_style() {
    insta::assert_snapshot!(said(
        "{ 'struct': 'Disk', 'data': { 'disk_size': 'int', '*maxSize': 'int' } }
{ 'command': 'foo', 'data': { 'disk_size': 'int' } }"
    ), @r"
    1:31: name 'disk_size' of 'data' member must not have upper case or '_'
      write 'disk-size', or excuse the type by the pragma 'member-name-exceptions': [ 'Disk' ]
    1:51: name '*maxSize' of 'data' member must not have upper case or '_'
      write 'max-size', or excuse the type by the pragma 'member-name-exceptions': [ 'Disk' ]
    2:31: name 'disk_size' of 'data' member must not have upper case or '_'
      write 'disk-size'
    ");
}

#[test]
fn comments_and_flags() {
    insta::assert_snapshot!(said("// text\n{ 'command': 'foo', 'boxed': false }"), @r"
    1:1: stray '//'
      comments begin with `#`, and end with their line
    2:30: flag 'boxed' may only be true
    ");
    insta::assert_snapshot!(said("{ 'command': 'foo', 'boxed': false }"), @r"1:30: flag 'boxed' may only be true");
    insta::assert_snapshot!(said(
        "##
# @foo:
#
# Text
# @a: text
##
{ 'command': 'foo', 'data': { 'a': 'int' } }"
    ), @r"
    7:31: 'a' of command 'foo' lacks documentation
      an empty line has to stand before the line '@a:'
    ");
}
