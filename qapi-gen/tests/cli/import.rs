//! `qapi-gen import`: a schema from an answer, where it is written, and what is said about it.

use super::Folder;

const SCHEMA: &str = "##
# @Mode:
#
# How fast.
#
# @slow: slowly
#
# @fast: in a hurry
#
# Since: 1.0
##
{ 'enum': 'Mode', 'data': [ 'slow', 'fast' ] }

##
# @go:
#
# Go somewhere.
#
# @steps: how far
#
# @mode: how fast
#
# Returns: how it went
#
# Since: 1.0
##
{ 'command': 'go', 'data': { 'steps': 'uint8', '*mode': 'Mode' }, 'returns': 'Outcome', 'coroutine': true }

##
# @Outcome:
#
# How it went.
#
# @mode: how fast it was
#
# Since: 1.0
##
{ 'struct': 'Outcome', 'data': { 'mode': 'Mode' } }

##
# @ARRIVED:
#
# It is there.
#
# Since: 1.0
##
{ 'event': 'ARRIVED' }
";

/// A folder with a schema and its answer.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("own.json", SCHEMA);
    let (status, answer, err) = folder.run(&["introspect", "own.json"]);
    assert_eq!((status, err.as_str()), (0, ""));
    folder.write("answer.json", &answer);
    folder
}

/// What stands in `text` of the definition that begins with `head`, and behind it.
fn definition<'t>(text: &'t str, head: &str) -> &'t str {
    let start = text.find(head).unwrap_or_else(|| panic!("{head} is not in {text}"));
    let rest = &text[start..];
    rest.split("\n\n").next().unwrap_or(rest)
}

#[test]
fn types_are_named_after_their_places() {
    let folder = folder();
    let (status, out, err) = folder.run(&["import", "answer.json", "-o", "made.json"]);
    assert_eq!((status, out.as_str()), (0, ""), "{err}");
    assert!(err.contains("types are named after the place where they are met first"), "{err}");
    let text = folder.read("made.json");
    assert_eq!(
        definition(&text, "{ 'command': 'go'"),
        "{ 'command': 'go',\n  'data': { 'steps': 'int', '*mode': 'GoMode' },\n  'returns': 'GoReply' }"
    );
    assert_eq!(definition(&text, "{ 'enum': 'GoMode'"), "{ 'enum': 'GoMode', 'data': [ 'slow', 'fast' ] }");
    assert!(text.contains("\n# qapi-gen: integers(wide)\n"), "{text}");
    for sides in [["answer.json", "made.json"], ["made.json", "answer.json"]] {
        assert_eq!(folder.run(&["diff", sides[0], sides[1]]), (0, "no change\n".into(), String::new()));
    }
}

#[test]
fn names_documentation_and_what_answers_hide_come_from_a_schema() {
    let folder = folder();
    let arguments = ["import", "answer.json", "--names", "own.json", "-o", "made.json"];
    let (status, _, err) = folder.run(&arguments);
    assert_eq!(status, 0, "{err}");
    assert!(err.contains("types are named as in own.json\n0 types are named after"), "{err}");
    let text = folder.read("made.json");
    for definition in SCHEMA.split("\n\n##\n# @").skip(1) {
        // The file is in the layout of `qapi-gen fmt`.
        let documentation = definition.split("##\n").next().expect("it has some");
        assert!(text.contains(documentation), "{documentation} is not in {text}");
    }
    assert!(text.contains("'steps': 'uint8'") && text.contains("'coroutine': true"), "{text}");
    assert!(!text.contains("integers(wide)"), "all widths are known: {text}");
    assert_eq!(folder.run(&["check", "made.json"]).0, 0);
    assert_eq!(folder.run(&["fmt", "--check", "made.json"]).0, 0);
}

#[test]
fn a_folder_gets_a_file_a_module() {
    let folder = folder();
    let arguments = ["import", "-", "--names", "own.json", "-o", "made/"];
    let (status, _, err) = folder.pipe(&arguments, &folder.read("answer.json"));
    assert_eq!(status, 0, "{err}");
    assert!(folder.read("made/qapi-schema.json").contains("{ 'include': 'own.json' }"));
    assert!(folder.read("made/own.json").contains("'event': 'ARRIVED'"));
    assert!(folder.read("made/control.json").contains("'command': 'qmp_capabilities'"));
    assert_eq!(folder.run(&["diff", "answer.json", "made/qapi-schema.json"]).1, "no change\n");
}

#[test]
fn what_is_no_answer_is_refused_and_nothing_is_written() {
    let folder = folder();
    for (answer, reason) in [
        ("{", "EOF while parsing"),
        ("{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"gone\"}}", "it is an error: gone"),
        (
            "[{\"name\": \"c\", \"meta-type\": \"command\", \"arg-type\": \"7\", \"ret-type\": \"7\"}]",
            "it refers to type '7', which it does not describe",
        ),
        (
            "[{\"name\": \"c' }\", \"meta-type\": \"command\", \"arg-type\": \"7\", \"ret-type\": \"7\"}, \
             {\"name\": \"7\", \"meta-type\": \"object\", \"members\": []}]",
            "\"c' }\" is not a name of the schema language",
        ),
    ] {
        let (status, out, err) = folder.pipe(&["import", "-", "-o", "made.json"], answer);
        assert_eq!((status, out.as_str()), (1, ""), "{err}");
        assert!(err.starts_with("qapi-gen: cannot import -: ") && err.contains(reason), "{err}");
        assert!(!folder.0.path().join("made.json").exists());
    }
    let (status, _, err) = folder.run(&["import", "gone.json", "-o", "made.json"]);
    assert_eq!(status, 2);
    assert!(err.starts_with("qapi-gen: cannot read gone.json: "), "{err}");
}

