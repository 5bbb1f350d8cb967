//! `Builder` compiles schemas that it makes: of an answer, and of several schemas.
#![cfg(feature = "import")]

use qapi_gen::Builder;
use std::path::{Path, PathBuf};

/// A command in whose reply a member has this type.
fn schema(ty: &str) -> String {
    format!(
        "{{ 'command': 'ask', 'returns': 'Reply' }}\n{{ 'struct': 'Reply', 'data': {{ 'x': '{ty}' }} }}\n"
    )
}

/// What a server of such a schema answers to query-qmp-schema.
const ANSWER: &str = r#"[
    {"name": "ask", "meta-type": "command", "arg-type": "0", "ret-type": "1"},
    {"name": "0", "meta-type": "object", "members": []},
    {"name": "1", "meta-type": "object", "members": [{"name": "x", "type": "str"}]},
    {"name": "str", "meta-type": "builtin", "json-type": "string"}
]"#;

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("writable");
    path
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).expect("it is written")
}

/// A builder for clients that writes to a folder.
fn builder(folder: &Path) -> Builder {
    Builder::new().client(true).out_dir(folder)
}

#[test]
fn an_answer_is_compiled_with_and_without_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = tempfile::tempdir().expect("a folder");
    let answer = write(folder.path(), "server.json", ANSWER);
    builder(out.path()).compile_answer(&answer, [] as [&str; 0]).expect("it is an answer");
    assert!(read(out.path(), "server.rs").contains("pub struct AskReply {"));
    assert!(read(out.path(), "server.json").contains("'returns': 'AskReply'"));
    let names = write(folder.path(), "names.json", &schema("str"));
    builder(out.path()).compile_answer(&answer, [names]).expect("both are fine");
    assert!(read(out.path(), "server.rs").contains("pub struct Reply {"));

    let error = builder(out.path()).compile_answer(folder.path().join("gone.json"), [] as [&str; 0]);
    assert!(error.expect_err("there is no such file").to_string().starts_with("cannot read "));
    let refusal =
        write(folder.path(), "refusal.json", r#"{"error": {"class": "GenericError", "desc": "no"}}"#);
    let error =
        builder(out.path()).compile_answer(refusal, [] as [&str; 0]).expect_err("it is an error reply");
    assert!(error.to_string().starts_with("cannot import "), "{error}");
}

#[test]
fn schemas_and_answers_are_merged_and_compiled() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = tempfile::tempdir().expect("a folder");
    let old = write(folder.path(), "old.json", ANSWER);
    let new = write(folder.path(), "new-2.0.json", &schema("str").replace("'x'", "'*z': 'bool', 'x'"));
    let labelled = [format!("1.0={}", old.display()), format!("2.0={}", new.display())];
    builder(out.path()).compile_merged(labelled).expect("they can be joined");
    assert!(read(out.path(), "new-2.0.rs").contains("/// Known to 2.0."));
    assert!(read(out.path(), "new-2.0.json").contains("'data': { '*z': 'bool', 'x': 'str' }"));
    let error = builder(out.path()).compile_merged([] as [&str; 0]).expect_err("there is nothing");
    assert_eq!(error.to_string(), "there is no schema to merge");
}

#[test]
fn devices_are_compiled() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = tempfile::tempdir().expect("a folder");
    let answer = |version: &str| {
        let property = r#"{"name": "p", "type": "Mode", "default-value": "a", "description": "a/b"}"#;
        let text = format!(r#"{{"qemu": "{version}", "devices": {{"one": [{property}], "two": []}}}}"#);
        write(folder.path(), &format!("devices-{version}.json"), &text)
    };
    let answers = [answer("1.0"), answer("2.0")];
    let names = write(folder.path(), "names.json", "{ 'enum': 'Mode', 'data': ['a', 'b', 'c'] }");
    Builder::new().out_dir(out.path()).only(["o*"]).compile_devices(&answers, [names]).expect("all is known");
    let text = read(out.path(), "devices-2.0.rs");
    assert!(text.contains("pub struct One(") && !text.contains("Two"), "{text}");
    assert!(text.contains("&[Self::A, Self::B, Self::C]"), "{text}");

    let none = [] as [&str; 0];
    let error = Builder::new().out_dir(out.path()).compile_devices(none, none).expect_err("there is nothing");
    assert_eq!(error.to_string(), "there is no answer about devices");
    let misspelt = Builder::new().out_dir(out.path()).only(["twoo"]).compile_devices(&answers, none);
    let error = misspelt.expect_err("there is none").to_string();
    assert_eq!(error, "there is no driver 'twoo'; did you mean 'two'?");
}

#[test]
fn a_conflict_needs_a_preference_and_a_preference_needs_a_conflict() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = tempfile::tempdir().expect("a folder");
    let old = write(folder.path(), "old.json", &schema("bool"));
    let new = write(folder.path(), "new.json", &schema("str"));
    let error = builder(out.path()).compile_merged([&old, &new]).expect_err("they cannot be joined");
    assert!(error.to_string().contains("ask.return.x: an alternate cannot tell bool from string"), "{error}");
    let choice = "\nhelp: follow one of the schemas there, as with `.prefer(\"ask.return.x\", \"new\")`";
    assert!(error.to_string().ends_with(choice), "{error}");
    let prefers = || builder(out.path()).prefer("ask.return.x", "new");
    prefers().compile_merged([&old, &new]).expect("it is decided");
    assert!(read(out.path(), "new.rs").contains("pub x: ::std::string::String,"));
    let error = prefers().compile(&new).expect_err("one schema has no conflict");
    assert_eq!(error.to_string(), "`prefer` is of use with `compile_merged` only");
}
