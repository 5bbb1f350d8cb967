//! Options of the Rust backend: what they choose, and what they are refused for.

mod rust;

use qapi_gen::stages::rust::{Conditions, ExternModule, Options, fingerprint, generate};
use rust::{generate_with, load, load_files, refused};

const TWO: &str = "{ 'struct': 'Aa', 'data': { '*x': 'Bb' } } { 'struct': 'Bb', 'data': { '*n': 'int' } }\n\
     { 'struct': 'Cc', 'data': { '*far': 'int' } }\n\
     { 'command': 'a', 'data': 'Aa' } { 'command': 'c', 'data': 'Cc' } { 'event': 'E' }";

macro_rules! snapshot {
    ($text:expr) => {
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!($text) })
    };
}

#[test]
fn only_takes_what_is_reached() {
    let mut options = Options::default();
    options.only = Some(vec!["a".to_owned()]);
    let text = generate_with(TWO, &options);
    assert!(text.contains("pub struct Aa ") && text.contains("pub struct Bb "), "{text}");
    assert!(
        !text.contains("pub struct Cc") && !text.contains("struct E") && !text.contains("\"c\""),
        "{text}"
    );
    assert!(!text.contains("far"), "introspection tells of what is not reached: {text}");
}

#[test]
fn only_refuses_what_the_schema_lacks() {
    let mut options = Options::default();
    options.only = Some(vec!["a".to_owned(), "b".to_owned(), "Aa".to_owned()]);
    snapshot!(refused(&load(TWO), &options));
}

#[test]
fn only_refuses_what_the_defines_leave_out() {
    let schema = load(
        "{ 'struct': 'Gone', 'if': 'CONFIG_GONE', 'data': {} }
        { 'command': 'one', 'if': 'CONFIG_ONE' }
        { 'command': 'two', 'if': { 'all': [ 'CONFIG_ONE', { 'not': 'CONFIG_TWO' } ] } }
        { 'command': 'three', 'if': 'CONFIG_GONE', 'returns': 'Gone' }
        { 'event': 'FOUR' }",
    );
    let mut options = Options::default();
    options.only = Some(["one", "two", "three", "FOUR"].map(str::to_owned).to_vec());
    snapshot!(refused(&schema, &options));
    options.defines = ["CONFIG_ONE", "CONFIG_GONE"].map(str::to_owned).into();
    generate(&schema, &options).expect("all exist now");
}

const CONDITIONAL: &str = "{ 'struct': 'Gone', 'data': {} } { 'struct': 'Kept', 'data': {} }
    { 'command': 'query-a', 'returns': 'Kept' } { 'command': 'query-b', 'if': 'CONFIG_B', 'returns': 'Gone' }
    { 'command': 'query', 'returns': 'Kept' } { 'command': 'x-one', 'if': 'CONFIG_B' }
    { 'event': 'X_TWO', 'if': { 'not': 'CONFIG_C' } } { 'event': 'X_SIX', 'if': 'CONFIG_B' }";

#[test]
fn patterns_in_only_take_what_exists() {
    let mut options = Options::default();
    options.only = Some(["query-?", "X_*"].map(str::to_owned).to_vec());
    let text = generate_with(CONDITIONAL, &options);
    for (part, there) in [
        ("QueryA", true),
        ("Kept", true),
        ("XTwo", true),
        ("QueryB", false),
        ("Gone", false),
        ("XSix", false),
    ] {
        assert_eq!(text.contains(&format!("pub struct {part}")), there, "{part}: {text}");
    }
    assert!(!text.contains("pub struct Query "), "a pattern matches the whole name: {text}");
    options.defines.insert("CONFIG_B".to_owned());
    let text = generate_with(CONDITIONAL, &options);
    assert!(text.contains("pub struct QueryB") && text.contains("pub struct Gone"), "{text}");
}

