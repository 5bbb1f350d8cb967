//! `qapi-gen merge`: one schema of several, what they are called, where it is written, and what is said about it.

use super::Folder;

const OLD: &str = "{ 'enum': 'Mode', 'data': [ 'slow', 'fast' ] }
{ 'command': 'go', 'data': { 'steps': 'uint8' }, 'returns': 'Outcome' }
{ 'struct': 'Outcome', 'data': { 'mode': 'Mode', 'tired': 'bool' } }\n";

const NEW: &str = "{ 'enum': 'Mode', 'data': [ 'slow', 'fast', 'flying' ] }
{ 'command': 'go', 'data': { 'steps': 'uint8', '*mode': 'Mode' }, 'returns': 'Outcome' }
{ 'struct': 'Outcome', 'data': { 'mode': 'Mode' } }
{ 'command': 'stop' }\n";

/// A folder with two schemas.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("old.json", OLD);
    folder.write("new.json", NEW);
    folder
}

/// A folder with two schemas of one command, in whose reply a member is `bool` and `str`.
fn folder_with_conflict() -> Folder {
    let folder = Folder::new();
    for (name, ty) in [("old.json", "bool"), ("new.json", "str")] {
        let reply = format!("{{ 'struct': 'Reply', 'data': {{ 'x': '{ty}' }} }}\n");
        folder.write(name, &format!("{{ 'command': 'ask', 'returns': 'Reply' }}\n{reply}"));
    }
    folder
}

/// Saves what a server of a schema answers to query-qmp-schema.
fn answer(folder: &Folder, schema: &str, name: &str) {
    let (status, answer, err) = folder.run(&["introspect", schema]);
    assert_eq!((status, err.as_str()), (0, ""));
    folder.write(name, &answer);
}

/// Merges; returns what it says, and the merged schema, which `check` accepts.
fn merge(folder: &Folder, schemas: &[&str]) -> (String, String) {
    let (status, out, err) = folder.run(&[&["merge"], schemas, &["-o", "merged.json"]].concat());
    assert_eq!((status, out.as_str()), (0, ""), "{err}");
    assert_eq!(folder.run(&["check", "merged.json"]), (0, String::new(), String::new()));
    (err, folder.read("merged.json"))
}

/// Merges in vain; returns the exit status and what it says. Nothing is written.
fn refused(folder: &Folder, arguments: &[&str]) -> (i32, String) {
    let (status, out, err) = folder.run(&[&["merge"], arguments, &["-o", "merged.json"]].concat());
    assert_eq!(out, "");
    assert!(!folder.0.path().join("merged.json").exists(), "{err}");
    (status, err)
}

#[test]
fn the_documentation_says_which_schemas_know_a_part() {
    let (err, text) = merge(&folder(), &["1.0=old.json", "2.0=new.json"]);
    // The protocol's own commands are in each.
    assert_eq!(
        err,
        "7 commands and events\n1.0 knows 6 of them, 0 of which no other schema knows\n\
         2.0 knows 7 of them, 1 of which no other schema knows\n"
    );
    assert!(text.contains("# @flying: Known to 2.0."), "{text}");
    assert!(text.contains("# @tired: Known to 1.0, and mandatory there."), "{text}");
    assert!(text.contains("'data': { 'mode': 'Mode', '*tired': 'bool' }"), "{text}");
}

#[test]
fn the_label_is_given_or_the_version_of_the_tree_or_the_name_of_the_file() {
    let folder = folder();
    folder.write("tree/VERSION", "9.1.0\n");
    folder.write("tree/qapi/qapi-schema.json", NEW);
    let (err, _) = merge(&folder, &["old.json", "tree/qapi/qapi-schema.json", "mine=new.json"]);
    for label in ["old", "9.1.0", "mine"] {
        assert!(err.contains(&format!("\n{label} knows ")), "{err}");
    }
}

#[test]
fn a_label_is_of_one_schema_and_is_not_empty() {
    let folder = folder();
    let (status, err) = refused(&folder, &["old.json", "old=new.json"]);
    assert_eq!(
        (status, err.as_str()),
        (2, "qapi-gen: two schemas are called old; name them apart with LABEL=PATH\n")
    );
    let (status, err) = refused(&folder, &["=old.json", "new.json"]);
    assert_eq!(status, 2);
    assert!(err.starts_with("qapi-gen: cannot read =old.json: "), "{err}");
}

#[test]
fn a_file_may_have_the_form_of_a_label() {
    let folder = folder();
    folder.write("a=b.json", NEW);
    let (err, _) = merge(&folder, &["old.json", "a=b.json"]);
    assert!(err.contains("\na=b knows "), "{err}");
}

