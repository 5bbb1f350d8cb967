//! A limit for how many commands a session may send.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use qapi_runtime::Error;
use qapi_runtime::interceptor::{Incoming, Interceptor};

/// The class of the refusal, by which a client knows to wait and to try again.
const CLASS: &str = "RateLimitExceeded";

/// Grants each session so many commands a second, and as many at once.
pub(crate) struct RateLimit {
    rate: f64,
    sessions: Mutex<BTreeMap<u64, Bucket>>,
}

/// How many commands are granted, as of a time.
struct Bucket {
    left: f64,
    since: Instant,
}

impl RateLimit {
    pub(crate) fn new(rate: u32) -> RateLimit {
        RateLimit { rate: rate.into(), sessions: Mutex::default() }
    }

    /// A session begins.
    pub(crate) fn admit(&self, session: u64) {
        let bucket = Bucket { left: self.rate, since: Instant::now() };
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner).insert(session, bucket);
    }

    /// A session has ended.
    pub(crate) fn forget(&self, session: u64) {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner).remove(&session);
    }
}

impl Interceptor for RateLimit {
    fn before(&self, incoming: &Incoming<'_>) -> Result<(), Error> {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        // One that has ended meanwhile has nothing to be kept for.
        let Some(bucket) = sessions.get_mut(&incoming.session()) else { return Ok(()) };
        let now = Instant::now();
        let gained = now.duration_since(bucket.since).as_secs_f64() * self.rate;
        *bucket = Bucket { left: (bucket.left + gained).min(self.rate), since: now };
        if bucket.left < 1.0 {
            return Err(Error::new(CLASS.into(), "Too many commands: try again later"));
        }
        bucket.left -= 1.0;
        Ok(())
    }
}
