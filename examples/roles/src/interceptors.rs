//! Code that runs before and after every command.

pub(crate) mod audit;
pub(crate) mod metrics;
pub(crate) mod rate;

use std::sync::Arc;

use qapi_runtime::Error;
use qapi_runtime::interceptor::Interceptor;
use qapi_runtime::interceptor::{Finished, Incoming};

/// Several interceptors combined into one, since a monitor takes one.
pub(crate) struct Chain(Vec<Arc<dyn Interceptor>>);

impl Chain {
    pub(crate) fn new(parts: Vec<Arc<dyn Interceptor>>) -> Chain {
        Chain(parts)
    }
}

impl Interceptor for Chain {
    /// Every part sees the command, even when an earlier one refuses it, since every part also sees its end. The first
    /// refusal counts.
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
