//! What mutation starts from.

use qapi_test_support::recording::Recording;
use std::path::{Path, PathBuf};

/// An input to start from.
#[derive(Clone, Debug)]
pub struct Seed {
    /// The input.
    pub bytes: Vec<u8>,
    /// Whether it is the project's own, so that what comes of it may be kept in the corpus.
    pub own: bool,
}

/// The folder of the workspace.
#[must_use]
pub fn workspace() -> PathBuf {
    // The workspace is where the package is: in a folder of it.
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

/// Schema files: ours, and where there is a source tree of QEMU, its own test cases and schemas.
#[must_use]
pub fn schemas(data: Option<&Path>) -> Vec<Seed> {
    let root = workspace();
    let mut seeds = Vec::new();
    for folder in ["schemas", "tests/schemas", "qapi-gen/tests"] {
        seeds.extend(files(&root.join(folder), "json", true));
    }
    if let Some(data) = data {
        for folder in ["qemu-10.0.2/tests/qapi-schema", "qemu-10.0.2/qapi"] {
            seeds.extend(files(&data.join(folder), "json", false));
        }
    }
    seeds
}

/// What clients send: some of ours, and where there are recordings, theirs.
#[must_use]
pub fn conversations(data: Option<&Path>) -> Vec<Seed> {
    let own = [
        "{\"execute\": \"qmp_capabilities\"}{\"execute\": \"query-status\", \"id\": 1}\r\n",
        "{'execute': 'qmp_capabilities', 'arguments': {'enable': ['oob']}}{'exec-oob': 'out-of-band', 'id': [1.0, {}]}",
        "{\"execute\":\"qmp_capabilities\"}{\"execute\":\"set-action\",\"arguments\":{\"panic\":\"pause\",\"reboot\":\"reset\"}}",
        "{\"execute\":\"qmp_capabilities\"}{\"execute\":\"query-qmp-schema\"}{\"execute\":\"query-commands\"}{\"execute\":\"quit\"}",
        "{\"execute\": @ }\n{\"a\": [1, 2,, 3]}\n[1, \"\\ud83d\\ude00\", 'it\\'s', -0.5e3, null, true]\n",
    ];
    let mut seeds: Vec<Seed> =
        own.iter().map(|text| Seed { bytes: text.as_bytes().to_vec(), own: true }).collect();
    if let Some(data) = data {
        let recordings = Recording::read_folder(&data.join("golden/qmp")).unwrap_or_default();
        let sent = recordings.iter().map(|recording| recording.steps.iter().flat_map(|step| &step.send));
        let sent = sent.map(|bytes| bytes.copied().collect::<Vec<u8>>());
        seeds.extend(
            sent.filter(|bytes| is_short(bytes) && !bytes.is_empty()).map(|bytes| Seed { bytes, own: false }),
        );
        seeds.extend(files(&data.join("json-test-suite"), "json", false));
    }
    seeds
}

/// The files of a folder and of those in it with this extension; none when there is no such folder. Sorted.
#[must_use]
pub fn files(folder: &Path, extension: &str, own: bool) -> Vec<Seed> {
    let mut paths = Vec::new();
    collect(folder, &mut paths);
    paths.retain(|path| path.extension().is_some_and(|found| found == extension));
    paths.sort();
    let contents = paths.into_iter().filter_map(|path| std::fs::read(path).ok());
    contents.filter(|bytes| is_short(bytes)).map(|bytes| Seed { bytes, own }).collect()
}

/// Whether mutation has room to make it longer.
fn is_short(bytes: &[u8]) -> bool {
    bytes.len() <= crate::mutate::LONGEST
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        if path.is_dir() { collect(&path, paths) } else { paths.push(path) }
    }
}
