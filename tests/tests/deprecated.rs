//! Deprecation speaks to clients: a server that still has what is deprecated is compiled without a warning, and a client
//! that uses it is warned. This file is compiled with warnings denied, so each `expect` is such a warning.
#![deny(warnings, deprecated, unfulfilled_lint_expectations)]
// A test may end with a panic.
#![allow(clippy::unwrap_used)]

use qapi_runtime::{Any, Context, EventSender, Monitor, Result};
use qapi_tests::deprecated::{self, Event, Level, Limits, command, event};
use std::sync::Arc;

struct Server {
    events: EventSender<deprecated::Schema>,
}

impl deprecated::deprecated::Commands for Server {
    fn set_level(&self, _: &Context<'_>, args: command::SetLevel) -> Result<()> {
        let command::SetLevel { level, unit: _, .. } = args;
        event::LevelChanged::new(level).send(&self.events);
        Ok(())
    }

    fn set_levels(&self, _: &Context<'_>, args: command::SetLevels) -> Result<()> {
        event::LevelsChanged::from(args.0).send(&self.events);
        Ok(())
    }

    fn query_limits(&self, _: &Context<'_>, _: command::QueryLimits) -> Result<Limits> {
        Ok(Limits::new(1).high(2))
    }

    async fn wait_level(&self, _: &Context<'_>, _: command::WaitLevel) -> Result<i64> {
        Ok(3)
    }

    fn level_add(&self, _: &Context<'_>, args: Any) -> Result<Any> {
        Ok(args)
    }
}

impl qapi_runtime::control::Commands for Server {
    fn quit(&self, _: &Context<'_>, _: qapi_runtime::control::command::Quit) -> Result<()> {
        Ok(())
    }
}

#[test]
fn a_server_of_deprecated_commands_is_not_warned() {
    let events = EventSender::new();
    let server = Arc::new(Server { events: events.clone() });
    let monitor = Monitor::builder(deprecated::Dispatcher::new(server)).events(&events).build();
    drop(monitor);
}

#[test]
fn a_client_of_deprecated_commands_is_warned() {
    #[expect(deprecated)]
    let inline = command::SetLevel::new(1);
    #[expect(deprecated)]
    let inline = inline.unit("K");
    assert_eq!(inline.level, 1);
    #[expect(deprecated)]
    let level = Level::new(1).unit("K");
    #[expect(deprecated)]
    let named = command::SetLevels::new(1);
    #[expect(deprecated)]
    let named = named.unit("K");
    assert_eq!(named.0, level);
    #[expect(deprecated)]
    let raw = command::LevelAdd::new("l0");
    assert_eq!(raw.id, "l0");
}

#[test]
fn a_client_that_waits_for_a_deprecated_event_is_warned() {
    #[expect(deprecated)]
    let sent = Event::LevelChanged(event::LevelChanged::new(1));
    #[expect(deprecated)]
    let told = matches!(sent, Event::LevelChanged(changed) if changed.level == 1);
    assert!(told);
}
