//! Types of devices: from what two versions of QEMU say of a few, and from answers made for the test.

#![cfg(feature = "import")]

use qapi_gen::stages::devices::{Answer, Devices, Driver, Kind, Side, UnknownDriver, model};
use qapi_gen::stages::loader::MemoryLoader;
use qapi_gen::stages::rust::{Options, device_fields, generate_devices};
use qapi_gen::stages::schema::{self, Builtin, Schema};
use qapi_gen::stages::{DevicesError, Peer, compile_devices, read_devices};
use std::path::Path;

fn answer(version: &str) -> Answer {
    let path = format!("{}/tests/devices/{version}.json", env!("CARGO_MANIFEST_DIR"));
    Answer::parse(&std::fs::read_to_string(path).expect("readable")).expect("an answer")
}

fn wanted(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// The devices of both versions.
fn both(drivers: &[&str]) -> Devices {
    let (old, new) = (answer("7.2"), answer("10.0"));
    let sides = [Side { label: "7.2", answer: &old }, Side { label: "10.0", answer: &new }];
    model(&sides, &wanted(drivers), &[]).expect("they are known")
}

/// An answer with one driver, whose properties have these members.
fn made(driver: &str, properties: &[&str]) -> Answer {
    let text = format!(r#"{{"qemu": "1.0", "devices": {{"{driver}": [{{{}}}]}}}}"#, properties.join("}, {"));
    Answer::parse(&text).expect("an answer")
}

fn one(driver: &str, properties: &[&str]) -> Devices {
    let answer = made(driver, properties);
    model(&[Side { label: "1.0", answer: &answer }], &[], &[]).expect("all are known")
}

fn kind<'a>(driver: &'a Driver, property: &str) -> Option<&'a Kind> {
    driver.properties.iter().find(|one| one.name == property).map(|one| &one.kind)
}

#[test]
fn the_types_of_two_versions() {
    let devices = both(&["floppy", "isa-debug-exit", "virtio-rng-pci", "igb"]);
    insta::assert_snapshot!(generate_devices(&devices, &Options::default()));
}

#[test]
fn what_versions_spell_differently_is_joined() {
    let devices = both(&[]);
    let driver = |name: &str| devices.drivers.iter().find(|driver| driver.name == name).expect(name);
    assert_eq!(kind(driver("virtio-rng-pci"), "addr"), Some(&Kind::Address));
    // `uint32` in one, `int32` in the other.
    assert_eq!(kind(driver("virtio-rng-pci"), "rombar"), Some(&Kind::Integer(Builtin::Int)));
    assert_eq!(kind(driver("vfio-pci"), "x-nv-gpudirect-clique"), Some(&Kind::Integer(Builtin::Uint8)));
    // An enumeration that was renamed.
    let floppy = Kind::Enumeration("FloppyDriveType".to_owned());
    assert_eq!(kind(driver("floppy"), "drive-type"), Some(&floppy));
    assert_eq!(devices.enumerations["FloppyDriveType"], ["144", "288", "120", "none", "auto"]);
    assert!(!devices.enumerations.contains_key("FdcDriveType"));
}

