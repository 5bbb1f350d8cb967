//! What each construct of the language becomes in Rust: one small schema, one snapshot each.

mod rust;

use qapi_gen::stages::rust::{Conditions, Handlers, Options};
use rust::{generate, generate_with};

/// What stands before the root's own items, which are the same for every schema.
fn modules(text: &str) -> &str {
    text.split("\n/// The commands of all modules.").next().unwrap_or(text)
}

macro_rules! snapshot {
    ($text:expr) => {
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!($text) })
    };
}

#[test]
fn enumeration() {
    snapshot!(modules(&generate(
        "##\n# @Action:\n#\n# What to do, see @Other.\n#\n# @inject-nmi: an NMI\n#\n# @none: nothing; @inject-nmi does more\n#\n# Features:\n#\n# @deprecated: of no use\n#\n# Since: 1.0\n##\n\
         { 'enum': 'Action', 'data': [ 'inject-nmi', { 'name': 'none', 'features': [ 'deprecated' ] } ] }\n\
         { 'enum': 'Other', 'data': [ 'unknown', '144', 'self' ] }"
    )));
}

#[test]
fn structure_with_base_and_optional_members() {
    snapshot!(modules(&generate(
        "{ 'struct': 'Base', 'data': { 'type': 'str', '*size': 'size' } }\n\
         { 'struct': 'Thing', 'base': 'Base', 'data': { 'list': [ 'int8' ], '*new': 'bool',\n\
           '*old': { 'type': 'any', 'features': [ 'deprecated', 'unstable' ] } } }\n\
         { 'struct': 'Options', 'data': { '*a': 'number', '*b': 'null' } }"
    )));
}

#[test]
fn union() {
    snapshot!(modules(&generate(
        "{ 'enum': 'Kind', 'data': [ 'file', 'net', 'none' ] }\n\
         { 'struct': 'File', 'data': { 'path': 'str' } }\n\
         { 'struct': 'Net', 'data': { 'host': 'str' } }\n\
         { 'union': 'Source', 'base': { '*label': 'str', 'type': 'Kind' }, 'discriminator': 'type',\n\
           'data': { 'file': 'File', 'net': 'Net' } }"
    )));
}

/// A command is built as its members are. Branches of one type, with the name of a setter, of another branch or of a
/// keyword have constructors, too.
#[test]
fn commands_over_unions() {
    let mut options = Options::default();
    options.conditions = Conditions::Cfg { predicates: Default::default() };
    let text = generate_with(
        "{ 'pragma': { 'member-name-exceptions': [ 'Kind' ] } }\n\
         { 'enum': 'Kind', 'data': [ 'file', 'copy', 'label', 'new', 'a-b', 'A-B', 'type', { 'name': 'old', 'features': [ 'deprecated' ] } ] }\n\
         { 'struct': 'File', 'data': { 'path': 'str', '*inner': 'Source' } }\n\
         { 'union': 'Source', 'base': { '*label': 'str', 'branch': 'Kind', 'id': 'int', 'n': { 'type': 'int', 'if': 'N' } },\n\
           'discriminator': 'branch', 'data': { 'file': 'File', 'copy': 'File' } }\n\
         { 'command': 'add-source', 'data': 'Source', 'boxed': true }\n\
         { 'event': 'SOURCE_ADDED', 'data': 'Source', 'boxed': true }",
        &options,
    );
    let functions: Vec<&str> = text.lines().skip_while(|line| !line.contains("pub struct Source")).collect();
    snapshot!(modules(&functions.join("\n")));
}

#[test]
fn alternate() {
    snapshot!(modules(&generate(
        "{ 'struct': 'Thing', 'data': { 'a': 'int' } }\n\
         { 'alternate': 'Either', 'data': { 'definition': 'Thing', 'reference': 'str', 'nothing': 'null' } }"
    )));
}

#[test]
fn recursion_is_boxed() {
    snapshot!(modules(&generate(
        "{ 'struct': 'Tree', 'data': { '*left': 'Tree', '*other': 'Leaf', 'more': [ 'Tree' ] } }\n\
         { 'struct': 'Leaf', 'data': { '*back': 'Tree', '*choice': 'Choice' } }\n\
         { 'alternate': 'Choice', 'data': { 'tree': 'Tree', 'n': 'int' } }"
    )));
}

