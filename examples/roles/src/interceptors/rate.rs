//! A rate limit on the commands of a session.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use qapi_runtime::Error;
use qapi_runtime::interceptor::{Incoming, Interceptor};

/// The error class of a refusal, which tells a client to wait and try again.
const CLASS: &str = "RateLimitExceeded";

/// A token bucket for each session: `rate` commands a second, and as many in one burst.
pub(crate) struct RateLimit {
    rate: f64,
    sessions: Mutex<BTreeMap<u64, Bucket>>,
}

/// How many commands are left, as of `since`.
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
        // The session has ended: its bucket is gone, and no client reads the reply.
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
