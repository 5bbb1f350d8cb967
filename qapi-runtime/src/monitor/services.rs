//! What transports have running for a monitor: listeners to be ended, and services that sessions share.
//!
//! The monitor knows none of them by its type.

use super::{Inner, Monitor, sessions};
use crate::sync::{Mutex, lock};
use std::any::Any;
use std::sync::{Arc, Weak};

/// The services of a monitor, each found by its type and kept by those who use it.
pub(super) type Services = Mutex<Vec<Weak<dyn Any + Send + Sync>>>;

impl Monitor {
    /// Notes what ends a listener; returns its number.
    pub(crate) fn add_listener(&self, stop: Box<dyn FnOnce() + Send>) -> u64 {
        let number = sessions::next_number();
        lock(&self.0.inner.listeners).insert(number, stop);
        number
    }

    /// Ends one listener, if it is still there.
    pub(crate) fn stop_listener(&self, number: u64) {
        let stop = lock(&self.0.inner.listeners).remove(&number);
        if let Some(stop) = stop {
            stop();
        }
    }
}

impl Inner {
    /// The transport's service of this type, started by `start` if there is none.
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
