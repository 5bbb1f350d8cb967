//! The end of a world: everything that can go on is let go on; what then still waits, hangs.

use super::caller::Unit;
use super::client::Client;
use super::commands::Name;
use super::world::World;
use std::rc::Rc;
use std::time::Duration;

/// More steps than any world takes to come to rest.
const MANY: usize = 60_000;

impl World {
    /// Lives from the first step to the last.
    pub(super) fn live(&self) {
        self.trace(|| format!("{:#?}", self.settings));
        for _ in 0..self.settings.steps {
            self.step();
            self.check();
            if self.failure().is_some() {
                return;
            }
        }
        self.end();
    }

    fn end(&self) {
        self.ends.set(true);
        self.trace(|| "everything is let go on".to_owned());
        for client in &*self.clients.borrow() {
            let mut caller = client.caller.borrow_mut();
            caller.stalls |= self.random.percent(20);
            caller.gulp = caller.gulp.max(1000);
        }
        self.let_go_on();
        self.each_client(World::check_rest);
        for client in &*self.clients.borrow() {
            client.caller.borrow_mut().stalls = false;
        }
        self.let_go_on();
        self.each_client(World::check_answers);
        if self.failure().is_none() {
            self.close();
        }
        if self.failure().is_none() {
            self.wait_for_deadlines();
        }
        if self.failure().is_none() {
            self.check_end();
        }
    }

    fn each_client(&self, check: impl Fn(&World, &Client)) {
        let clients = self.clients.borrow().clone();
        clients.iter().for_each(|client| check(self, client));
    }

    /// Steps until nothing moves. Only moments pass meanwhile, no time that anyone could wait for.
    fn let_go_on(&self) {
        for _ in 0..MANY {
            while self.step() {
                self.check();
                if self.failure().is_some() {
                    return;
                }
                if self.counts.steps.get() > MANY {
                    return self.fail("it does not come to rest".to_owned());
                }
            }
            match self.next_deadline() {
                Some(until) if until <= self.clock.monotonic() + Duration::from_millis(2) => {
                    self.pass_until(until)
                }
                _ => return,
            }
        }
    }

    /// The next time at which someone wakes by himself.
    fn next_deadline(&self) -> Option<Duration> {
        let hosts = self.hosts.borrow();
        let asleep = hosts.iter().filter(|host| host.asleep.get() && host.host.borrow().is_some());
        asleep.filter_map(|host| host.until.get()).min()
    }

    fn pass_until(&self, until: Duration) {
        let now = self.clock.monotonic();
        self.clock.pass(until.saturating_sub(now).max(Duration::from_micros(1)));
    }

    /// Every client that is still served has got all that it is owed.
    fn check_answers(&self, client: &Client) {
        if !self.is_served(client) {
            return self.check_early_end(client);
        }
        let caller = client.caller.borrow();
        if !caller.reading.greeted {
            return self.fail(format!("client {} waits for its greeting", client.index));
        }
        if client.socket.in_flight() > 0 {
            return self.fail(format!("client {} waits for its input to be read", client.index));
        }
        if let Some(unit) = self.first_unanswered(&caller.units[..caller.sent], caller.reading.next) {
            return self.fail(format!("client {} waits for the answer to {unit:?}", client.index));
        }
        self.follow_log();
        let newest = u64::try_from(self.log.borrow().len()).unwrap_or_default();
        if let Some(since) = client.negotiated_at.get()
            && caller.reading.event.max(since) != newest
        {
            let seen = caller.reading.event;
            self.fail(format!("client {} waits for events after {seen} up to {newest}", client.index));
        }
    }

    fn first_unanswered(&self, units: &[Unit], next: usize) -> Option<Unit> {
        let commands = self.commands.borrow();
        let waits = |index: usize, unit: &Unit| match unit {
            Unit::Malformed => index >= next,
            Unit::Command(number) => {
                let command = &commands[*number];
                let quiet = command.name == Name::Quiet && command.ended > 0;
                !command.answered && !quiet
            }
        };
        units.iter().enumerate().find(|(index, unit)| waits(*index, unit)).map(|(_, unit)| *unit)
    }