/// No server of a valid schema answers so. The schema would not be usable.
#[test]
fn what_the_language_does_not_allow_is_refused_and_nothing_is_written() {
    let folder = Folder::new();
    let entries = [
        r#"{"name": "go", "meta-type": "command", "arg-type": "0", "ret-type": "0"}"#,
        r#"{"name": "went", "meta-type": "event", "arg-type": "0"}"#,
        r#"{"name": "0", "meta-type": "object", "members": []}"#,
    ];
    let answer = format!("[{}]", entries.join(","));
    let (status, _, err) = folder.pipe(&["import", "-", "-o", "made.json"], &answer);
    assert_eq!(status, 1, "{err}");
    assert!(err.contains("name 'went' of event must be upper case"), "{err}");
    assert!(
        err.ends_with("cannot import -: the schema language does not allow what it describes\n"),
        "{err}"
    );
    assert!(!folder.0.path().join("made.json").exists());
    let (status, _, err) = folder.pipe(&["import", "-", "-o", "made.json"], &answer.replace("went", "WENT"));
    assert_eq!(status, 0, "{err}");
    assert!(err.starts_with("1 command, 1 event\n0 types are named"), "{err}");
}

#[test]
fn an_integer_without_a_width_takes_64_bits_of_either_sign() {
    let folder = Folder::new();
    folder.write(
        "own.json",
        "{ 'command': 'go', 'data': { 'old': 'int', 'small': 'int8', 'new': 'uint64' } }\n",
    );
    folder.write("older.json", "{ 'command': 'go', 'data': { 'old': 'int', 'small': 'int8' } }\n");
    folder.write("answer.json", &folder.run(&["introspect", "own.json"]).1);
    let (status, _, err) = folder.run(&["import", "answer.json", "--names", "older.json", "-o", "made.json"]);
    assert_eq!(status, 0, "{err}");
    assert!(
        err.contains("the widths of some integers are not known: an int is any integer of 64 bits"),
        "{err}"
    );
    // The width of `old` is known, so it does not become wide.
    let data = "'data': { 'old': 'int64', 'small': 'int8', 'new': 'int' }";
    assert!(folder.read("made.json").contains(data), "{}", folder.read("made.json"));
    assert_eq!(folder.run(&["fmt", "--check", "made.json"]).0, 0);
    assert_eq!(folder.run(&["diff", "own.json", "made.json"]), (0, "no change\n".into(), String::new()));
    let (_, code, _) = folder.run(&["generate", "made.json"]);
    for field in ["pub old: i64,", "pub small: i8,", "pub new: i128,"] {
        assert!(code.contains(field), "{field}");
    }
    // The mark survives where the schema gives names in its turn.
    let (status, _, err) = folder.run(&["import", "answer.json", "--names", "made.json", "-o", "again.json"]);
    assert_eq!(status, 0, "{err}");
    assert_eq!(folder.read("again.json"), folder.read("made.json"));
}

/// Its other arguments are the properties of the device. No answer says that they exist.
#[test]
fn device_add_takes_members_that_are_not_described() {
    let folder = Folder::new();
    folder.write(
        "own.json",
        "{ 'pragma': { 'command-name-exceptions': [ 'device_add', 'device_del' ] } }
{ 'command': 'device_add', 'data': { 'driver': 'str', '*id': 'str' }, 'gen': false }
{ 'command': 'device_del', 'data': { 'id': 'str' } }\n",
    );
    folder.write("answer.json", &folder.run(&["introspect", "own.json"]).1);
    let (status, _, err) = folder.run(&["import", "answer.json", "-o", "made.json"]);
    assert_eq!(status, 0, "{err}");
    let text = folder.read("made.json");
    assert!(definition(&text, "{ 'command': 'device_add'").contains("'gen': false"), "{text}");
    assert_eq!(text.matches("'gen': false").count(), 1, "{text}");
}

#[test]
fn a_schema_goes_to_standard_output_if_asked_to() {
    let folder = folder();
    let (status, _, err) = folder.run(&["import", "answer.json", "-o", "made.json"]);
    assert_eq!(status, 0, "{err}");
    let (status, out, err) = folder.run(&["import", "answer.json", "-q", "-o", "-"]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert_eq!(out, std::fs::read_to_string(folder.0.path().join("made.json")).expect("it is written"));
    let (status, out, err) = folder.run(&["merge", "-q", "1=made.json", "2=made.json", "-o", "-"]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(out.contains("'command': 'go'"), "{out}");
    assert!(!folder.0.path().join("-").exists());
}

#[test]
fn an_answer_without_commands_is_refused() {
    let folder = folder();
    folder.write("empty.json", "[]");
    let (status, out, err) = folder.run(&["import", "empty.json", "-o", "made.json"]);
    assert_eq!((status, out.as_str()), (1, ""));
    assert!(err.contains("it describes no command"), "{err}");
    assert!(!folder.0.path().join("made.json").exists());
}