#[test]
fn answers_and_schemas_are_mixed() {
    let folder = folder();
    answer(&folder, "old.json", "old-answer.json");
    answer(&folder, "new.json", "new-answer.json");
    // The schema gives the types of the answer their names, and the widths of its integers.
    let (_, mixed) = merge(&folder, &["1.0=old-answer.json", "2.0=new.json"]);
    let (_, schemas) = merge(&folder, &["1.0=old.json", "2.0=new.json"]);
    assert_eq!(mixed, schemas);
    let (_, answers) = merge(&folder, &["1.0=old-answer.json", "2.0=new-answer.json"]);
    assert!(answers.contains("{ 'struct': 'GoReply'") && answers.contains("integers(wide)"), "{answers}");
    // Whole replies are answers, too.
    let reply = format!("{{\"return\": {}}}", folder.read("new-answer.json"));
    folder.write("reply.json", &reply);
    assert_eq!(merge(&folder, &["1.0=old-answer.json", "2.0=reply.json"]).1, answers);
}

#[test]
fn a_folder_gets_a_file_a_module() {
    let folder = folder();
    folder.write("split.json", "{ 'include': 'new.json' }\n");
    let (status, _, err) = folder.run(&["merge", "old.json", "split.json", "-o", "merged/"]);
    assert_eq!(status, 0, "{err}");
    assert!(folder.read("merged/qapi-schema.json").contains("{ 'include': 'new.json' }"));
    assert!(folder.read("merged/new.json").contains("'command': 'stop'"));
    assert_eq!(folder.run(&["check", "merged/qapi-schema.json"]), (0, String::new(), String::new()));
    // The folder exists now. What was in it is replaced.
    let before = folder.read("merged/new.json");
    let (status, _, err) = folder.run(&["-q", "merge", "old.json", "split.json", "-o", "merged"]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert_eq!(folder.read("merged/new.json"), before);
}

#[test]
fn a_conflict_names_the_place_and_both_sides_and_the_way_out() {
    let folder = folder_with_conflict();
    let (status, err) = refused(&folder, &["old.json", "new.json"]);
    assert_eq!(status, 1);
    assert_eq!(
        err,
        "qapi-gen: the schemas cannot be joined at 1 place\n\
         ask.return.x: an alternate cannot tell bool from string\n  in old: bool\n  in new: str\n\
         help: follow one of the schemas there, as with --prefer 'ask.return.x=new'\n"
    );
    let (_, text) = merge(&folder, &["old.json", "new.json", "--prefer", "ask.return.x=new"]);
    assert!(text.contains("'data': { 'x': 'str' }"), "{text}");
    let (_, text) = merge(&folder, &["old.json", "new.json", "--prefer", "ask.return.x=old"]);
    assert!(text.contains("'data': { 'x': 'bool' }"), "{text}");
}

#[test]
fn a_preference_names_a_place_and_a_schema_once() {
    let folder = folder_with_conflict();
    for (preferences, reason) in [
        (&["ask.return.x"][..], "expected PLACE=LABEL"),
        (
            &["ask.return.x=mid"],
            "no schema is called mid, which ask.return.x should follow; there are old, new",
        ),
        (&["ask.return.x=old", "ask.return.y=old"], "no place of the merged schema is called ask.return.y"),
        (&["ask.return.x=old", "ask.return.x=new"], "ask.return.x cannot follow both old and new"),
    ] {
        let preferences = preferences.iter().flat_map(|preference| ["--prefer", preference]);
        let arguments: Vec<&str> = ["old.json", "new.json"].into_iter().chain(preferences).collect();
        let (status, err) = refused(&folder, &arguments);
        assert_eq!(status, 2, "{err}");
        assert!(err.contains(reason), "{err}");
    }
}

#[test]
fn what_is_no_schema_is_refused() {
    let folder = folder();
    folder.write("error.json", "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"gone\"}}");
    folder.write("bad.json", "{ 'command': 'go', 'data': 'Nosuch' }\n");
    for (schema, status, reason) in [
        ("gone.json", 2, "qapi-gen: cannot read gone.json: "),
        ("error.json", 1, "qapi-gen: cannot import error.json: "),
        ("bad.json", 1, "error[unknown-type]: "),
    ] {
        let (found, err) = refused(&folder, &["old.json", schema]);
        assert_eq!(found, status, "{err}");
        assert!(err.starts_with(reason), "{err}");
    }
    let (status, err) = refused(&folder, &["old.json"]);
    assert_eq!(status, 2, "{err}");
    let (status, _, err) = folder.run(&["merge", "old.json", "new.json", "-o", "gone/merged.json"]);
    assert_eq!(status, 2);
    assert!(err.starts_with("qapi-gen: cannot write gone/merged.json: "), "{err}");
}