    /// Whether a client is there and its session is not over.
    fn is_served(&self, client: &Client) -> bool {
        let over = client.socket.has_left() || client.socket.is_shut() || self.closer.borrow().is_some();
        !over && client.ended_by.get().is_none()
    }

    /// A session that has ended, though its client is there: with all commands answered, or for a reason.
    fn check_early_end(&self, client: &Client) {
        if client.socket.has_left() || client.ended_by.get().is_some() {
            return;
        }
        let caller = client.caller.borrow();
        let closing = self.closer.borrow().is_some();
        let commands = self.commands.borrow();
        let owed = caller.units[..caller.sent].iter().find(|unit| match unit {
            Unit::Malformed => false,
            Unit::Command(number) => {
                let command = &commands[*number];
                let quiet = command.name == Name::Quiet && command.ended > 0;
                !command.answered && !quiet && (command.begun || !closing)
            }
        });
        if let Some(unit) = owed {
            self.fail(format!(
                "the session of client {} has ended before the answer to {unit:?}",
                client.index
            ));
        }
    }

    /// Has all clients leave, or the monitor shut down. Some that have not negotiated stay, to be dropped for that.
    fn close(&self) {
        let shuts_down = self.closer.borrow().is_some() || self.random.percent(30);
        if self.closer.borrow().is_none() && shuts_down {
            self.shut_down(Duration::from_secs(3600));
        } else {
            let clients: Vec<Rc<Client>> = self.clients.borrow().clone();
            for client in clients {
                let stays = client.negotiated_at.get().is_none() && self.random.percent(70);
                if client.socket.has_left() || stays {
                    continue;
                }
                match self.random.below(3) {
                    0 => client.socket.end(),
                    1 => client.socket.leave(false),
                    _ => client.socket.leave(true),
                }
            }
        }
        self.let_go_on();
        self.each_client(World::check_closed);
    }

    /// No client is served any more that has left, has ended its input, or whose server has shut down.
    fn check_closed(&self, client: &Client) {
        let may_stay = self.closer.borrow().is_none() && client.negotiated_at.get().is_none();
        if !may_stay && client.connection.borrow().is_some() {
            self.fail(format!("the session of client {} does not end", client.index));
        }
        if self.closer.borrow().is_some() {
            self.check_early_end(client);
        }
    }

    /// Time passes, as far as anyone waits for it.
    fn wait_for_deadlines(&self) {
        for _ in 0..1000 {
            let Some(until) = self.next_deadline() else { return };
            self.pass_until(until);
            self.let_go_on();
            if self.failure().is_some() {
                return;
            }
        }
        self.fail("there is always another deadline".to_owned());
    }

    /// Nothing is left.
    fn check_end(&self) {
        self.follow_log();
        let patient =
            self.clients.borrow().iter().filter(|client| client.connection.borrow().is_some()).count();
        if patient > 0 {
            return self.fail(format!("{patient} sessions that have not negotiated in time are still there"));
        }
        if self.monitor.sessions() > 0 {
            return self.fail(format!("there are {} sessions in the end", self.monitor.sessions()));
        }
        let newest = self.events.borrow().iter().rposition(|event| event.throttled);
        let events = self.events.borrow();
        let is_told_time = self.hosts.borrow().iter().any(|host| host.host.borrow().is_some());
        if let Some(newest) = newest
            && is_told_time
            && events[newest].number.is_none()
        {
            return self.fail(format!("event {newest} is still held back"));
        }
        if let Some(lost) = events.iter().position(|event| event.number.is_none() && !event.throttled) {
            return self.fail(format!("event {lost} never came into the log"));
        }
        self.check_commands();
        if self.running.borrow().first().is_some() {
            return self.fail("a handler still runs".to_owned());
        }
        if !self.monitor.shutdown(Duration::ZERO) {
            self.fail("a command still counts as running".to_owned());
        }
    }

    /// Whatever a session has taken is over exactly once.
    fn check_commands(&self) {
        for (number, command) in self.commands.borrow().iter().enumerate() {
            let taken = usize::from(command.taken_at.is_some());
            if command.ended != taken {
                self.fail(format!(
                    "command {number} was taken {taken} times and ended {} times",
                    command.ended
                ));
            }
        }
    }
}
