//! Places where the driver holds no lock, so that other threads may do anything between two lines of it.

/// Says that other threads may come in between here. The simulation has them do so; elsewhere nothing happens.
#[inline]
pub(crate) fn gap() {
    #[cfg(all(test, unix))]
    super::simulation::gap();
}
