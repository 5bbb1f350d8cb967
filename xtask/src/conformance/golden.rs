//! Replays conversations recorded from a real QEMU with `golden-server`, over its sockets.
//!
//! The server is generated from QEMU's schema. Only its handlers use the recording; everything else is our code. Class,
//! `id`, order and members of every reply have to equal QEMU's. Error texts may be worded differently, but have to name
//! the same things.

mod client;
mod compare;
mod describe;
mod play;
mod server;
mod verdict;

use super::report::{Difference, Group};
use crate::{Failure, workspace};
use compare::Finding;
use qapi_test_support::recording::Recording;
use server::Kind;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The folders of recordings: the one in the conformance data, and our own with further cases.
pub(super) fn default_folders() -> [PathBuf; 2] {
    [workspace::conformance_data().join("golden/qmp"), workspace::root().join("tests/golden")]
}

/// Replays all conversations of some folders.
pub(super) fn run(folders: &[PathBuf]) -> Result<Group, Failure> {
    let recordings = read(folders)?;
    let server = workspace::build("qapi-tests", "golden-server")?;
    let mut group = Group::new("golden", "conversations");
    let findings = in_parallel(&recordings, 1, |recording| {
        let heard = play::play(recording, Kind::Golden { program: &server })?;
        Ok(compare::compare(recording, &heard))
    })?;
    fill(&mut group, &recordings, findings);
    Ok(group)
}

/// Replays all conversations of some folders with this machine's QEMU and with our server.
///
/// The first group compares QEMU with its own recordings, the second our server with QEMU. `None` without a QEMU.
/// Recordings that take QEMU minutes are skipped unless `slow`.
pub(super) fn run_live(folders: &[PathBuf], slow: bool) -> Result<Option<[Group; 2]>, Failure> {
    let Some(qemu) = qapi_test_support::server::qemu() else { return Ok(None) };
    let (recordings, left_out): (Vec<_>, Vec<_>) =
        read(folders)?.into_iter().partition(|recording| slow || !recording.slow);
    for recording in left_out {
        println!("live: skipped {}, QEMU takes minutes over it; --slow holds it too", recording.name);
    }
    let server = workspace::build("qapi-tests", "golden-server")?;
    let mut groups = [Group::new("live-recorded", "conversations"), Group::new("live", "conversations")];
    // Most of the time is spent waiting where QEMU sends nothing.
    let findings = in_parallel(&recordings, 4, |recording| {
        let theirs = play_qemu(recording, &qemu)?;
        let ours = play::play(recording, Kind::Golden { program: &server })?;
        let live = compare::recorded_from(recording, &theirs);
        Ok((compare::compare_exactly(recording, &theirs), compare::compare(&live, &ours)))
    })?;
    let (recorded, live): (Vec<_>, Vec<_>) = findings.into_iter().unzip();
    let [of_recorded, of_live] = &mut groups;
    fill(of_recorded, &recordings, recorded);
    fill(of_live, &recordings, live);
    Ok(Some(groups))
}

/// How many attempts QEMU has to reproduce a recording. With out-of-band execution negotiated, it sometimes loses a
/// wake-up and is silent from then on.
const ATTEMPTS: usize = 3;

/// QEMU's answers: those that match the recording if any attempt does.
fn play_qemu(recording: &Recording, qemu: &Path) -> Result<play::Heard, Failure> {
    let mut attempt = 1;
    loop {
        let heard = play::play(recording, Kind::Qemu { program: qemu })?;
        if attempt == ATTEMPTS || compare::compare_exactly(recording, &heard).is_empty() {
            return Ok(heard);
        }
        println!("live: {} went otherwise than recorded, attempt {attempt} of {ATTEMPTS}", recording.name);
        attempt += 1;
    }
}

fn read(folders: &[PathBuf]) -> Result<Vec<Recording>, Failure> {
    let folders: Vec<_> =
        folders.iter().map(|folder| Recording::read_folder(folder)).collect::<Result<_, _>>()?;
    Ok(folders.concat())
}

/// Runs `hold` for every recording, with `each` threads for each processor.
fn in_parallel<T: Send>(
    recordings: &[Recording],
    each: usize,
    hold: impl Fn(&Recording) -> Result<T, Failure> + Sync,
) -> Result<Vec<T>, Failure> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(BTreeMap::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from) * each;
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((index, recording)) = Some(next.fetch_add(1, Ordering::Relaxed))
                    .and_then(|index| Some((index, recordings.get(index)?)))
                {
                    // A `Failure` cannot leave its thread.
                    let result = hold(recording).map_err(|failure| format!("{}: {failure}", recording.name));
                    results.lock().expect("no thread panics with the lock").insert(index, result);
                }
            });
        }
    });
    let results = results.into_inner().expect("no thread panics with the lock");
    results.into_values().map(|result| result.map_err(Failure::from)).collect()
}

/// Adds the differences to a group. The case of a difference is the rule that it follows, otherwise the recording.
fn fill(group: &mut Group, recordings: &[Recording], findings: Vec<Vec<Finding>>) {
    let mut by_rule: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut others = Vec::new();
    group.compared = recordings.len();
    group.differing = Some(findings.iter().filter(|findings| !findings.is_empty()).count());
    for (recording, findings) in recordings.iter().zip(findings) {
        let mut unexplained = Vec::new();
        for Finding { rule, detail } in findings {
            match rule {
                Some(rule) => by_rule.entry(rule).or_default().push(format!("{}: {detail}", recording.name)),
                None => unexplained.push(detail),
            }
        }
        if !unexplained.is_empty() {
            others.push(Difference { case: recording.name.clone(), detail: unexplained.join("\n") });
        }
    }
    let by_rule = by_rule.into_iter().map(|(rule, details)| Difference {
        case: rule.to_owned(),
        detail: format!("{} replies\n{}", details.len(), details.join("\n")),
    });
    group.differences = by_rule.chain(others).collect();
}