#[test]
fn patterns_in_only_are_refused_if_nothing_is_left() {
    let mut options = Options::default();
    options.only = Some(["stop*", "Ke*"].map(str::to_owned).to_vec());
    snapshot!(refused(&load(CONDITIONAL), &options));
    options.only = Some(["x-*", "query-*", "*_SIX"].map(str::to_owned).to_vec());
    snapshot!(refused(&load(CONDITIONAL), &options));
}

#[test]
fn all_conditions_hold_for_a_client_of_any_build() {
    let schema = "{ 'enum': 'Kind', 'data': [ 'a', { 'name': 'b', 'if': 'B' } ] }
        { 'struct': 'Aa', 'if': 'A', 'data': { 'x': { 'type': 'int', 'if': { 'not': 'B' } }, 'y': 'int' } }
        { 'union': 'Un', 'base': { 'kind': 'Kind' }, 'discriminator': 'kind', 'data': { 'b': { 'type': 'Aa', 'if': 'A' } } }
        { 'command': 'one', 'if': { 'not': 'A' }, 'returns': 'Un' } { 'command': 'two', 'if': 'A', 'returns': 'Aa' }
        { 'event': 'NEVER', 'if': { 'all': [ 'A', { 'not': 'A' } ] } }";
    let mut options = Options::default();
    options.client = true;
    options.conditions = Conditions::All;
    let text = generate_with(schema, &options);
    for part in
        ["pub struct One", "pub struct Two", "B(Aa)", "pub x: ::core::option::Option<i64>", "pub y: i64"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("Never") && !text.contains("cfg"), "{text}");

    options.only = Some(vec!["NEVER".to_owned()]);
    assert!(refused(&load(schema), &options).contains("its condition A && !A does not hold"));
    options.only = None;
    options.client = false;
    options.defines.insert("A".to_owned());
    snapshot!(refused(&load(schema), &options));
}

