//! What sees every command before and after it runs.

pub(crate) mod audit;
pub(crate) mod metrics;
pub(crate) mod rate;

use std::sync::Arc;

use qapi_runtime::Error;
use qapi_runtime::interceptor::Interceptor;
use qapi_runtime::interceptor::{Finished, Incoming};

/// Several interceptors as the one that a monitor takes.
pub(crate) struct Chain(Vec<Arc<dyn Interceptor>>);

impl Chain {
    pub(crate) fn new(parts: Vec<Arc<dyn Interceptor>>) -> Chain {
        Chain(parts)
    }
}

impl Interceptor for Chain {
    /// All parts see the command, also when one refuses it: each is then told of its end. The first refusal counts.
    fn before(&self, incoming: &Incoming<'_>) -> Result<(), Error> {
        let answers: Vec<_> = self.0.iter().map(|part| part.before(incoming)).collect();
        answers.into_iter().collect()
    }

    fn after(&self, finished: &Finished<'_>) {
        self.0.iter().for_each(|part| part.after(finished));
    }

    fn wants_arguments(&self) -> bool {
        self.0.iter().any(|part| part.wants_arguments())
    }
}
