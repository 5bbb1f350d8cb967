//! The loop: choose, change, run, keep.

use crate::guard::{Guard, MEMORY, catch};
use clap::Args;
use qapi_fuzz::mutate::mutate;
use qapi_fuzz::random::Random;
use qapi_fuzz::seeds::Seed;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::error::Error;
use std::fs;
use std::io::{Seek, Write};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

#[derive(Args)]
pub(crate) struct Options {
    /// The target
    target: String,
    /// For how long
    #[arg(long)]
    seconds: u64,
    /// What the changes are drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the current input and what is found are written
    #[arg(long)]
    state: PathBuf,
    /// Other inputs to start from
    #[arg(long)]
    data: Option<PathBuf>,
}

/// The shortest input for each feature of an answer.
#[derive(Default)]
struct Pool {
    features: Vec<u64>,
    inputs: HashMap<u64, Rc<Seed>>,
}

pub(crate) fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let target = super::find(&options.target)?;
    let started = Instant::now();
    let time = Duration::from_secs(options.seconds);
    let guard = Guard::start(target.limit, MEMORY);
    let mut random = Random::new(options.seed);
    let mut pool = Pool::default();
    let mut panics = HashSet::new();
    let mut executions = 0_u64;
    let mut said = Instant::now();
    let mut seeds = target.seeds(options.data.as_deref()).into_iter();
    let found = options.state.join("found");
    fs::create_dir_all(&found)?;
    let mut current = Current(fs::File::create(options.state.join("current"))?);
    while started.elapsed() < time {
        let input = seeds.next().unwrap_or_else(|| pool.changed(&mut random, target.tokens));
        // Should this be the end of the process, this is why.
        current.write(&input.bytes)?;
        executions = guard.begin() + 1;
        match catch(target, &input.bytes) {
            Ok(features) => pool.keep(&features, input),
            Err(panic) => {
                let place = panic.split(": ").next().unwrap_or_default().to_owned();
                if panics.insert(place) {
                    println!("panic {panic}");
                    fs::write(found.join(format!("panic-{}-{}", options.seed, panics.len())), &input.bytes)?;
                }
            }
        }
        if said.elapsed() > Duration::from_secs(10) {
            said = Instant::now();
            println!("executions {executions} kinds {}", pool.features.len());
        }
    }
    guard.end();
    println!("executions {executions} kinds {}", pool.features.len());
    write_pool(options, &pool)
}

/// The input that is being run: its length in eight bytes, then the input. The file is never made shorter, which would
/// take longer than most executions.
struct Current(fs::File);

impl Current {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.0.rewind()?;
        let length = (bytes.len() as u64).to_le_bytes();
        self.0.write_all(&[&length, bytes].concat())
    }
}

impl Pool {
    fn pick(&self, random: &mut Random) -> Option<&Seed> {
        // Newer ones more often: they are less explored.
        let known = self.features.len();
        let from = if random.below(2) == 0 { known - known / 8 } else { 0 };
        let feature = self.features.get(from + random.below(known - from))?;
        self.inputs.get(feature).map(Rc::as_ref)
    }

    /// One of the inputs, changed.
    fn changed(&self, random: &mut Random, tokens: &[&str]) -> Seed {
        let nothing = Seed { bytes: Vec::new(), own: true };
        let mut input = self.pick(random).unwrap_or(&nothing).clone();
        let other = self.pick(random).unwrap_or(&nothing);
        mutate(random, &mut input.bytes, &other.bytes, tokens);
        Seed { own: input.own && other.own, ..input }
    }

    /// Keeps an input whose answer has a new feature, or that is a shorter example of a known one.
    fn keep(&mut self, features: &[u64], input: Seed) {
        let input = Rc::new(input);
        for feature in features {
            match self.inputs.entry(*feature) {
                Entry::Vacant(place) => {
                    place.insert(Rc::clone(&input));
                    self.features.push(*feature);
                }
                Entry::Occupied(mut place) => {
                    let known = place.get();
                    let is_better = input.own && !known.own && input.bytes.len() < 2 * known.bytes.len();
                    if is_better || input.bytes.len() < known.bytes.len() && (input.own || !known.own) {
                        place.insert(Rc::clone(&input));
                    }
                }
            }
        }
    }
}

/// The inputs that come from the project's own, for the corpus to choose from.
fn write_pool(options: &Options, pool: &Pool) -> Result<(), Box<dyn Error>> {
    let folder = options.state.join("pool");
    fs::create_dir_all(&folder)?;
    let own: BTreeSet<&[u8]> =
        pool.inputs.values().filter(|seed| seed.own).map(|seed| &seed.bytes[..]).collect();
    for (index, bytes) in own.into_iter().enumerate() {
        fs::write(folder.join(format!("{}-{index}", options.seed)), bytes)?;
    }
    Ok(())
}
