//! What transports run for a monitor: listeners, which a shutdown stops, and services that sessions share.
//!
//! The monitor does not know their types, so that it does not depend on any transport.

use super::{Inner, Monitor, sessions};
use crate::sync::{Mutex, lock};
use std::any::Any;
use std::sync::{Arc, Weak};

/// The services of a monitor, each found by its type. Weak: the listeners and sessions that use a service keep it
/// alive.
pub(super) type Services = Mutex<Vec<Weak<dyn Any + Send + Sync>>>;

impl Monitor {
    /// Registers a callback that stops a listener; returns the listener's number.
    pub(crate) fn add_listener(&self, stop: Box<dyn FnOnce() + Send>) -> u64 {
        let number = sessions::next_number();
        lock(&self.0.inner.listeners).insert(number, stop);
        number
    }

    /// Stops one listener, if it still runs.
    pub(crate) fn stop_listener(&self, number: u64) {
        let stop = lock(&self.0.inner.listeners).remove(&number);
        if let Some(stop) = stop {
            stop();
        }
    }
}

impl Inner {
    /// Returns the service of this type, started by `start` if none runs.
    pub(crate) fn service<S: Any + Send + Sync, E>(
        &self,
        start: impl FnOnce() -> Result<Arc<S>, E>,
    ) -> Result<Arc<S>, E> {
        let mut services = lock(&self.services);
        services.retain(|service| service.strong_count() > 0);
        let found = services.iter().filter_map(Weak::upgrade).filter_map(|service| service.downcast().ok());
        if let Some(service) = found.into_iter().next() {
            return Ok(service);
        }
        let service = start()?;
        let weak: Weak<S> = Arc::downgrade(&service);
        services.push(weak);
        Ok(service)
    }
}
