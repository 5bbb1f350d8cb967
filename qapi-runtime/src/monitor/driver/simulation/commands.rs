//! Commands as the world knows them: what their handlers are to do, and what has become of them.

use super::random::Random;

/// What a handler does.
#[derive(Clone, Debug)]
pub(super) struct Script {
    /// Events that it sends first.
    pub(super) events: usize,
    /// How much else happens while it runs.
    pub(super) long: usize,
    /// Whether an async handler waits until the world lets it go on.
    pub(super) waits: bool,
    /// Whether an async handler ends when its client has left.
    pub(super) listens: bool,
    /// Whether its future may be dropped when its client has left.
    pub(super) abandons: bool,
    /// Whether it asks if the client is still there.
    pub(super) asks: bool,
    pub(super) end: End,
    /// The length of what it returns.
    pub(super) size: usize,
    /// How many descriptors it was sent.
    pub(super) files: usize,
}

/// How a handler ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Return,
    Fail,
    Panic,
}

impl Script {
    pub(super) fn draw(random: &Random, large: bool) -> Script {
        let size = match random.below(20) {
            0 if large => random.between(1000, 40_000),
            0..4 => random.between(50, 400),
            _ => random.below(20),
        };
        Script {
            events: random.pick(&[0, 0, 0, 1, 1, 2, 5]),
            long: random.pick(&[0, 0, 0, 1, 3, 8]),
            waits: random.percent(70),
            listens: random.percent(20),
            abandons: random.percent(20),
            asks: random.percent(20),
            end: random.pick(&[End::Return, End::Return, End::Return, End::Return, End::Fail, End::Panic]),
            size,
            files: if random.percent(6) { random.between(1, 3) } else { 0 },
        }
    }
}

/// A command by its entry in the table, or by what it is otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Await,
    AwaitOob,
    Block,
    BlockOob,
    Quiet,
    Run,
    RunOob,
    Capabilities,
    Unknown,
    Version,
}

impl Name {
    pub(super) fn draw(random: &Random) -> Name {
        let names = [
            (Name::Run, 30),
            (Name::Await, 20),
            (Name::Block, 10),
            (Name::RunOob, 12),
            (Name::AwaitOob, 10),
            (Name::BlockOob, 12),
            (Name::Quiet, 5),
            (Name::Version, 4),
            (Name::Unknown, 2),
            (Name::Capabilities, 2),
        ];
        let mut left = random.below(names.iter().map(|(_, weight)| weight).sum());
        for (name, weight) in names {
            if left < weight {
                return name;
            }
            left -= weight;
        }
        Name::Run
    }

    pub(super) fn text(self) -> &'static str {
        match self {
            Name::Await => "await",
            Name::AwaitOob => "await-oob",
            Name::Block => "block",
            Name::BlockOob => "block-oob",
            Name::Quiet => "quiet",
            Name::Run => "run",
            Name::RunOob => "run-oob",
            Name::Capabilities => "qmp_capabilities",
            Name::Unknown => "unknown",
            Name::Version => "query-version",
        }
    }

    /// Whether it may run out-of-band.
    pub(super) fn allows_oob(self) -> bool {
        matches!(self, Name::AwaitOob | Name::BlockOob | Name::RunOob)
    }
}

/// A command that a client has sent.
#[derive(Clone, Debug)]
pub(super) struct Command {
    pub(super) client: usize,
    pub(super) name: Name,
    /// It overtakes in-band ones.
    pub(super) out_of_band: bool,
    pub(super) script: Script,
    /// The step at which the session took it.
    pub(super) taken_at: Option<usize>,
    /// How often the session has said that it is over, and whether it succeeded.
    pub(super) ended: usize,
    pub(super) succeeded: bool,
    /// Its handler was called.
    pub(super) begun: bool,
    /// Its handler has returned.
    pub(super) returned: bool,
    /// The events that its handler has sent, but for throttled ones.
    pub(super) events: Vec<usize>,
    /// The client has its answer.
    pub(super) answered: bool,
}

impl Command {
    pub(super) fn new(client: usize, name: Name, out_of_band: bool, script: Script) -> Command {
        Command {
            client,
            name,
            out_of_band,
            script,
            taken_at: None,
            ended: 0,
            succeeded: false,
            begun: false,
            returned: false,
            events: Vec::new(),
            answered: false,
        }
    }
}

/// An event that was sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Sent {
    /// Its number in the log, once it is there.
    pub(super) number: Option<u64>,
    pub(super) throttled: bool,
}