#[test]
fn commands_and_their_handlers() {
    snapshot!(generate(
        "{ 'pragma': { 'command-returns-exceptions': [ 'query-time' ],\n\
           'command-name-exceptions': [ 'device_add', 'qmp_capabilities' ] } }\n\
         { 'struct': 'Thing', 'data': { '*a': 'int' } }\n\
         { 'command': 'stop', 'features': [ 'deprecated' ], 'allow-oob': true, 'allow-preconfig': true }\n\
         { 'command': 'blockdev-add', 'data': { 'driver': 'str', '*node-name': 'str' }, 'returns': 'Thing' }\n\
         { 'command': 'set-thing', 'data': 'Thing', 'success-response': false }\n\
         { 'command': 'take-thing', 'data': 'Thing', 'boxed': true, 'coroutine': true }\n\
         { 'command': 'device_add', 'data': { 'driver': 'str' }, 'gen': false }\n\
         { 'command': 'query-time', 'returns': 'int' }\n\
         { 'command': 'qmp_capabilities' }"
    ));
}

#[test]
fn events() {
    snapshot!(modules(&generate(
        "{ 'struct': 'Thing', 'data': { 'a': 'int' } }\n\
         { 'event': 'STOP' }\n\
         { 'event': 'GUEST_PANICKED', 'data': { 'action': 'str', '*info': 'Thing' }, 'features': [ 'unstable' ] }\n\
         { 'event': 'THING_CHANGED', 'data': 'Thing', 'boxed': true }"
    )));
}

#[test]
fn downstream_names() {
    snapshot!(modules(&generate(
        "{ 'enum': '__org.qemu_x-Enum', 'data': [ '__org.qemu_x-value' ] }\n\
         { 'struct': '__org.qemu_x-Struct', 'data': { '__org.qemu_x-member': '__org.qemu_x-Enum' } }\n\
         { 'event': '__ORG.QEMU_X-EVENT', 'data': '__org.qemu_x-Struct' }\n\
         { 'command': '__org.qemu_x-command' }"
    )));
}

/// Types that a client receives keep what they do not know; types that are only sent do not.
#[test]
fn types_that_a_client_receives_are_open() {
    let mut options = Options::default();
    options.client = true;
    snapshot!(modules(&generate_with(
        "{ 'enum': 'Sent', 'data': [ 'a' ] }\n\
         { 'enum': 'Received', 'data': [ 'a', 'unknown' ] }\n\
         { 'struct': 'Aa', 'data': { 'x': 'int' } }\n\
         { 'union': 'Info', 'base': { 'kind': 'Received' }, 'discriminator': 'kind', 'data': { 'a': 'Aa' } }\n\
         { 'alternate': 'Either', 'data': { 'info': 'Info', 'n': 'int' } }\n\
         { 'struct': 'Answer', 'data': { 'either': 'Either' } }\n\
         { 'command': 'query-info', 'data': { 'sent': 'Sent' }, 'returns': 'Answer' }",
        &options
    )));
}

const CONDITIONAL: &str = "{ 'enum': 'Kind', 'data': [ 'a', { 'name': 'b', 'if': 'HAVE_B' } ], 'if': 'HAVE_KIND' }\n\
     { 'struct': 'Aa', 'data': { 'x': 'int' }, 'if': { 'not': 'LEAN' } }\n\
     { 'union': 'Info', 'base': { 'kind': 'Kind' }, 'discriminator': 'kind',\n\
       'data': { 'a': 'Aa', 'b': { 'type': 'Aa', 'if': 'HAVE_B' } }, 'if': 'HAVE_KIND' }\n\
     { 'struct': 'Answer', 'data': { '*info': { 'type': 'Info', 'if': 'HAVE_KIND' }, '*n': { 'type': 'int', 'if': 'HAVE_N' } } }\n\
     { 'command': 'query-info', 'returns': 'Answer', 'if': { 'any': [ 'HAVE_KIND', 'HAVE_N' ] } }";

#[test]
fn conditions_as_cfg() {
    let mut options = Options::default();
    options.conditions =
        Conditions::Cfg { predicates: [("HAVE_N".to_owned(), "feature = \"n\"".to_owned())].into() };
    snapshot!(generate_with(CONDITIONAL, &options));
}

