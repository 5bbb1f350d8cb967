//! Runs worlds: many seeds, one seed with all its steps, or mutants until each is found.
//!
//! What is run is told by environment variables, so that `cargo xtask simulate` can: `QAPI_SIMULATION_SEED` replays one
//! seed, `QAPI_SIMULATION_SEEDS` says how many are run.

use super::WORLD;
use super::world::{Counts, World};
use crate::gap::fill;
use crate::mutant::{self, Mutant};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How many seeds `cargo test` runs, and within how many a mutant has to be found.
const SEEDS: u64 = 400;
const SEEDS_OF_A_MUTANT: u64 = 1000;

/// A world takes milliseconds. One that takes so long is stuck on a lock.
const STUCK: Duration = Duration::from_secs(30);

/// How a world ended.
struct Ending {
    counts: Counts,
    steps: usize,
    failure: Option<String>,
}

/// Lives through the world of a seed, which says what happens if it is traced.
fn run(seed: u64, mutant: Option<Mutant>, traces: bool) -> Ending {
    let world = Rc::new(World::new(seed, traces));
    WORLD.set(Some(Rc::clone(&world)));
    fill(Some(super::gap));
    mutant::plant(mutant);
    let lived = catch_unwind(AssertUnwindSafe(|| world.live()));
    mutant::plant(None);
    fill(None);
    WORLD.set(None);
    let panicked = lived.is_err().then(|| "the driver panicked".to_owned());
    let failure = world.failure().or(panicked);
    Ending { counts: world.counts.get(), steps: world.counts.steps.get(), failure }
}

/// A number in the environment.
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Does `work` on a thread of its own, which is told where to say what it is at. Who is stuck there is told as well.
fn watched<R: Send + 'static>(work: impl FnOnce(&AtomicU64) -> R + Send + 'static) -> R {
    let at = Arc::new(AtomicU64::new(0));
    let told = Arc::clone(&at);
    let thread = thread::spawn(move || work(&told));
    let (mut last, mut since) = (0, Instant::now());
    while !thread.is_finished() {
        thread::sleep(Duration::from_millis(5));
        let now = at.load(Ordering::Relaxed);
        if now != last {
            (last, since) = (now, Instant::now());
        }
        assert!(since.elapsed() < STUCK, "seed {now} is stuck; {}", replay(now));
    }
    match thread.join() {
        Ok(result) => result,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

fn replay(seed: u64) -> String {
    format!("replay it with `cargo xtask simulate --seed {seed}`")
}

/// Runs seeds; panics at the first that fails.
fn run_all(seeds: impl Iterator<Item = u64>, at: &AtomicU64) -> (u64, usize, Counts) {
    let (mut count, mut steps, mut sum) = (0, 0, Counts::default());
    for seed in seeds {
        at.store(seed, Ordering::Relaxed);
        let ending = run(seed, None, false);
        if let Some(failure) = ending.failure {
            panic!("seed {seed}, step {}: {failure}; {}", ending.steps, replay(seed));
        }
        count += 1;
        steps += ending.steps;
        sum.add(&ending.counts);
    }
    (count, steps, sum)
}

#[test]
fn nothing_is_lost_and_nobody_hangs() {
    if let Some(seed) = number("QAPI_SIMULATION_SEED") {
        let ending = watched(move |at| {
            at.store(seed, Ordering::Relaxed);
            run(seed, None, true)
        });
        println!("{} steps, {}", ending.steps, ending.counts);
        assert_eq!(ending.failure, None, "seed {seed}");
        return;
    }
    let seeds = number("QAPI_SIMULATION_SEEDS").unwrap_or(SEEDS);
    let started = Instant::now();
    let (count, steps, sum) = watched(move |at| run_all(0..seeds, at));
    let mean = u64::try_from(steps).unwrap_or(u64::MAX) / count.max(1);
    println!("{count} seeds, {steps} steps ({mean} a seed), {sum}, no hangs, in {:?}", started.elapsed());
    assert!(mean >= 200, "worlds are too short: {mean} steps a seed");
}

/// The first seed that finds a mutant.
fn find(mutant: Mutant, at: &AtomicU64) -> Option<(u64, String)> {
    (0..SEEDS_OF_A_MUTANT).find_map(|seed| {
        at.store(seed, Ordering::Relaxed);
        run(seed, Some(mutant), false).failure.map(|failure| (seed, failure))
    })
}

/// Looks for mutants; says by which seed each was found, and returns those that were not.
fn find_all(mutants: &'static [Mutant]) -> Vec<Mutant> {
    // A mutant may have the driver panic, which is how it is found.
    watched(move |at| {
        let search = |mutant: &&Mutant| match find(**mutant, at) {
            Some((seed, failure)) => {
                println!("{mutant:?}: found by seed {seed}: {failure}");
                false
            }
            None => true,
        };
        mutants.iter().filter(search).copied().collect()
    })
}

/// What a few worlds find, so that it takes no time.
const EASY: &[Mutant] = &[
    Mutant::TellWakesNobody,
    Mutant::EventComesAfterReply,
    Mutant::CursorIsTakenLate,
    Mutant::TurnIsNotPassedOn,
    Mutant::ReplyIsDroppedWhenBlocked,
    Mutant::MemoryIsNotGivenBack,
];

#[test]
fn the_simulation_finds_what_is_easily_found() {
    assert_eq!(find_all(EASY), [], "these were not found within {SEEDS_OF_A_MUTANT} seeds");
}

#[test]
#[ignore = "takes some seconds; `cargo xtask simulate` runs it"]
fn every_mutant_is_found() {
    assert_eq!(find_all(Mutant::ALL), [], "these were not found within {SEEDS_OF_A_MUTANT} seeds");
}
