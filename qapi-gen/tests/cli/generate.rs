//! `qapi-gen generate`: its options reach the generated code.

use super::{Folder, OLD};

#[test]
fn handlers_are_declared_blocking() {
    let folder = Folder::new();
    folder.write("own.json", OLD);
    let (status, out, err) = folder.run(&["generate", "own.json", "--blocking", "a,quit"]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert_eq!(out.matches("CommandFlags::BLOCKING").count(), 2, "{out}");
    let (status, out, err) = folder.run(&["generate", "own.json", "--blocking", "b"]);
    assert_eq!((status, out.as_str()), (1, ""));
    assert!(err.contains("the schema has no command 'b'"), "{err}");
}

const CONDITIONAL: &str = "{ 'command': 'query-a', 'if': 'A' } { 'command': 'query-b', 'if': { 'not': 'A' } }
{ 'command': 'stop' }
";

#[test]
fn patterns_choose_commands_and_all_conditions_may_hold() {
    let folder = Folder::new();
    folder.write("own.json", CONDITIONAL);
    let (status, out, err) = folder.run(&["generate", "own.json", "--only", "query-?"]);
    assert_eq!((status, err.as_str()), (0, ""));
    let has =
        |text: &str| ["QueryA", "QueryB", "Stop"].map(|name| text.contains(&format!("pub struct {name} {{")));
    assert_eq!(has(&out), [false, true, false], "{out}");
    let all = ["generate", "own.json", "--conditions", "all"];
    let (status, out, err) = folder.run(&[&all[..], &["--client"]].concat());
    assert_eq!((status, err.as_str()), (0, ""));
    assert_eq!(has(&out), [true, true, true], "{out}");
    let (status, out, err) = folder.run(&all);
    assert_eq!((status, out.as_str()), (1, ""));
    assert!(err.contains("hold for a client only"), "{err}");
}