#[test]
fn conditions_decided() {
    let mut options = Options::default();
    options.defines.insert("HAVE_KIND".to_owned());
    snapshot!(generate_with(CONDITIONAL, &options));
}

/// Neither hangs on a condition: `Default` is missing where a required member is, whether or not that is there.
#[test]
fn defaults_do_not_hang_on_conditions() {
    let text = generate("{ 'struct': 'Aa', 'data': { '*x': 'int', 'y': { 'type': 'int', 'if': 'NEVER' } } }");
    assert!(text.contains("pub struct Aa {"));
    assert!(!text.contains("Default"));
}

#[test]
fn handlers_may_all_be_async_or_none() {
    let schema = "{ 'command': 'one' } { 'command': 'two', 'coroutine': true }";
    let futures = |handlers| {
        let mut options = Options::default();
        options.handlers = handlers;
        generate_with(schema, &options).matches("impl ::core::future::Future").count()
    };
    assert_eq!(futures(Handlers::BySchema), 1);
    assert_eq!(futures(Handlers::Sync), 0);
    assert_eq!(futures(Handlers::Async), 2);
}

#[test]
fn without_documentation_nothing_is_documented_and_no_lint_asks_for_it() {
    let mut options = Options::default();
    options.docs = false;
    let text = generate_with(
        "##\n# @Aa:\n#\n# Text.\n#\n# @b: more\n##\n{ 'struct': 'Aa', 'data': { 'b': 'int' } }",
        &options,
    );
    assert!(!text.contains("Text.") && !text.contains("more"));
    assert!(text.contains("missing_docs"));
}

#[test]
fn the_number_of_threads_does_not_show() {
    let schema: String =
        (0..200).map(|n| format!("{{ 'struct': 'Struct{n}', 'data': {{ 'a': 'int' }} }}\n")).collect();
    let text = |threads| {
        let mut options = Options::default();
        options.threads = threads;
        generate_with(&schema, &options)
    };
    assert_eq!(text(1), text(4));
}

/// Unformatted text has the same header and modules, and says the same.
#[test]
fn text_need_not_be_formatted() {
    let mut options = Options::default();
    let schema =
        "{ 'struct': 'Aa', 'data': { '*x': 'int' } } { 'command': 'act', 'data': 'Aa', 'returns': [ 'Aa' ] }";
    options.docs = false;
    let formatted = generate_with(schema, &options);
    options.format = false;
    let plain = generate_with(schema, &options);
    let tokens = |text: &str| text.split_whitespace().collect::<String>().replace(",}", "}");
    assert_ne!(plain, formatted);
    assert!(tokens(&formatted).contains("pubstructAa{pubx:::core::option::Option<i64>}"), "{formatted}");
    assert!(tokens(&plain).contains("pubstructAa{pubx:::core::option::Option<i64>}"), "{plain}");
    assert_eq!(plain.lines().next(), formatted.lines().next());
    assert!(plain.contains("pub struct Aa"));
}

#[test]
fn names_that_one_spelling_would_make_one_are_kept_apart() {
    let text = |order: [&str; 2]| {
        let [first, second] = order;
        generate(&format!(
            "{{ 'pragma': {{ 'member-name-exceptions': [ 'Members' ] }} }}\n\
             {{ 'command': 'foo{first}' }} {{ 'command': 'foo{second}' }}\n\
             {{ 'enum': 'Kind', 'data': [ 'a{first}', 'a{second}', 'b-1' ] }}\n\
             {{ 'struct': 'Members', 'data': {{ '*cpu': 'int', '*CPU': 'int' }} }}"
        ))
    };
    let (one, other) = (text(["-1", "1"]), text(["1", "-1"]));
    let spelled = [
        "pub struct Foo_1 {}",
        "pub struct Foo1 {}",
        "fn foo_1(",
        "fn foo1(",
        "A_1,",
        "A1,",
        "B1,",
        "pub cpu:",
        "pub CPU:",
        "pub fn cpu(",
        "pub fn CPU(",
    ];
    for spelled in spelled {
        assert!(one.contains(spelled), "{spelled}");
        assert!(other.contains(spelled), "{spelled}");
    }
}
