//! `qapi-gen defines`: what conditions ask for, and what of it a server has.

use super::Folder;

const SCHEMA: &str = "{ 'enum': 'Ee', 'data': [ 'a', { 'name': 'b', 'if': 'B' } ] }
{ 'struct': 'Hidden', 'if': 'HIDDEN', 'data': {} }
{ 'command': 'one', 'data': { '*e': 'Ee', '*m': { 'type': 'int', 'if': { 'any': [ 'A', 'B' ] } } } }
{ 'command': 'two', 'if': { 'all': [ 'B', { 'not': 'C' } ] } }
{ 'command': 'three', 'if': { 'all': [ 'A', 'D' ] } }
{ 'command': 'four', 'features': [ { 'name': 'deprecated', 'if': { 'not': 'E' } } ] }
{ 'event': 'FIVE', 'if': { 'any': [ 'F', 'G' ] } }
";

/// A folder with a schema, and the answer of a server with these defines.
fn folder(defines: &[&str]) -> Folder {
    let folder = Folder::new();
    folder.write("own.json", SCHEMA);
    let (status, answer, err) = folder.run(&["introspect", "own.json", "--define", &defines.join("\n")]);
    assert_eq!((status, err.as_str()), (0, ""));
    folder.write("answer.json", &answer);
    folder
}

#[test]
fn defines_are_listed_with_what_depends_on_them() {
    let folder = folder(&[]);
    let (status, out, err) = folder.run(&["defines", "own.json"]);
    assert_eq!((status, err.as_str()), (0, ""));
    let expected = "A
  member 'm' of command 'one', if A || B
  command 'three', if A && D
B
  value 'b' of enumeration 'Ee'
  member 'm' of command 'one', if A || B
  command 'two', if B && !C
C
  command 'two', if B && !C
D
  command 'three', if A && D
E
  feature 'deprecated' of command 'four', if !E
F
  event 'FIVE', if F || G
G
  event 'FIVE', if F || G
HIDDEN
  struct 'Hidden'
";
    assert_eq!(out, expected);
    let (_, out, _) = folder.run(&["defines", "own.json", "--format", "json"]);
    assert_eq!(
        out.lines().last(),
        Some(
            "{\"define\": \"HIDDEN\", \"parts\": [{\"definition\": \"Hidden\", \"kind\": \"struct\", \
             \"name\": null, \"feature\": null, \"condition\": \"HIDDEN\"}]}"
        )
    );
}

#[test]
fn an_answer_decides_defines() {
    let folder = folder(&["A", "E", "F"]);
    let (status, out, err) = folder.run(&["defines", "own.json", "answer.json"]);
    // `two` is missing because of B, and so says nothing about C. `m` is there without B, and so because of A, and
    // `three` is missing although A is set, and so because of D.
    assert_eq!((status, out.as_str()), (0, "A\nE\n"), "{err}");
    let expected = "C is undecided: command 'two' (B && !C) is not there, which other defines explain too
F is undecided: event 'FIVE' (F || G) is there, which other defines explain too
G is undecided: event 'FIVE' (F || G) is there, which other defines explain too
HIDDEN is undecided: the answer shows no place where a part that depends on it would be
";
    assert_eq!(err, expected);
    let (_, out, _) = folder.run(&["-q", "defines", "own.json", "answer.json", "--format", "json"]);
    let d = out.lines().find(|line| line.contains("\"define\": \"D\"")).expect("it is a define");
    assert!(d.contains("\"state\": \"unset\", \"reason\": \"command 'three' (A && D) is not there\""), "{d}");
}

#[test]
fn the_output_is_input_of_the_command_line() {
    let folder = folder(&["A", "B", "D", "E"]);
    let answer = std::fs::read_to_string(folder.0.path().join("answer.json")).expect("it is written");
    let (status, defines, _) = folder.pipe(&["-q", "defines", "own.json", "-"], &answer);
    assert_eq!((status, defines.as_str()), (0, "A\nB\nD\nE\n"));
    let again = folder.run(&["introspect", "own.json", "--define", &defines]);
    assert_eq!(again, (0, answer, String::new()));
    for command in
        [&["check", "own.json", "--define", ""][..], &["diff", "own.json", "own.json", "--define", ""]]
    {
        assert_eq!(folder.run(command).2, "", "a server may have none: {command:?}");
    }
}

#[test]
fn an_answer_that_contradicts_the_schema_is_told() {
    let folder = folder(&["B"]);
    folder.write(
        "other.json",
        &SCHEMA.replace("'if': { 'all': [ 'B', { 'not': 'C' } ] }", "'if': { 'not': 'B' }"),
    );
    let (status, out, err) = folder.run(&["defines", "other.json", "answer.json"]);
    assert_eq!((status, out.as_str()), (1, ""));
    assert!(
        err.contains("B is contradicted: command 'two' (!B) is there, but value 'b' of 'Ee' is there\n"),
        "{err}"
    );
    let (status, _, err) = folder.pipe(&["defines", "own.json", "-"], "{}");
    assert_eq!(status, 2);
    assert!(err.starts_with("qapi-gen: cannot read -: it is no answer"), "{err}");
}

/// The defines with which the recorded answer was built are known.
#[test]
fn a_recorded_answer_gives_the_defines_of_its_build() {
    let Some(data) = qapi_test_support::conformance_data("qemu-10.0.2") else { return };
    let path = |name: &str| data.join(name).to_string_lossy().into_owned();
    let (schema, answer) = (path("qapi/qapi-schema.json"), path("introspect/x86_64.json"));
    let (status, out, err) = Folder::new().run(&["defines", &schema, &answer]);
    let config = std::fs::read_to_string(path("introspect/x86_64.config")).expect("readable");
    let mut config: Vec<&str> = config.lines().collect();
    config.sort_unstable();
    assert_eq!((status, out.lines().collect::<Vec<_>>()), (0, config), "{err}");
    assert_eq!(err.lines().count(), 6, "few stay undecided: {err}");
}
