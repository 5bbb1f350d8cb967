//! Commands, as types and as entries of the command table.

use crate::{Decode, Encode, Features};

/// A command of a schema: the type holds its arguments.
///
/// Generated code implements it for one type per command.
pub trait Command: Decode + Encode + Send + Sized + 'static {
    /// The command's entry in the command table.
    const SPEC: CommandSpec;
    /// The command's name in the schema.
    const NAME: &'static str = Self::SPEC.name;
    /// The command's return type; `()` when it returns nothing.
    type Ok: Decode + Encode + Send + 'static;
    /// A marker type for the module of the schema: a client accepts commands of modules of its schema, see
    /// [`Speaks`](crate::client::Speaks).
    type Protocol;
}

/// An entry of the command table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CommandSpec {
    /// The command's name.
    pub name: &'static str,
    /// How it may be run.
    pub flags: CommandFlags,
    /// Whether it is deprecated or unstable.
    pub features: Features,
}

impl CommandSpec {
    /// Creates an entry.
    #[must_use]
    pub const fn new(name: &'static str, flags: CommandFlags, features: Features) -> CommandSpec {
        CommandSpec { name, flags, features }
    }

    /// Adds flags.
    ///
    /// A server's table has flags that the schema does not, for instance that a handler blocks.
    #[must_use]
    pub const fn with_flags(self, flags: CommandFlags) -> CommandSpec {
        CommandSpec { flags: self.flags.union(flags), ..self }
    }
}

/// How a command may be run: a set of flags.
///
/// ```
/// use qapi_runtime::CommandFlags;
///
/// const FLAGS: CommandFlags = CommandFlags::ALLOW_OOB.union(CommandFlags::ALLOW_PRECONFIG);
/// assert!(FLAGS.contains(CommandFlags::ALLOW_OOB));
/// assert!(!FLAGS.contains(CommandFlags::RAW));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CommandFlags(u8);

impl CommandFlags {
    /// None of the flags.
    pub const NONE: CommandFlags = CommandFlags(0);
    /// The command may run out-of-band (`'allow-oob': true`).
    pub const ALLOW_OOB: CommandFlags = CommandFlags(1);
    /// The command may run before the machine is ready (`'allow-preconfig': true`).
    pub const ALLOW_PRECONFIG: CommandFlags = CommandFlags(2);
    /// The handler is async (`'coroutine': true`).
    pub const COROUTINE: CommandFlags = CommandFlags(4);
    /// The command sends a reply only when it fails (`'success-response': false`).
    pub const NO_SUCCESS_RESPONSE: CommandFlags = CommandFlags(8);
    /// The handler takes and returns raw JSON (`'gen': false`).
    pub const RAW: CommandFlags = CommandFlags(16);
    /// The handler may block: it waits for a disk, a lock that is held for long, or another process.
    ///
    /// This is not a property of the schema. The author of a server declares it with `Builder::blocking` of qapi-gen.
    /// It matters only on tokio: there a synchronous handler runs on the session's task, and one that is declared
    /// blocking on a blocking thread. With standard threads every session has its own thread.
    ///
    /// The cost of a wrong declaration:
    ///
    /// - A handler that blocks without it delays every session and task on its worker thread of tokio.
    /// - A handler that has it needlessly costs a hop between threads, some 10 µs per command.
    pub const BLOCKING: CommandFlags = CommandFlags(32);

    /// The bits of all flags.
    const ALL: u8 = 63;

    /// The union of both sets.
    #[must_use]
    pub const fn union(self, other: CommandFlags) -> CommandFlags {
        CommandFlags(self.0 | other.0)
    }

    /// Whether this set contains all flags of `other`.
    #[must_use]
    pub const fn contains(self, other: CommandFlags) -> bool {
        self.0 & other.0 == other.0
    }

    /// The set with these bits; unknown bits are dropped.
    #[doc(hidden)]
    #[must_use]
    pub const fn from_bits(bits: u8) -> CommandFlags {
        CommandFlags(bits & Self::ALL)
    }
}

impl core::ops::BitOr for CommandFlags {
    type Output = CommandFlags;

    fn bitor(self, other: CommandFlags) -> CommandFlags {
        self.union(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_survives_its_bits() {
        let flags = [
            CommandFlags::ALLOW_OOB,
            CommandFlags::ALLOW_PRECONFIG,
            CommandFlags::COROUTINE,
            CommandFlags::NO_SUCCESS_RESPONSE,
            CommandFlags::RAW,
            CommandFlags::BLOCKING,
        ];
        for flag in flags {
            assert_eq!(CommandFlags::from_bits(flag.0), flag);
        }
        let all = flags.into_iter().fold(CommandFlags::NONE, CommandFlags::union);
        assert_eq!(CommandFlags::from_bits(u8::MAX), all, "unknown bits are dropped");
    }

    #[test]
    fn a_table_adds_flags_to_an_entry() {
        let spec = CommandSpec::new("pause", CommandFlags::ALLOW_OOB, Features::UNSTABLE);
        let wanted =
            CommandSpec::new("pause", CommandFlags::ALLOW_OOB | CommandFlags::BLOCKING, Features::UNSTABLE);
        assert_eq!(spec.with_flags(CommandFlags::BLOCKING), wanted);
    }
}
