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
