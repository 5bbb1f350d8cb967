//! What the documentation of generated code says about the protocol.

mod rust;

use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::rust::{Conditions, Options, generate};
use qapi_gen::stages::schema::{self, DefinitionKind};
use rust::{generate as text_of, generate_with, load_files};
use std::path::Path;

const SCHEMA: &str = r"
##
# @Mode:
#
# How it runs.
#
# @fast-mode: quickly
#
# @slow: slowly
#
# Since: 1.1
##
{ 'enum': 'Mode', 'data': [ 'fast-mode', 'slow' ] }

##
# @set-mode:
#
# Sets the mode.
#
# And more about it.
#
# @new-mode: the mode
#
# @force: whether to
#
# Features:
#
# @unstable: it may go
#
# Since: 2.9
##
{ 'command': 'set-mode', 'data': { 'new-mode': 'Mode', '*force': 'bool' },
  'features': [ 'unstable' ], 'allow-oob': true, 'allow-preconfig': true }

##
# @MODE_SET:
#
# It was set.
##
{ 'event': 'MODE_SET' }
";

#[test]
fn names_flags_and_versions_are_shown() {
    let text = text_of(SCHEMA);
    for shown in [
        "/// Sets the mode.\n        ///\n        \
         /// Command `set-mode`, since 2.9. Flags: out-of-band, preconfig. Features: `unstable`.\n        ///\n        \
         /// And more about it.\n",
        "#[doc(alias = \"set-mode\")]\n",
        "/// `new-mode`: the mode\n            #[doc(alias = \"new-mode\")]\n            pub new_mode:",
        "/// whether to\n            pub force:",
        "/// Event `MODE_SET`.\n",
        "/// How it runs.\n    ///\n    /// Since 1.1.\n",
        "/// `fast-mode`: quickly\n        #[doc(alias = \"fast-mode\")]\n        FastMode,",
        "/// `slow`: slowly\n        Slow,",
    ] {
        assert!(text.contains(shown), "{shown}\nis not in\n{text}");
    }
    // A search of rustdoc's finds it without.
    assert!(!text.contains("alias = \"MODE_SET\""), "{text}");
}

#[test]
fn without_documentation_there_are_no_aliases() {
    let mut options = Options::default();
    options.docs = false;
    let text = generate_with(SCHEMA, &options);
    assert!(!text.contains("alias"), "{text}");
}

#[test]
fn all_commands_and_events_of_ours_are_named() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/qapi-schema.json");
    let loaded = schema::load(&DiskLoader, path, &schema::Options::default());
    let schema = loaded.expect("our schema is right").schema;
    let text = generate(&schema, &Options::default()).expect("the options are right");
    let mut named = 0;
    let silent = generate_with("{ 'command': 'a-b', 'allow-oob': true }", &Options::default());
    assert!(silent.contains("/// The command `a-b`, about which the schema says no more.\n        ///\n        /// Flags: out-of-band.\n"), "{silent}");
    for definition in &schema.definitions {
        let kind = match definition.kind {
            DefinitionKind::Command(_) => "Command",
            DefinitionKind::Event(_) => "Event",
            _ => continue,
        };
        let summary = format!("/// {kind} `{}`", definition.name);
        assert!(text.contains(&summary), "{} is not named", definition.name);
        named += 1;
    }
    assert!(named > 10, "found only {named} commands and events");
}

const CONDITIONAL: &str = "{ 'enum': 'Aio', 'data': [ 'threads', { 'name': 'io-uring', 'if': 'CONFIG_LINUX_IO_URING' } ] }
    { 'struct': 'Rest', 'if': 'A', 'data': {} }
    { 'struct': 'Base', 'data': { 'x-of-base': { 'type': 'int', 'if': { 'all': [ 'A', { 'not': 'B' } ] } } } }
    { 'struct': 'Aa', 'base': 'Base', 'data': { 'y': { 'type': 'Rest', 'if': 'A' }, 'z': { 'type': 'int', 'if': 'B' } } }
    { 'union': 'Un', 'base': { 'aio': 'Aio', 'n': { 'type': 'int', 'if': 'A' } }, 'discriminator': 'aio',
      'data': { 'threads': { 'type': 'Rest', 'if': 'A' } } }
    { 'alternate': 'Al', 'data': { 'b': 'bool', 'n': { 'type': 'int', 'if': 'A' } } }
    { 'command': 'go', 'data': { '*w': { 'type': 'bool', 'if': 'A' } } }";

/// The sentences about missing parts, with the item below each.
fn left_out(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        if let Some(parts) = line.strip_prefix("/// Left out here, since ") {
            let item = lines.find(|line| line.starts_with("pub ")).expect("an item follows");
            found.push(format!(
                "{} {parts}",
                item.trim_end_matches([' ', '{', '}']).trim_start_matches("pub ")
            ));
        }
    }
    found
}

#[test]
fn parts_that_conditions_remove_are_named_with_their_conditions() {
    assert_eq!(
        left_out(&text_of(CONDITIONAL)),
        [
            "enum Aio its condition does not hold: `io-uring` (`CONFIG_LINUX_IO_URING`).",
            "struct Base its condition does not hold: `x-of-base` (`A && !B`).",
            "struct Aa their conditions do not hold: `x-of-base` (`A && !B`), `y` (`A`), `z` (`B`).",
            "struct Un its condition does not hold: `n` (`A`).",
            "enum UnBranch their conditions do not hold: `threads` (`A`), `io-uring` (`CONFIG_LINUX_IO_URING`).",
            "enum Al its condition does not hold: `n` (`A`).",
            "struct Go its condition does not hold: `w` (`A`).",
        ]
    );
    let mut options = Options::default();
    options.conditions = Conditions::cfg();
    assert!(left_out(&generate_with(CONDITIONAL, &options)).is_empty(), "rustc decides these");
    options = Options::default();
    options.defines = ["A", "CONFIG_LINUX_IO_URING"].map(str::to_owned).into();
    assert_eq!(
        left_out(&generate_with(CONDITIONAL, &options)),
        ["struct Aa its condition does not hold: `z` (`B`)."]
    );
}

/// A root file that only includes others has no module of its own, and the schema as a type stands for it.
#[test]
fn the_introduction_of_a_root_without_definitions_is_that_of_the_schema() {
    let introduced = |root: &str| {
        let schema = load_files(&[("root.json", root), ("part.json", "{ 'event': 'BEGUN' }")]);
        generate(&schema, &Options::default()).expect("the options are right")
    };
    let introduction = "##\n# = Thermostats\n#\n# One schema for all of them.\n##\n";
    let schema = "    /// The schema as a type: its tables, and what its events are sent through.\n    \
                  #[derive(Clone, Copy, Debug)]\n    pub struct Schema;";
    let text = introduced(&format!("{introduction}{{ 'include': 'part.json' }}"));
    let shown = format!(
        "    /// Thermostats: what `root.json` defines.\n    ///\n    /// One schema for all of them.\n    ///\n{schema}"
    );
    assert!(text.contains(&shown), "{text}");

    let text = introduced(&format!("{introduction}{{ 'include': 'part.json' }}{{ 'event': 'ENDED' }}"));
    assert_eq!(text.matches("One schema for all of them.").count(), 1);
    assert!(text.contains(&format!("mod __schema {{\n{schema}")), "{text}");
}
