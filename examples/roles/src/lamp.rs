//! The handlers.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::Sender;

use qapi_runtime::control::command::Quit;
use qapi_runtime::{Context, Error, EventSender, OrGeneric, Result, control};

use crate::interceptors::audit::Audit;
use crate::interceptors::metrics::Metrics;
use crate::qapi::{self, Lamp, command, event, lamp};

/// The handlers of the lamp, and of the commands about the service itself.
pub(crate) struct Handlers {
    percent: AtomicU8,
    events: EventSender<qapi::Schema>,
    audit: Arc<Audit>,
    metrics: Arc<Metrics>,
    quit: Sender<()>,
}

impl Handlers {
    pub(crate) fn new(
        events: EventSender<qapi::Schema>,
        audit: Arc<Audit>,
        metrics: Arc<Metrics>,
        quit: Sender<()>,
    ) -> Handlers {
        Handlers { percent: AtomicU8::new(0), events, audit, metrics, quit }
    }
}

impl lamp::Commands for Handlers {
    fn query_lamp(&self, _: &Context<'_>, _: command::QueryLamp) -> Result<Lamp> {
        Ok(Lamp::new(self.percent.load(Ordering::Relaxed)))
    }

    fn set_lamp(&self, _: &Context<'_>, args: command::SetLamp) -> Result<()> {
        let command::SetLamp { percent } = args;
        if percent > 100 {
            return Err(Error::generic(format_args!("{percent} percent are more than all")));
        }
        if self.percent.swap(percent, Ordering::Relaxed) != percent {
            event::LampChanged::new(percent).send(&self.events);
        }
        Ok(())
    }

    fn add_log_file(&self, cx: &Context<'_>, _: command::AddLogFile) -> Result<()> {
        let [file]: [_; 1] = cx.files().take_all().try_into().map_err(|files: Vec<_>| {
            Error::generic(format_args!("One descriptor has to come along, not {}", files.len()))
        })?;
        let file = File::from(file);
        // Writing to the log blocks. A client could pass a pipe and never read from it, which would stop the service.
        if !file.metadata().or_generic()?.is_file() {
            return Err(Error::generic("The descriptor is not of a regular file"));
        }
        self.audit.add(cx.session(), file).or_generic()
    }

    fn query_metrics(&self, _: &Context<'_>, _: command::QueryMetrics) -> Result<qapi::Metrics> {
        Ok(self.metrics.report())
    }
}

impl control::Commands for Handlers {
    fn quit(&self, _: &Context<'_>, _: Quit) -> Result<()> {
        // The receiver is gone only when the process ends anyway.
        let _ = self.quit.send(());
        Ok(())
    }
}
