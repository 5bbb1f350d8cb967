//! Faults that the simulation plants in the driver, to see that it would find them.

/// A fault, by what it leaves out or does wrongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mutant {
    /// placeholder
    NoWake,
}

/// Whether this fault is planted. Outside of tests none ever is.
#[cfg(not(test))]
#[inline]
pub(crate) const fn is(_: Mutant) -> bool {
    false
}

#[cfg(test)]
pub(crate) use planted::{is, plant};

#[cfg(test)]
mod planted {
    use super::Mutant;
    use std::cell::Cell;

    thread_local! {
        static PLANTED: Cell<Option<Mutant>> = const { Cell::new(None) };
    }

    /// Plants a fault, or none, for what this thread does from here on.
    pub(crate) fn plant(mutant: Option<Mutant>) {
        PLANTED.set(mutant);
    }

    /// Whether this fault is planted.
    pub(crate) fn is(mutant: Mutant) -> bool {
        PLANTED.get() == Some(mutant)
    }
}
