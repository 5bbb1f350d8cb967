//! `qapi-gen completions` and `qapi-gen man`.

use super::Folder;

#[test]
fn each_command_tells_its_exit_statuses() {
    let folder = Folder::new();
    for command in ["generate", "check", "introspect", "import", "defines", "diff", "fmt", "lint"] {
        let (status, help, _) = folder.run(&[command, "--help"]);
        assert_eq!(status, 0);
        assert!(help.contains("Exit status: 0 "), "{command}: {help}");
    }
}

#[test]
fn completions_and_the_manual_know_all_commands() {
    let folder = Folder::new();
    let (status, page, _) = folder.run(&["man"]);
    assert_eq!(status, 0);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let (status, script, _) = folder.run(&["completions", shell]);
        assert_eq!(status, 0);
        for command in ["generate", "check", "introspect", "import", "defines", "diff", "fmt", "lint"] {
            assert!(script.contains(command), "{shell}: {command}");
            assert!(page.contains(&format!("QAPI-GEN {}", command.to_uppercase())), "{command}");
        }
    }
    assert_eq!(folder.run(&["completions", "nosuch"]).0, 2);
}
