//! Places where the driver holds no lock, so that other threads may do anything between two lines of it.

/// Says that other threads may come in between here. The simulation has them do so; elsewhere nothing happens.
#[inline]
pub(crate) fn gap() {
    #[cfg(all(test, unix))]
    filled::gap();
}

#[cfg(all(test, unix))]
pub(crate) use filled::fill;

#[cfg(all(test, unix))]
mod filled {
    use std::cell::Cell;

    thread_local! {
        static OTHERS: Cell<Option<fn()>> = const { Cell::new(None) };
    }

    /// Has `others` called in the gaps that this thread comes to from here on, or nothing.
    pub(crate) fn fill(others: Option<fn()>) {
        OTHERS.set(others);
    }

    pub(super) fn gap() {
        if let Some(others) = OTHERS.get() {
            others();
        }
    }
}
