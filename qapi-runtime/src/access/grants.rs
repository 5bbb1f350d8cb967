//! An access, resolved to bits for the tables of a schema, so that dispatch checks one bit.

use super::{Access, AccessError, SERVED};
use crate::Tables;

/// The entries of a schema's tables that an access grants. Accesses that grant the same are equal here.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Grants {
    commands: Bits,
    events: Bits,
    /// The granted commands that sessions answer themselves, by index in [`SERVED`]: the tables may lack them.
    served: Bits,
}

impl Grants {
    /// Resolves `access` for these tables. `None` grants everything.
    pub(crate) fn new(access: &Access, tables: &Tables) -> Result<Option<Grants>, AccessError> {
        access.check(tables)?;
        let grants = Grants {
            commands: tables.commands.iter().map(|spec| access.has_command(spec.name)).collect(),
            events: tables.events.iter().map(|name| access.has_event(name)).collect(),
            served: SERVED.iter().map(|name| access.has_command(name)).collect(),
        };
        let everything = [&grants.commands, &grants.events, &grants.served].iter().all(|bits| bits.all);
        Ok(if everything { None } else { Some(grants) })
    }

    /// Whether the command at this index of the table is granted.
    pub(crate) fn command(&self, index: usize) -> bool {
        self.commands.get(index)
    }

    /// Whether the event at this index of the table is granted.
    pub(crate) fn event(&self, index: usize) -> bool {
        self.events.get(index)
    }

    /// Whether a command is granted that the session answers itself and the table lacks.
    pub(crate) fn served(&self, name: &str) -> bool {
        SERVED.binary_search(&name).is_ok_and(|index| self.served.get(index))
    }
}

/// A bit for each entry of a table.
#[derive(Debug, PartialEq, Eq)]
struct Bits {
    words: Box<[u64]>,
    all: bool,
}

impl Bits {
    fn get(&self, index: usize) -> bool {
        self.words[index / 64] & (1 << (index % 64)) != 0
    }
}

impl FromIterator<bool> for Bits {
    fn from_iter<I: IntoIterator<Item = bool>>(bits: I) -> Bits {
        let (mut words, mut all) = (Vec::new(), true);
        for (index, bit) in bits.into_iter().enumerate() {
            if index % 64 == 0 {
                words.push(0);
            }
            words[index / 64] |= u64::from(bit) << (index % 64);
            all &= bit;
        }
        Bits { words: words.into(), all }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn served_commands_are_sorted() {
        assert!(SERVED.is_sorted());
    }

    #[test]
    fn a_bit_for_each() {
        let bits: Bits = (0..130).map(|index| index % 3 == 0).collect();
        assert!((0..130).all(|index| bits.get(index) == (index % 3 == 0)));
        assert!(!bits.all && Bits::from_iter([true; 65]).all);
    }
}
