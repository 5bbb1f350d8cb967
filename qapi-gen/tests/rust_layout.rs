//! How generated code is laid out: lines that are broken mean what unbroken ones do, whatever the schema and the options.

mod rust;

use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::rust::{Conditions, Options, generate};
use qapi_gen::stages::schema::{self, Schema};
use rust::generate_with;
use std::path::Path;

/// The syntax of a file as a general printer writes it.
fn tree(text: &str) -> String {
    match syn::parse_file(text) {
        // A comma behind the last element, which a printer leaves as it is in what is given to a macro.
        Ok(file) => prettyplease::unparse(&file).replace(",)", ")").replace(",]", "]"),
        Err(error) => panic!("what is generated is no Rust: {error}\n{text}"),
    }
}

fn options(format: bool, cfg: bool) -> Options {
    let mut options = Options::default();
    options.format = format;
    options.client = true;
    if cfg {
        options.conditions = Conditions::Cfg { predicates: Default::default() };
    }
    options
}

/// Compares both layouts of the whole text; gives the broken one.
fn laid_out(schema: &Schema, cfg: bool) -> String {
    let text = |format| generate(schema, &options(format, cfg)).expect("the options are right");
    let (wrapped, plain) = (text(true), text(false));
    for (wrapped, plain) in tree(&wrapped).lines().zip(tree(&plain).lines()) {
        // What is given to a macro keeps the comma behind its last element.
        assert_eq!(wrapped.trim_end_matches(','), plain.trim_end_matches(','));
    }
    assert!(wrapped.lines().count() > plain.lines().count(), "nothing was broken");
    wrapped
}

/// Lines that are longer than they should be: long strings and names cannot be broken, and documentation is its author's.
fn overlong(text: &str) -> usize {
    let long = text.lines().filter(|line| line.len() > 100);
    long.filter(|line| !line.trim_start().starts_with("///") && !line.contains('"')).count()
}

#[test]
fn of_qemus_schemas() {
    let Some(qemu) = qapi_test_support::conformance_data("qemu-10.0.2") else { return };
    for root in ["qapi/qapi-schema.json", "qga/qapi-schema.json", "tests/qapi-schema/qapi-schema-test.json"] {
        let loaded = schema::load(&DiskLoader, qemu.join(root), &schema::Options::default());
        let schema = loaded.expect("QEMU's schemas are accepted").schema;
        let text = laid_out(&schema, true);
        let (long, lines) = (overlong(&text), text.lines().count());
        assert!(long * 50 < lines, "{root}: {long} of {lines} lines are too long");
    }
}

#[test]
fn of_our_own_schemas() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
    let loaded = schema::load(&DiskLoader, folder.join("qapi-schema.json"), &schema::Options::default());
    laid_out(&loaded.expect("our schema is right").schema, false);
}

/// What a user adds is printed as it is, however it is written.
#[test]
fn of_what_users_add() {
    let schema = "{ 'struct': 'Aa', 'data': { 'x': 'int' } } { 'command': 'c', 'data': 'Aa' }";
    let long = "a_very_long_argument_of_an_attribute_that_has_many, and_another_very_long_argument_of_it, and(one, more)";
    for attribute in [
        "#[serde(rename_all = \"kebab-case\", bound(deserialize = \"T: 'static + Into<Vec<u8>>\"))]"
            .to_owned(),
        format!("#[tool({long})]"),
        "#[a::b { x => y, z -> w; 1..=2 | 3 && !c, [d,], }]".to_owned(),
        "#[doc = \" two\\nlines\"] #[doc(alias = \"x\")]".to_owned(),
    ] {
        let mut trees = Vec::new();
        for format in [true, false] {
            let mut options = options(format, false);
            options.type_attributes.push(("Aa".to_owned(), attribute.clone()));
            options.derives.push(("*".to_owned(), "::some::Path".to_owned()));
            options.extern_types.insert("Bb".to_owned(), "crate::Of<Vec<Vec<u8>>>".to_owned());
            let schema = format!(
                "{schema} {{ 'struct': 'Bb', 'data': {{}} }} {{ 'command': 'd', 'data': {{ 'b': ['Bb'] }} }}"
            );
            trees.push(tree(&generate_with(&schema, &options)));
        }
        assert_eq!(trees[0], trees[1], "{attribute}");
        let added = syn::parse_file(&tree(&format!("{attribute} struct Aa;"))).expect("an item");
        let generated = syn::parse_file(&trees[0]).expect("items");
        let wanted = struct_attributes(&added.items);
        let found = generated.items.iter().any(|item| match item {
            syn::Item::Mod(module) => module.content.iter().any(|(_, items)| {
                let found = struct_attributes(items);
                wanted.iter().all(|attribute| found.contains(attribute))
            }),
            _ => false,
        });
        assert!(!wanted.is_empty() && found, "{attribute} was changed");
    }
}

fn struct_attributes(items: &[syn::Item]) -> Vec<&syn::Attribute> {
    let structs = items.iter().filter_map(|item| match item {
        syn::Item::Struct(item) => Some(&item.attrs),
        _ => None,
    });
    structs.flatten().collect()
}
