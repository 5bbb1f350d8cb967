//! What a world is like: drawn once, when it begins.

use super::random::Random;
use crate::monitor::driver::Placement;
use crate::monitor::{Budgets, Turns};
use std::time::Duration;

/// How long the throttled event waits.
pub(super) const INTERVAL: Duration = Duration::from_secs(1);

/// The settings of a world's monitor, and how much happens.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) turns: Turns,
    pub(super) output_limit: usize,
    pub(super) replies_first: bool,
    pub(super) begin_negotiated: bool,
    /// A policy under which commands may end the process.
    pub(super) may_crash: bool,
    pub(super) budgets: Budgets,
    /// The memory budget is small enough to be met.
    pub(super) tight: bool,
    pub(super) hosts: Vec<HostKind>,
    /// How many clients come at most.
    pub(super) clients: usize,
    /// How many steps are taken before everything comes to its end.
    pub(super) steps: usize,
    /// Only handlers send events: others would wake everyone again and again.
    pub(super) is_quiet: bool,
    /// Loops may end, and their sessions with them.
    pub(super) ends_loops: bool,
    /// The monitor is shut down in between, not only in the end.
    pub(super) shuts_down: bool,
    /// Whether replies may be large.
    pub(super) large: bool,
}

/// Who serves sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HostKind {
    /// The service of the transports, which looks after sessions while handlers run.
    Service,
    /// An event loop of the embedder's, which does not.
    Loop(Placement),
}

impl Settings {
    pub(super) fn draw(random: &Random) -> Settings {
        let mut budgets = Budgets::default();
        let tight = random.percent(8);
        if tight {
            budgets.memory = random.pick(&[20_000, 60_000, 200_000]);
        }
        if random.percent(15) {
            budgets.sessions = random.between(1, 4);
        }
        if random.percent(10) {
            budgets.sessions_of_a_user = random.between(1, 3);
        }
        if random.percent(30) {
            budgets.descriptors_of_a_session = random.below(4);
        }
        if random.percent(30) {
            budgets.descriptors = random.below(5);
        }
        budgets.negotiation = Duration::from_secs(random.pick(&[5, 60, 300]));
        let may_crash = random.percent(10);
        Settings {
            turns: if random.percent(65) { Turns::Shared } else { Turns::PerSession },
            output_limit: random.pick(&[300, 600, 2000, 8000, 64_000, 8 << 20, 8 << 20]),
            replies_first: random.percent(20),
            begin_negotiated: random.percent(8),
            may_crash,
            budgets,
            tight,
            hosts: hosts(random),
            clients: random.between(1, 7),
            steps: random.between(80, 420),
            is_quiet: random.percent(20),
            ends_loops: random.percent(25),
            shuts_down: random.percent(25),
            large: random.percent(15),
        }
    }
}

fn hosts(random: &Random) -> Vec<HostKind> {
    let kinds = [
        HostKind::Service,
        HostKind::Service,
        HostKind::Loop(Placement::Here),
        HostKind::Loop(Placement::Thread),
        HostKind::Loop(Placement::Task),
    ];
    let mut hosts = Vec::new();
    for _ in 0..random.pick(&[1, 1, 1, 2, 2, 3]) {
        let kind = random.pick(&kinds);
        // A monitor has one service for all transports.
        if kind != HostKind::Service || !hosts.contains(&kind) {
            hosts.push(kind);
        }
    }
    hosts
}