#[test]
fn members_that_only_replies_have_can_be_optional() {
    let schema = "
        { 'enum': 'Kind', 'data': [ 'a', 'b' ] }
        { 'struct': 'Base', 'data': { 'kind': 'Kind', 'common': 'int8' } }
        { 'struct': 'Branch', 'data': { 'own': 'int16' } }
        { 'union': 'Reply', 'base': 'Base', 'discriminator': 'kind', 'data': { 'b': 'Branch' } }
        { 'struct': 'Both', 'data': { 'sent': 'int32' } }
        { 'command': 'one', 'data': { 'both': 'Both' }, 'returns': 'Reply' }
        { 'command': 'two', 'returns': 'Both' }
        { 'command': 'three', 'data': 'Branch' }
        { 'event': 'GONE', 'data': { 'id': 'uint8' } }";
    let mut options = Options::default();
    options.client = true;
    options.tolerant_replies = true;
    let text = generate_with(schema, &options);
    for part in [
        "pub kind: Kind",
        "pub common: ::core::option::Option<i8>",
        "pub own: i16",
        "pub sent: i32",
        "pub id: ::core::option::Option<u8>",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // What no selected command sends is received only.
    options.only = Some(vec!["one".to_owned()]);
    assert!(generate_with(schema, &options).contains("pub own: ::core::option::Option<i16>"));
    options.client = false;
    assert!(refused(&load(schema), &options).contains("only a client has replies to decode"));
}

#[test]
fn overrides_that_match_nothing_are_refused() {
    let mut options = Options::default();
    options.extern_types.insert("Nope".to_owned(), "crate::Nope".to_owned());
    options.extern_types.insert("a".to_owned(), "crate::Command".to_owned());
    options.type_attributes.push(("Nope".to_owned(), "#[x]".to_owned()));
    options.derives.push(("Nope".to_owned(), "Eq".to_owned()));
    options.blocking = ["Nope", "Aa", "*"].map(str::to_owned).to_vec();
    options.closed = ["Nope", "Aa"].map(str::to_owned).to_vec();
    snapshot!(refused(&load(TWO), &options));
}

#[test]
fn texts_that_are_not_rust_are_refused() {
    let mut options = Options::default();
    options.runtime_path = "qapi_runtime".to_owned();
    options.extern_types.insert("Aa".to_owned(), "crate::A<(".to_owned());
    options.type_attributes.push(("*".to_owned(), "must_use".to_owned()));
    options.derives.push(("*".to_owned(), String::new()));
    snapshot!(refused(&load(TWO), &options));
}

#[test]
fn types_of_the_user_take_the_place_of_the_schemas() {
    let mut options = Options::default();
    options.extern_types.insert("Bb".to_owned(), "crate::MyB".to_owned());
    options.type_attributes.push(("Aa".to_owned(), "#[allow(missing_copy_implementations)]".to_owned()));
    options.derives.push(("*".to_owned(), "::my::Trait".to_owned()));
    options.derives.push(("Aa".to_owned(), "PartialEq".to_owned()));
    let text = generate_with(TWO, &options);
    assert!(text.contains("pub x: ::core::option::Option<crate::MyB>"), "{text}");
    assert!(!text.contains("pub struct Bb"), "{text}");
    assert!(text.contains("#[derive(Clone, Debug, Default, PartialEq, ::my::Trait)]\n    #[non_exhaustive]\n    #[allow(missing_copy_implementations)]\n    pub struct Aa"), "{text}");
}

const FILES: &[(&str, &str)] = &[
    ("schema.json", "{ 'include': 'sub/shared.json' } { 'struct': 'Own', 'data': { 's': 'Shared' } }"),
    (
        "sub/shared.json",
        "{ 'struct': 'Shared', 'data': { 'n': 'int' } } { 'command': 'share', 'data': 'Shared' }",
    ),
];

#[test]
fn extern_modules_are_used_and_compared() {
    let mut options = Options::default();
    options.extern_modules.push(ExternModule::new("shared.json", "::other::shared"));
    let schema = load_files(FILES);
    let text = match qapi_gen::stages::rust::generate(&schema, &options) {
        Ok(text) => text,
        Err(diagnostics) => panic!("{}", diagnostics.to_human(&schema.sources)),
    };
    snapshot!(text);
}

#[test]
fn extern_modules_with_other_definitions_are_refused() {
    let schema = load_files(FILES);
    let mut options = Options::default();
    let mut module = ExternModule::new("shared.json", "::other::shared");
    module.fingerprint = Some(1);
    options.extern_modules = vec![module.clone(), ExternModule::new("hared.json", "::other::x")];
    snapshot!(refused(&schema, &options));

    let shared = schema.modules.find(|module| module.name.ends_with("shared.json")).expect("it is included");
    module.fingerprint = Some(fingerprint(&schema, shared));
    options.extern_modules = vec![module.clone()];
    assert!(qapi_gen::stages::rust::generate(&schema, &options).is_ok());
}

/// What is preset for everybody gives way instead.
#[test]
fn preset_modules_give_way() {
    let schema = load_files(FILES);
    let mut options = Options::default();
    let mut module = ExternModule::new("shared.json", "::other::shared");
    module.fingerprint = Some(1);
    module.preset = true;
    options.extern_modules = vec![module];
    let text = qapi_gen::stages::rust::generate(&schema, &options).unwrap_or_default();
    assert!(text.contains("pub struct Shared"), "{text}");
}

#[test]
fn files_of_one_name_become_modules_with_their_folders() {
    let schema = load_files(&[
        ("schema.json", "{ 'include': 'a/x.json' } { 'include': 'b/x.json' } { 'include': 'command.json' }"),
        ("a/x.json", "{ 'struct': 'Aa', 'data': {} }"),
        ("b/x.json", "{ 'struct': 'Bb', 'data': {} }"),
        ("command.json", "{ 'struct': 'Cc', 'data': {} }"),
    ]);
    let text = qapi_gen::stages::rust::generate(&schema, &Options::default()).unwrap_or_default();
    for module in ["pub mod a_x {", "pub mod b_x {", "pub mod command_ {"] {
        assert!(text.contains(module), "{module} in {text}");
    }
}

const COMMANDS: &str = "{ 'command': 'save' } { 'command': 'stop' } { 'command': 'wait', 'coroutine': true }\n\
     { 'command': 'query-version' } { 'struct': 'Ss', 'data': {} }";

#[test]
fn blocking_handlers_are_told_in_the_table() {
    let mut options = Options::default();
    options.blocking = vec!["save".to_owned()];
    let text = generate_with(COMMANDS, &options);
    let entry: String = text.split_whitespace().collect();
    assert!(entry.contains("command::Saveas::qapi_runtime::Command>::SPEC.with_flags("), "{text}");
    assert_eq!(text.matches("BLOCKING").count(), 1, "the schema says it of no other, and of no type: {text}");
}

#[test]
fn blocking_refuses_what_has_no_handler_that_could_block() {
    let mut options = Options::default();
    options.blocking = ["wait", "query-version"].map(str::to_owned).to_vec();
    snapshot!(refused(&load(COMMANDS), &options));

    options.blocking = vec!["save".to_owned()];
    options.handlers = qapi_gen::Handlers::Async;
    let text = refused(&load(COMMANDS), &options);
    assert!(text.contains("'save' is async"), "{text}");
}

/// The table is the server's own, so a command whose type was generated elsewhere can be declared too.
#[test]
fn blocking_takes_commands_of_extern_modules() {
    let mut options = Options::default();
    options.extern_modules.push(ExternModule::new("shared.json", "::other::shared"));
    options.blocking = vec!["share".to_owned()];
    let text = qapi_gen::stages::rust::generate(&load_files(FILES), &options).unwrap_or_default();
    assert!(text.contains("BLOCKING"), "{text}");
}

const RECEIVED: &str = "{ 'enum': 'En', 'data': [ 'x' ] } { 'enum': 'Sent', 'data': [ 'x' ] }\n\
     { 'struct': 'St', 'data': { 'm': 'En' } } { 'alternate': 'Al', 'data': { 'n': 'int' } }\n\
     { 'union': 'Un', 'base': { 'e': 'En' }, 'discriminator': 'e', 'data': { 'x': 'St' } }\n\
     { 'command': 'a', 'data': { 's': 'Sent', 'e': 'En', 'p': 'Un' } } { 'event': 'E', 'data': { 'p': 'Un', 'a': 'Al' } }";

/// Of the lines that declare an unknown value, the types of it.
fn unknown(options: &Options) -> Vec<String> {
    let text = generate_with(RECEIVED, options);
    let lines = text.lines().map(str::trim);
    let declared = lines.filter_map(|line| line.strip_prefix("Unknown("));
    let types = declared.filter_map(|rest| rest.rsplit_once("),")).map(|(ty, _)| ty.to_owned());
    types.filter(|ty| !ty.contains("UnknownEvent")).collect()
}

#[test]
fn types_stay_closed_where_the_user_says_so() {
    let mut options = Options::default();
    options.client = true;
    let (value, any, branch) =
        ("::std::string::String", "::qapi_runtime::Any", "::qapi_runtime::UnknownBranch");
    assert_eq!(unknown(&options), [value, any, branch]);
    options.closed = vec!["Un".to_owned()];
    assert_eq!(unknown(&options), [value, any], "the enum may be received elsewhere");
    options.closed = vec!["En".to_owned()];
    assert_eq!(unknown(&options), [any], "the enum chooses the branch");
    options.closed = vec!["*".to_owned()];
    assert_eq!(unknown(&options).len(), 0);
}

#[test]
fn closed_refuses_what_is_closed_anyway() {
    let mut options = Options::default();
    options.closed = vec!["En".to_owned()];
    assert!(refused(&load(RECEIVED), &options).contains("closed unless a client is generated"));
    options.client = true;
    options.closed = vec!["Sent".to_owned()];
    assert!(refused(&load(RECEIVED), &options).contains("'Sent' is closed already: no client receives it"));
    options.closed = vec!["En".to_owned()];
    options.extern_types.insert("En".to_owned(), "crate::En".to_owned());
    assert!(refused(&load(RECEIVED), &options).contains("'En' is generated elsewhere"));
}
