//! What holds after each step.

use super::client::Client;
use super::world::World;
use crate::monitor::driver::{Host, Link};
use std::rc::Rc;
use std::sync::Arc;

/// How much more than the limit may wait: what one command adds, and the events of a moment.
const SLACK: usize = 16 * 1024;

impl World {
    /// Checks everything that can be checked between two steps, when no lock is held.
    pub(super) fn check(&self) {
        self.follow_log();
        let clients = self.clients.borrow();
        for client in &*clients {
            self.check_session(client);
        }
        self.check_budgets(&clients);
        self.check_hosts(&clients);
        self.check_deadline();
    }

    fn check_session(&self, client: &Client) {
        let audit = client.link.audit();
        if audit.is_gone && client.ended_by.get().is_none() && !client.told_to_leave.get() {
            match self.why_dropped(client) {
                Some(why) => {
                    let dropped = usize::from(!client.socket.has_left());
                    self.counts.count(|counts| counts.drops += dropped);
                    client.ended_by.set(Some(why));
                }
                None => {
                    self.fail(format!("the session of client {} was dropped without a reason", client.index))
                }
            }
        }
        if client.reads_and_hears_nothing() && audit.pending > 0 {
            self.fail(format!("client {} is read from while its futures wait for the reader", client.index));
        }
        client.negotiated_before.set(client.negotiated_at.get());
        client
            .seen_before
            .set(client.caller.borrow().reading.event.max(client.negotiated_at.get().unwrap_or_default()));
        let limit = self.settings.output_limit.saturating_add(SLACK);
        if !self.settings.large && audit.waiting > limit {
            self.fail(format!("{} bytes wait for client {}", audit.waiting, client.index));
        }
        // With as many in the queue nothing is read.
        if audit.queued > 8 {
            self.fail(format!("{} commands of client {} are in the queue", audit.queued, client.index));
        }
        if client.owner_rests() && audit.taken != audit.known {
            self.fail(format!(
                "client {} takes {:?} and the budget knows {:?}",
                client.index, audit.taken, audit.known
            ));
        }
    }

    /// Why the driver may have dropped a session whose client is there as far as the driver was told.
    fn why_dropped(&self, client: &Client) -> Option<&'static str> {
        let late = self.clock.monotonic() >= self.settings.budgets.negotiation;
        // As of the step before, since a step may hold the drop and much that came after it.
        let unseen = u64::try_from(self.log.borrow().len()).unwrap_or_default() > client.seen_before.get();
        if client.socket.has_left() {
            // Seen when it was written to, or when a command was about to begin.
            Some("its client has left")
        } else if self.settings.tight {
            Some("memory")
        } else if client.caller.borrow().was_stray() {
            Some("its client speaks another protocol")
        } else if client.negotiated_before.get().is_none() && late {
            // It may have negotiated when it was about to be dropped.
            Some("it has not negotiated in time")
        } else if unseen {
            Some("its client did not read its events")
        } else {
            None
        }
    }

    /// Checks a client when nothing moves any more, though it may not read.
    pub(super) fn check_rest(&self, client: &Client) {
        let audit = client.link.audit();
        if audit.is_gone || client.connection.borrow().is_none() {
            return;
        }
        let limit = self.settings.output_limit;
        if audit.is_blocked && audit.behind > 0 && audit.waiting + audit.behind > limit {
            let behind = audit.waiting + audit.behind;
            self.fail(format!("client {} is {behind} bytes behind and is still served", client.index));
        }
        if client.waits_for_input() && audit.waiting > limit {
            self.fail(format!(
                "client {} is read from while {} bytes wait for it",
                client.index, audit.waiting
            ));
        }
    }

    /// Someone is awake or wakes in time for what is due next.
    fn check_deadline(&self) {
        let Some(deadline) = self.inner.next_deadline() else { return };
        let hosts = self.hosts.borrow();
        let mut living = hosts.iter().filter(|host| host.host.borrow().is_some()).peekable();
        if living.peek().is_some() && !living.any(|host| host.wakes_until(deadline)) {
            self.fail(format!("no host wakes for what is due at {deadline:?}"));
        }
    }

    fn check_budgets(&self, clients: &[Rc<Client>]) {
        let open = clients.iter().filter(|client| client.connection.borrow().is_some());
        let known: (usize, usize) = open
            .map(|client| (client.link.memory(), client.link.descriptors()))
            .fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
        let used = self.inner.used();
        if known != used {
            self.fail(format!("sessions take {known:?} and the budgets say {used:?}"));
        }
        if used.0 > self.settings.budgets.memory && !self.is_being_expelled(clients) {
            self.fail(format!("{} bytes are used", used.0));
        }
        if used.1 > self.settings.budgets.descriptors {
            self.fail(format!("{} descriptors wait", used.1));
        }
    }

    /// Whether a session has just been told to go, and its owner runs a handler meanwhile.
    fn is_being_expelled(&self, clients: &[Rc<Client>]) -> bool {
        clients.iter().any(|client| client.connection.borrow().is_some() && client.link.audit().is_gone)
    }

    /// Each host knows how many of its sessions wait for events.
    fn check_hosts(&self, clients: &[Rc<Client>]) {
        for (index, runner) in self.hosts.borrow().iter().enumerate() {
            let host = runner.host.borrow();
            let Some(host) = &*host else { continue };
            let waiting =
                clients.iter().filter(|client| client.host == index && is_idle(&client.link)).count();
            check_idle(self, host, index, waiting);
        }
    }
}

fn check_idle(world: &World, host: &Arc<Host>, index: usize, waiting: usize) {
    if host.count_idle() != waiting {
        world.fail(format!("host {index} counts {} idle sessions and not {waiting}", host.count_idle()));
    }
}

/// Whether it waits for events and does not look for them by itself.
fn is_idle(link: &Link) -> bool {
    let audit = link.audit();
    audit.listens && !audit.is_busy
}
