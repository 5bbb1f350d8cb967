//! `qapi-gen fmt`.

use super::Folder;

#[test]
fn fmt_writes_or_checks() {
    let folder = Folder::new();
    let path = folder.write("s.json", "{'enum':'Kind','data':['a']}");
    let (status, out, _) = folder.run(&["fmt", "--check", "s.json"]);
    assert_eq!((status, out.as_str()), (1, "s.json: not in canonical layout\n"));
    assert_eq!(folder.run(&["fmt", "s.json"]).0, 0);
    assert_eq!(std::fs::read_to_string(path).expect("readable"), "{ 'enum': 'Kind', 'data': ['a'] }\n");
    let (status, out, _) = folder.run(&["fmt", "--check", "s.json"]);
    assert_eq!((status, out.as_str()), (0, ""));
    folder.write("bad.json", "{ 'a'\n 1 }");
    let (status, _, err) = folder.run(&["fmt", "bad.json", "s.json"]);
    assert_eq!(status, 2);
    assert!(err.contains("bad.json:2: '1' is not in the language"), "{err}");
    assert_eq!(folder.run(&["fmt"]).0, 2);
    assert_eq!(folder.run(&["fmt", "nosuch.json"]).0, 2);
}

#[test]
fn qemus_files_are_formatted_one_by_one() {
    let Some(from) = qapi_test_support::conformance_data("qemu-10.0.2/qapi") else { return };
    let folder = Folder::new();
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&from).expect("readable") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        folder.write(&name, &std::fs::read_to_string(&path).expect("text"));
        names.push(name);
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert!(names.len() > 30, "{names:?}");
    assert_eq!(folder.run(&[&["fmt"], names.as_slice()].concat()).0, 0);
    assert_eq!(
        folder.run(&[&["fmt", "--check"], names.as_slice()].concat()),
        (0, String::new(), String::new())
    );
    // The formatted files still are the schema.
    let original = from.join("qapi-schema.json");
    let (status, out, _) = folder.run(&["diff", &original.to_string_lossy(), "qapi-schema.json"]);
    assert_eq!((status, out.as_str()), (0, "no change\n"));
}

#[test]
fn standard_input_is_formatted_to_standard_output() {
    let folder = Folder::new();
    let text = "{'enum':'Kind','data':['a']}";
    let (status, out, err) = folder.pipe(&["fmt", "-"], text);
    assert_eq!((status, out.as_str(), err.as_str()), (0, "{ 'enum': 'Kind', 'data': ['a'] }\n", ""));
    let (status, out, _) = folder.pipe(&["fmt", "--check", "-"], text);
    assert_eq!((status, out.as_str()), (1, "standard input: not in canonical layout\n"));
    assert_eq!(folder.pipe(&["fmt", "--check", "-"], "{ 'enum': 'Kind', 'data': [] }\n").0, 0);
    let (status, out, err) = folder.pipe(&["fmt", "-"], "\n1");
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(err.contains("standard input:2: '1' is not in the language"), "{err}");
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_permissions_stay_what_they_were() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let file = folder.write("s.json", "{'enum':'Kind','data':[]}");
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o640)).expect("it is ours");
    let link = folder.0.path().join("link.json");
    std::os::unix::fs::symlink("s.json", &link).expect("a link");
    assert_eq!(folder.run(&["fmt", "link.json"]), (0, String::new(), String::new()));
    assert!(link.symlink_metadata().expect("it is there").is_symlink());
    assert_eq!(std::fs::read_to_string(&file).expect("readable"), "{ 'enum': 'Kind', 'data': [] }\n");
    assert_eq!(file.metadata().expect("it is there").permissions().mode() & 0o777, 0o640);
}
