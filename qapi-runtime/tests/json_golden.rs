//! The parser against what a real QEMU answered to the same bytes.
//!
//! Each recorded conversation is replayed on the parser; of the envelope only so much is imitated as tells a parse error
//! from a message.

#![allow(clippy::unwrap_used, missing_docs)]

use qapi_runtime::json::{Item, Message, Parser};
use qapi_test_support::recording::Recording;
use serde_json::{Value, json};

/// The envelope's part, as far as these recordings need it.
fn answer(message: &Message<'_>) -> Value {
    let error = |desc: String| json!({"error": {"class": "GenericError", "desc": desc}});
    let mut reply = match message.value().as_object() {
        None => return error("QMP input must be a JSON object".into()),
        Some(object) => {
            let known = ["execute", "arguments", "id"];
            match object.iter().find(|(name, _)| !known.contains(name)) {
                Some((name, _)) => error(format!("QMP input member '{name}' is unexpected")),
                None if object.get("execute").is_none() => error("QMP input lacks member 'execute'".into()),
                None => json!({"return": {}}),
            }
        }
    };
    if let Some(id) = message.raw_member("id") {
        assert!(id.is_ascii());
        // Deeper than serde_json reads by default.
        reply["id"] = match qapi_runtime::json::parse(&id) {
            Ok(value) => value.into(),
            Err(error) => panic!("{id}: {error}"),
        };
    }
    reply
}

/// The recorded error is one of the arguments, which are not checked here.
fn is_about_arguments(reply: &Value) -> bool {
    reply["error"]["desc"].as_str().is_some_and(|desc| desc.starts_with("Parameter '"))
}

fn replay(recording: &Recording) -> Result<(), String> {
    let mut parser = Parser::new();
    for (number, step) in recording.steps.iter().enumerate().skip(1) {
        let mut got = Vec::new();
        parser.feed(&step.send);
        while let Some(item) = parser.next() {
            got.push(match item {
                Item::Message(message) => answer(&message),
                Item::Error(error) => {
                    json!({"error": {"class": "GenericError", "desc": error.to_string()}})
                }
            });
        }
        let wanted = step.replies.iter().flatten().map(|reply| reply.clone().into());
        let wanted: Vec<Value> = wanted.collect();
        let equal = got.len() == wanted.len()
            && got.iter().zip(&wanted).all(|(got, wanted)| {
                let wanted = if is_about_arguments(wanted) { json!({"return": {}}) } else { wanted.clone() };
                let with_any_return = |reply: &Value| match reply.get("return") {
                    Some(_) => json!({"return": {}, "id": reply.get("id")}),
                    None => reply.clone(),
                };
                with_any_return(got) == with_any_return(&wanted)
            });
        if !equal {
            return Err(format!("{}, step {number}\n  got    {got:?}\n  wanted {wanted:?}", recording.name));
        }
    }
    Ok(())
}

#[test]
fn recorded_conversations_are_answered_alike() {
    let Some(folder) = qapi_test_support::conformance_data("golden/qmp") else { return };
    let mut recordings = Recording::read_folder(&folder).unwrap();
    recordings.retain(|recording| recording.name.starts_with("json-"));
    let failures: Vec<String> = recordings.iter().filter_map(|recording| replay(recording).err()).collect();
    assert!(
        failures.is_empty(),
        "{} of {} differ:\n{}",
        failures.len(),
        recordings.len(),
        failures.join("\n")
    );
    assert!(recordings.len() > 10, "only {} recordings", recordings.len());
}

/// Files that JSONTestSuite wants refused and QMP's dialect takes.
const TAKEN: &[(&str, &str)] = &[
    ("n_object_single_quote.json", "strings in single quotes are part of the dialect"),
    ("n_string_single_quote.json", "strings in single quotes are part of the dialect"),
    ("n_structure_double_array.json", "input is a stream: this is two messages"),
    ("n_structure_object_with_trailing_garbage.json", "input is a stream: this is two messages"),
];

/// Files that JSONTestSuite wants taken and QMP's dialect refuses.
const REFUSED: &[(&str, &str)] = &[
    ("y_number_0e+1.json", "a bare 0 takes no exponent"),
    ("y_number_0e1.json", "a bare 0 takes no exponent"),
    ("y_object_duplicated_key.json", "names are unique"),
    ("y_object_duplicated_key_and_value.json", "names are unique"),
    ("y_string_escaped_noncharacter.json", "noncharacters are refused"),
    ("y_string_last_surrogates_1_and_2.json", "noncharacters are refused"),
    ("y_string_nonCharacterInUTF-8_U+10FFFF.json", "noncharacters are refused"),
    ("y_string_nonCharacterInUTF-8_U+FFFF.json", "noncharacters are refused"),
    ("y_string_unicode_U+10FFFE_nonchar.json", "noncharacters are refused"),
    ("y_string_unicode_U+1FFFE_nonchar.json", "noncharacters are refused"),
    ("y_string_unicode_U+FDD0_nonchar.json", "noncharacters are refused"),
    ("y_string_unicode_U+FFFE_nonchar.json", "noncharacters are refused"),
];

/// The files of the suite, which say in their names what is to become of them.
fn files() -> Option<Vec<(String, Vec<u8>)>> {
    let folder = qapi_test_support::conformance_data("json-test-suite")?;
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.ends_with(".json") {
            files.push((name, std::fs::read(path).unwrap()));
        }
    }
    assert!(!files.is_empty(), "the suite has no files");
    files.sort();
    Some(files)
}

struct Outcome {
    messages: usize,
    errors: Vec<String>,
    idle: bool,
}

fn run(bytes: &[u8]) -> Outcome {
    let mut parser = Parser::new();
    parser.feed(bytes);
    // A number or keyword at the end waits for a byte.
    parser.feed(b"\n");
    let mut outcome = Outcome { messages: 0, errors: Vec::new(), idle: false };
    while let Some(item) = parser.next() {
        match item {
            Item::Message(_) => outcome.messages += 1,
            Item::Error(error) => outcome.errors.push(error.to_string()),
        }
    }
    outcome.idle = parser.is_idle();
    outcome
}

#[test]
fn json_test_suite() {
    let Some(files) = files() else { return };
    for (listed, reason) in TAKEN.iter().chain(REFUSED) {
        assert!(files.iter().any(|(name, _)| name == listed), "{listed} ({reason}) is not there");
    }
    let mut failures = Vec::new();
    let total = files.len();
    for (name, bytes) in files {
        let Outcome { messages, errors, idle } = run(&bytes);
        let good = messages == 1 && errors.is_empty() && idle;
        let refused = !errors.is_empty() || messages == 0;
        let is_taken = TAKEN.iter().any(|(file, _)| *file == name);
        let is_refused = REFUSED.iter().any(|(file, _)| *file == name);
        let fine = match &name[..2] {
            "y_" => good != is_refused,
            "n_" => refused != is_taken,
            _ => messages + errors.len() > 0 || !idle,
        };
        if !fine {
            failures.push(format!("{name}: {messages} messages, {errors:?}, idle: {idle}"));
        }
    }
    assert!(failures.is_empty(), "{} of {total} differ:\n{}", failures.len(), failures.join("\n"));
    eprintln!("{total} files of JSONTestSuite run");
}
