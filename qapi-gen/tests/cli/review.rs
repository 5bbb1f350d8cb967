//! The page about reviews: its commands do what it shows, and the hooks that it configures are valid.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

/// A fenced block of the page: the words behind the fence, and the lines.
struct Block<'a> {
    info: Vec<&'a str>,
    text: &'a str,
}

impl<'a> Block<'a> {
    /// The value of `key=value` behind the fence.
    fn value(&self, key: &str) -> Option<&'a str> {
        self.info.iter().find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
    }
}

fn read(name: &str) -> String {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("it is in the workspace");
    std::fs::read_to_string(workspace.join(name)).expect("the workspace has it")
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let fenced = page.split("```").skip(1).step_by(2);
    fenced
        .filter_map(|text| text.split_once('\n'))
        .map(|(info, text)| Block { info: info.split_whitespace().collect(), text })
        .collect()
}

/// A shell command in a folder, with the command of this package and an author for git.
fn shell(folder: &Path, script: &str) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_qapi-gen")).parent().expect("it is in a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let mut sh = Command::new("sh");
    sh.args(["-e", "-c", script]).current_dir(folder);
    sh.env("PATH", format!("{}:{path}", program.display()));
    for role in ["AUTHOR", "COMMITTER"] {
        sh.env(format!("GIT_{role}_NAME"), "t").env(format!("GIT_{role}_EMAIL"), "t@example.org");
    }
    sh.output().expect("there is a shell")
}

/// A repository after all that the page does in it; `None` if there is no git.
fn reviewed(page: &str) -> Option<tempfile::TempDir> {
    if Command::new("git").arg("--version").output().is_err() {
        qapi_test_support::skipped("the page about reviews", "git is not there");
        return None;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let blocks = blocks(page);
    let mut ran = 0;
    for (index, block) in blocks.iter().enumerate() {
        if let Some(name) = block.value("file") {
            std::fs::write(folder.path().join(name), block.text).expect("writable");
        }
        if block.info.first() != Some(&"sh") {
            continue;
        }
        ran += 1;
        let output = shell(folder.path(), block.text);
        let printed = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        let expected = block.value("status").map_or(0, |status| status.parse().expect("a number"));
        assert_eq!(output.status.code(), Some(expected), "{}{printed}{errors}", block.text);
        if let Some(shown) = blocks.get(index + 1).filter(|next| next.info == ["text"]) {
            assert_eq!(printed, shown.text, "{}", block.text);
        }
    }
    assert!(ran > 5, "only {ran} blocks of commands");
    Some(folder)
}

#[test]
fn the_page_shows_what_the_commands_do() {
    reviewed(&read("docs/review.md"));
}

/// The values of a key for each `- id:` of a list in YAML, of the form that ours have: one line for each key.
fn by_id(yaml: &str, key: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut id = "";
    for line in yaml.lines().map(str::trim) {
        if let Some(next) = line.strip_prefix("- id: ") {
            id = next;
            found.insert(id.to_owned(), String::new());
        } else if let Some(value) = line.strip_prefix(key).and_then(|rest| rest.strip_prefix(": ")) {
            found.insert(id.to_owned(), value.to_owned());
        }
    }
    found
}

/// Each hook passes on the page's repository, and fails when a fault of its kind is staged.
#[test]
fn the_hooks_are_valid_commands() {
    let page = read("docs/review.md");
    let Some(folder) = reviewed(&page) else { return };
    let folder = folder.path();
    let blocks = blocks(&page);
    let config = blocks.iter().find(|block| block.info == ["yaml"]).expect("the page configures the hooks");
    let arguments = by_id(config.text, "args");
    let entries = by_id(&read(".pre-commit-hooks.yaml"), "entry");
    let passes_files = by_id(&read(".pre-commit-hooks.yaml"), "pass_filenames");
    let ids: Vec<&String> = entries.keys().collect();
    assert_eq!(ids, arguments.keys().collect::<Vec<_>>(), "the page configures all hooks");
    assert_eq!(ids, ["qapi-gen-check", "qapi-gen-diff", "qapi-gen-fmt", "qapi-gen-lint"]);
    let run = |id: &str| {
        // A list of YAML, as words for the shell.
        let arguments = arguments[id].trim_matches(['[', ']']).replace(',', " ");
        let files = if passes_files[id] == "false" { "" } else { "schema.json" };
        let output = shell(folder, &format!("{} {arguments} {files}", entries[id]));
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&text).into_owned())
    };
    for id in &ids {
        let (status, text) = run(id);
        assert_eq!(status, Some(0), "{id}: {text}");
    }
    let good = std::fs::read_to_string(folder.join("schema.json")).expect("the page has made it");
    for (id, faulty) in [
        ("qapi-gen-check", good.replace("'panic': 'Action'", "'panic': 'Nothing'")),
        ("qapi-gen-lint", format!("{good}\n{{ 'event': 'UNDOCUMENTED' }}\n")),
        ("qapi-gen-diff", good.replace("'none' ]", "'halt' ]").replace("@none", "@halt")),
    ] {
        std::fs::write(folder.join("schema.json"), faulty).expect("writable");
        shell(folder, "git add schema.json");
        let (status, text) = run(id);
        assert_eq!(status, Some(1), "{id}: {text}");
    }
    // As a formatter does, its hook mends the file, which makes pre-commit stop.
    std::fs::write(folder.join("schema.json"), good.replace("'pause', 'none'", "'pause'  ,'none'"))
        .expect("writable");
    assert_eq!(run("qapi-gen-fmt").0, Some(0));
    assert_eq!(std::fs::read_to_string(folder.join("schema.json")).expect("it is there"), good);
}
