//! Runs worlds.

use super::WORLD;
use super::world::{Counts, World};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

/// How a world ended.
struct Ending {
    counts: Counts,
    steps: usize,
    failure: Option<String>,
}

fn run(seed: u64, traces: bool) -> Ending {
    let world = Rc::new(World::new(seed, traces));
    WORLD.set(Some(Rc::clone(&world)));
    let lived = catch_unwind(AssertUnwindSafe(|| world.live()));
    WORLD.set(None);
    let panicked = lived.is_err().then(|| "the driver panicked".to_owned());
    let failure = world.failure().or(panicked);
    Ending { counts: world.counts.get(), steps: world.counts.steps.get(), failure }
}

#[test]
fn seeds() {
    let _ = RefCell::new(());
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let one = number("QAPI_SIMULATION_SEED");
    let range = match one {
        Some(seed) => seed..seed + 1,
        None => 0..number("QAPI_SIMULATION_SEEDS").unwrap_or(300),
    };
    let (mut steps, mut bad) = (0, 0);
    let started = std::time::Instant::now();
    let n = range.end - range.start;
    let mut kinds = std::collections::BTreeMap::<String, (usize, u64)>::new();
    for seed in range {
        if std::env::var("QV").is_ok() {
            eprintln!("at {seed}");
        }
        let ending = run(seed, one.is_some());
        steps += ending.steps;
        if let Some(failure) = ending.failure {
            bad += 1;
            let kind: String = failure.chars().filter(|c| !c.is_ascii_digit()).collect();
            let entry = kinds.entry(kind).or_insert((0, seed));
            entry.0 += 1;
            if bad < 10 {
                println!("seed {seed}: {failure} (step {})", ending.steps);
            }
        }
    }
    for (kind, (count, seed)) in kinds {
        println!("{count:5} seed {seed:5} {kind}");
    }
    println!("{n} seeds, {} steps a seed, {bad} bad, {:?}", steps as u64 / n, started.elapsed());
    assert_eq!(bad, 0);
}
