//! Marks places where the driver holds no lock, so that other threads may run between two of its lines.

/// Marks a place where other threads may run. The simulation runs them here; in other builds this does nothing.
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

    /// Sets what this thread calls in gaps from here on, if anything.
    pub(crate) fn fill(others: Option<fn()>) {
        OTHERS.set(others);
    }

    pub(super) fn gap() {
        if let Some(others) = OTHERS.get() {
            others();
        }
    }
}
