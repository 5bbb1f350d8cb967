//! How generated code is laid out: lines that are broken mean what unbroken ones do, whatever the schema and the options.

mod rust;

use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::rust::{Conditions, Options, generate};
use qapi_gen::stages::schema::{self, Schema};
use rust::generate_with;
use std::path::Path;
use syn::visit_mut::{self, VisitMut};
use syn::{Arm, Expr, ExprClosure, Stmt};

/// The syntax of a file as a general printer writes it, the same for all layouts of it.
fn tree(text: &str) -> String {
    match syn::parse_file(text) {
        Ok(mut file) => {
            Bare.visit_file_mut(&mut file);
            // A comma behind the last element, which a printer leaves as it is in what is given to a macro.
            prettyplease::unparse(&file).replace(",)", ")").replace(",]", "]")
        }
        Err(error) => panic!("what is generated is no Rust: {error}\n{text}"),
    }
}

/// Takes off the braces around the one expression of an arm or a closure.
struct Bare;

impl Bare {
    fn strip(body: &mut Expr) {
        if let Expr::Block(block) = body
            && block.attrs.is_empty()
            && let [Stmt::Expr(value, None)] = &mut block.block.stmts[..]
        {
            *body = std::mem::replace(value, syn::parse_quote!(()));
        }
    }
}

impl VisitMut for Bare {
    fn visit_arm_mut(&mut self, arm: &mut Arm) {
        Bare::strip(&mut arm.body);
        arm.comma = None;
        visit_mut::visit_arm_mut(self, arm);
    }

    fn visit_expr_closure_mut(&mut self, closure: &mut ExprClosure) {
        Bare::strip(&mut closure.body);
        visit_mut::visit_expr_closure_mut(self, closure);
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

/// Whether both texts have the same lines, all of them.
fn same(left: &str, right: &str) -> Result<(), String> {
    let (mut lefts, mut rights) = (left.lines(), right.lines());
    for number in 1.. {
        match (lefts.next(), rights.next()) {
            (None, None) => break,
            // What is given to a macro keeps the comma behind its last element.
            (Some(left), Some(right)) if left.trim_end_matches(',') == right.trim_end_matches(',') => {}
            (left, right) => return Err(format!("line {number}:\n{left:?}\n{right:?}")),
        }
    }
    Ok(())
}

/// A text that ends early is not the same: it may lack its last module.
#[test]
fn a_missing_module_is_seen() {
    let whole = "mod a {\n}\nmod root {\n}\n";
    assert!(same(whole, whole).is_ok());
    assert!(same(whole, "mod a {\n}\n").is_err());
    assert!(same("mod a {\n}\n", whole).is_err());
}

/// Compares both layouts of the whole text; gives the broken one.
fn laid_out(schema: &Schema, cfg: bool) -> String {
    let text = |format| generate(schema, &options(format, cfg)).expect("the options are right");
    let (wrapped, plain) = (text(true), text(false));
    if let Err(difference) = same(&tree(&wrapped), &tree(&plain)) {
        panic!("{difference}");
    }
    assert!(wrapped.lines().count() > plain.lines().count(), "nothing was broken");
    wrapped
}

/// Lines that are longer than they should be, without documentation, which is its author's, and strings.
fn overlong(text: &str) -> impl Iterator<Item = &str> {
    let long = text.lines().filter(|line| line.len() > 100);
    long.filter(|line| !line.trim_start().starts_with("///") && !line.contains('"'))
}

/// What rustfmt leaves in one line, too: a path, which has no place to break, and heads behind which it forgets to count
/// what follows.
fn is_left(line: &str) -> bool {
    let line = line.trim();
    let is_path = line.starts_with('<') && (line.ends_with(">::SPEC,") || line.ends_with(">::NAME,"));
    let is_head = [") -> impl ", "impl ", "T: ", "value: impl "].iter().any(|head| line.starts_with(head));
    is_path || is_head && line.len() <= 100
}

#[test]
fn of_qemus_schemas() {
    let Some(qemu) = qapi_test_support::conformance_data("qemu-10.0.2") else { return };
    for root in ["qapi/qapi-schema.json", "qga/qapi-schema.json", "tests/qapi-schema/qapi-schema-test.json"] {
        let loaded = schema::load(&DiskLoader, qemu.join(root), &schema::Options::default());
        let schema = loaded.expect("QEMU's schemas are accepted").schema;
        let text = laid_out(&schema, true);
        let long: Vec<&str> = overlong(&text).filter(|line| !is_left(line)).collect();
        assert!(long.is_empty(), "{root}: these lines are too long:\n{}", long.join("\n"));
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
