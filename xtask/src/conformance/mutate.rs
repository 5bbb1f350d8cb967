//! Compares QEMU's own schema compiler with ours on mutated and random schemas.
//!
//! `seeds` provides the cases of the tree and random schemas, `mutation` changes them, `judges` runs both compilers,
//! `minimise` shrinks schemas on which they differ, and `listed` knows the intended differences. A difference that is
//! not listed fails the command.

mod judges;
mod listed;
mod minimise;
mod mutation;
mod seeds;

use super::random::Random;
use super::tree::Tree;
use crate::Failure;
use judges::{Judges, Verdicts};
use std::collections::BTreeMap;

/// How many differences are minimised and shown: the first of each kind.
const SHOWN: usize = 20;

pub(super) fn run(tree: &Tree, count: u32, seed: u64) -> Result<(), Failure> {
    let mut judges = Judges::open(tree)?;
    let seeds = seeds::cases(tree)?;
    let mut random = Random(seed);
    let (mut accepted, mut listed) = (0_u32, BTreeMap::<&str, u32>::new());
    let mut unexplained = BTreeMap::<String, (u32, String)>::new();
    for _ in 0..count {
        let text = match random.below(3) {
            0 => seeds::random(&mut random),
            1 => mutation::mutate(&seeds::random(&mut random), &mut random),
            _ => mutation::mutate(&seeds[random.below(seeds.len())], &mut random),
        };
        let verdicts = judges.judge(&text)?;
        accepted += u32::from(verdicts.qemu.is_none());
        if verdicts.agree() {
            continue;
        }
        match listed::reason(&text, &verdicts) {
            Some(reason) => *listed.entry(reason).or_default() += 1,
            None => unexplained.entry(verdicts.kind()).or_insert((0, text)).0 += 1,
        }
    }
    println!("mutate: {count} schemas, {accepted} accepted by QEMU");
    for (reason, count) in &listed {
        println!("  {count} listed: {reason}");
    }
    for (kind, (count, text)) in unexplained.iter().take(SHOWN) {
        let small = minimise::minimise(text, |text| Ok(judges.judge(text)?.kind() == *kind))?;
        show(*count, &small, &judges.judge(&small)?);
    }
    match unexplained.values().map(|(count, _)| count).sum::<u32>() {
        0 => Ok(()),
        differences => Err(format!(
            "mutate: {differences} differences of {} kinds are not explained (--seed {seed})",
            unexplained.len()
        )
        .into()),
    }
}

fn show(count: u32, text: &str, verdicts: &Verdicts) {
    println!("  NEW, {count} times:");
    text.lines().for_each(|line| println!("      {line}"));
    println!("    QEMU: {}", verdicts.qemu.as_deref().unwrap_or("accepted").trim_end());
    println!("    ours: {}", verdicts.ours_shown());
}