#[test]
fn values_of_both_versions_are_united() {
    let old = made("d", &[r#""name": "p", "type": "E", "description": "a/b", "default-value": "a""#]);
    let new = made("d", &[r#""name": "p", "type": "F", "description": "c/b", "default-value": "c""#]);
    let text = made("d", &[r#""name": "p", "type": "str""#]);
    let join = |one: &Answer, other: &Answer| {
        let sides = [Side { label: "1", answer: one }, Side { label: "2", answer: other }];
        model(&sides, &[], &[]).expect("all are known")
    };
    assert_eq!(join(&old, &new).enumerations["F"], ["c", "b", "a"]);
    assert_eq!(kind(&join(&old, &text).drivers[0], "p"), Some(&Kind::Text));
    let flag = made("d", &[r#""name": "p", "type": "bool""#]);
    assert_eq!(kind(&join(&flag, &text).drivers[0], "p"), Some(&Kind::Any));
}

#[test]
fn children_and_untyped_properties_have_no_setter() {
    let devices = one(
        "d",
        &[
            r#""name": "a", "type": "child<memory-region>""#,
            r#""name": "b", "type": """#,
            r#""name": "c", "type": "link<iothread>""#,
            r#""name": "id", "type": "uint32""#,
        ],
    );
    let driver = &devices.drivers[0];
    assert_eq!(kind(driver, "a"), None);
    assert_eq!(kind(driver, "b"), None);
    assert_eq!(kind(driver, "c"), Some(&Kind::Text));
    // The member `id` of device_add is the device's own, so the property is only readable.
    assert_eq!(kind(driver, "id"), Some(&Kind::Integer(Builtin::Uint32)));
    let setters: Vec<String> = device_fields(driver).into_iter().map(|(_, setter)| setter).collect();
    assert_eq!(setters, ["c"]);
    assert!(generate_devices(&devices, &Options::default()).contains("pub const ID:"));
}

#[test]
fn values_come_from_a_schema_before_a_description() {
    let property = r#""name": "p", "type": "Mode", "description": "on/off", "default-value": "on""#;
    let answer = made("d", &[property]);
    let schema = parse("{ 'enum': 'Mode', 'data': ['on', 'off', 'auto'] }");
    let sides = [Side { label: "1.0", answer: &answer }];
    let values =
        |names: &[&Schema]| model(&sides, &[], names).expect("all are known").enumerations["Mode"].join(" ");
    assert_eq!(values(&[]), "on off");
    assert_eq!(values(&[&schema]), "on off auto");
}

#[test]
fn a_type_without_known_values_is_text_or_any() {
    let devices = one(
        "d",
        &[
            // The list lacks the default, so it is no list of the values.
            r#""name": "a", "type": "E", "description": "see x/y", "default-value": "z""#,
            r#""name": "b", "type": "SomeList""#,
        ],
    );
    assert_eq!(kind(&devices.drivers[0], "a"), Some(&Kind::Text));
    assert_eq!(kind(&devices.drivers[0], "b"), Some(&Kind::Any));
}

fn parse(text: &str) -> Schema {
    let loader = MemoryLoader::new().file("s.json", text);
    let loaded = schema::load(&loader, Path::new("s.json"), &schema::Options::default());
    loaded.unwrap_or_else(|failure| panic!("{}", failure.diagnostics.to_human(&failure.sources))).schema
}

#[test]
fn names_that_rust_would_spell_alike_are_kept_apart() {
    let devices = one(
        "new",
        &[
            r#""name": "lahf-lm", "type": "bool""#,
            r#""name": "lahf_lm", "type": "bool""#,
            r#""name": "3dnow", "type": "bool""#,
            r#""name": "42", "type": "bool""#,
            r#""name": "LAHF-lm", "type": "bool""#,
            r#""name": "type", "type": "str""#,
            r#""name": "set", "type": "str""#,
            r#""name": "isa-irqs[0]", "type": "link<irq>""#,
        ],
    );
    let setters: Vec<String> = device_fields(&devices.drivers[0]).into_iter().map(|(_, name)| name).collect();
    assert_eq!(
        setters,
        ["3dnow", "_42", "_LAHF_dlm", "isa_irqs_0_", "_lahf_dlm", "_lahf_ulm", "set_", "type"]
    );
    let text = generate_devices(&devices, &Options::default());
    let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let items = file
        .items
        .iter()
        .filter_map(|item| if let syn::Item::Impl(item) = item { Some(&item.items) } else { None });
    let idents = items.flatten().filter_map(|item| match item {
        syn::ImplItem::Const(item) => Some(item.ident.to_string()),
        syn::ImplItem::Fn(item) => Some(item.sig.ident.to_string()),
        _ => None,
    });
    let idents: Vec<String> = idents.collect();
    let different: std::collections::BTreeSet<&String> = idents.iter().collect();
    // A constant and a setter for each property.
    assert_eq!((idents.len(), different.len()), (16, 16), "{idents:?}");
    for item in ["pub const _3DNOW:", "pub fn _3dnow(", "pub fn r#type(", "Property::new(\"isa-irqs[0]\")"] {
        assert!(text.contains(item), "{item}: {text}");
    }
}

#[test]
fn drivers_and_enumerations_of_one_name_are_kept_apart() {
    let answer = Answer::parse(
        r#"{"qemu": "1.0", "devices": {
            "a-b": [{"name": "p", "type": "a-b", "description": "x/y", "default-value": "x"}],
            "a.b": [],
            "foo-1": [], "foo1": []
        }}"#,
    )
    .expect("an answer");
    let devices = model(&[Side { label: "1.0", answer: &answer }], &[], &[]).expect("all are known");
    let text = generate_devices(&devices, &Options::default());
    let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let types = file.items.iter().filter_map(|item| match item {
        syn::Item::Struct(item) => Some(item.ident.to_string()),
        syn::Item::Enum(item) => Some(item.ident.to_string()),
        _ => None,
    });
    let types: Vec<String> = types.collect();
    let different: std::collections::BTreeSet<&String> = types.iter().collect();
    assert_eq!((types.len(), different.len()), (5, 5), "{types:?}");
    assert!(types.contains(&"Foo_1".to_owned()), "{types:?}");
}

#[test]
fn descriptions_are_no_markup() {
    let devices = one("d", &[r#""name": "p", "type": "str", "description": "[<id>] or `a`""#]);
    let text = generate_devices(&devices, &Options::default());
    assert!(text.contains(r"/// `p`: \[\<id>\] or \`a\`"), "{text}");
    let mut options = Options::default();
    options.docs = false;
    let text = generate_devices(&devices, &options);
    assert!(!text.contains("///") && !text.contains("alias"), "{text}");
}

#[test]
fn an_unknown_driver_is_an_error() {
    let new = answer("10.0");
    let sides = [Side { label: "10.0", answer: &new }];
    let unknown = |name: &str, near: Option<&str>| UnknownDriver {
        name: name.to_owned(),
        near: near.map(str::to_owned),
    };
    let error = model(&sides, &wanted(&["flopy", "floppy", "zzz*"]), &[]).expect_err("two are unknown");
    assert_eq!(error, [unknown("flopy", Some("floppy")), unknown("zzz*", None)]);
    assert_eq!(error[0].to_string(), "there is no driver 'flopy'; did you mean 'floppy'?");
    assert_eq!(error[1].to_string(), "there is no driver that matches 'zzz*'");
    let chosen = model(&sides, &wanted(&["v*", "virtio-*", "floppy"]), &[]).expect("they are known");
    let names: Vec<&str> = chosen.drivers.iter().map(|driver| &driver.name[..]).collect();
    assert_eq!(names, ["floppy", "vfio-pci", "virtio-rng-pci"]);
}

#[test]
fn unusable_files_are_errors() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("writable");
        Peer::parse(&path.to_string_lossy())
    };
    let missing = Peer::parse("missing.json");
    assert!(matches!(read_devices(&[missing]), Err(DevicesError::Read(..))));
    let error = read_devices(&[write("bad.json", "[]")]).expect_err("no answer").to_string();
    assert!(
        error.ends_with("bad.json: it is no answer about devices: the file has no text 'qemu'"),
        "{error}"
    );
    let good = write("good.json", r#"{"qemu": "1.0", "devices": {}}"#);
    let error = read_devices(&[good.clone(), good.clone()]).expect_err("one label").to_string();
    assert_eq!(error, "two answers are called 1.0; name them apart with LABEL=PATH");
    let answers = read_devices(&[good]).expect("readable");
    let mut options = Options::default();
    options.only = Some(wanted(&["floppy"]));
    let error = compile_devices(&answers, &[], &options).expect_err("no driver").to_string();
    assert_eq!(error, "there is no driver 'floppy'");
}
