//! The calls of a connection: queued ones, and those that wait for their reply.

use super::log::Log;
use super::reply::Id;
use super::{CallId, Failure, File, Request};
use crate::client::Gone;
use crate::json::{Object, Value};
use std::collections::{BTreeMap, VecDeque};

/// How many in-band commands are sent ahead of their replies when out-of-band execution is on.
///
/// Source: "at most eight in-band commands in flight" in the QMP specification. With more, the server stops reading,
/// and an out-of-band command could not overtake them.
const IN_BAND: usize = 8;

/// How many commands are sent ahead without out-of-band execution. The server reads one at a time; more would only fill
/// the kernel's buffers, from which a cancelled call cannot be taken back.
const PIPELINE: usize = 64;

/// Bytes to be written, and descriptors to be sent with the first byte.
#[derive(Debug, Default)]
pub struct Outgoing {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The descriptors.
    pub files: Vec<File>,
}

/// The state of a call when it was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancelled {
    /// It was not sent, and never will be.
    Unsent,
    /// It was sent. The server may execute it.
    Sent,
    /// It was sent, and the server answers such a command only when it fails.
    SentSilent,
    /// It had already ended, or there never was such a call.
    Over,
}

#[derive(Debug)]
pub(super) struct Calls {
    /// The call that starts the connection.
    handshake: CallId,
    next: i64,
    log: Log,
    /// Messages end in a newline: an agent may read from a terminal device, which passes on whole lines only.
    lines: bool,
    out_of_band: bool,
    /// The message that starts the connection. Written before anything else.
    urgent: Option<Outgoing>,
    waiting: VecDeque<(CallId, Request)>,
    flying: BTreeMap<CallId, Flying>,
    done: VecDeque<(CallId, Result<Object<'static>, Failure>)>,
}

/// A command that was sent and has no reply.
#[derive(Debug)]
struct Flying {
    out_of_band: bool,
    files: bool,
    silent: bool,
    /// No caller waits for it.
    abandoned: bool,
    /// For a probe: the silent call that has succeeded if the probe's reply arrives first.
    probes: Option<CallId>,
}

impl Calls {
    pub(super) fn new(first: i64, lines: bool, log: Log) -> Calls {
        Calls {
            handshake: CallId(first),
            next: first + 1,
            log,
            lines,
            out_of_band: false,
            urgent: None,
            waiting: VecDeque::new(),
            flying: BTreeMap::new(),
            done: VecDeque::new(),
        }
    }

    /// Asks the agent for a number of ours: replies before it are not for us. The byte FF makes its parser drop an
    /// unfinished message of an earlier client.
    pub(super) fn synchronise(&mut self, number: i64) {
        let mut bytes = vec![0xFF];
        let text = format!(
            "{{\"execute\": \"guest-sync-delimited\", \"arguments\": {{\"id\": {number}}}, \"id\": {number}}}\n"
        );
        bytes.extend_from_slice(text.as_bytes());
        self.log.sent(self.handshake, "guest-sync-delimited", b"");
        self.urgent = Some(Outgoing { bytes, files: Vec::new() });
    }

    /// Whether this is the reply to the message that starts the connection.
    pub(super) fn is_handshake(&self, reply: &Object<'_>) -> bool {
        matches!(reply.get("id"), Some(Value::Int(number)) if *number == self.handshake.0)
    }

    pub(super) fn negotiate(&mut self, out_of_band: bool) -> CallId {
        let id = self.handshake;
        let enable = if out_of_band { ", \"arguments\": {\"enable\": [\"oob\"]}" } else { "" };
        let text = format!("{{\"execute\": \"qmp_capabilities\"{enable}, \"id\": {}}}", id.0);
        self.log.sent(id, "qmp_capabilities", b"");
        self.urgent = Some(Outgoing { bytes: text.into_bytes(), files: Vec::new() });
        self.flying.insert(id, Flying::new(true));
        id
    }

    pub(super) fn set_out_of_band(&mut self, on: bool) {
        self.out_of_band = on;
    }

    pub(super) fn is_out_of_band(&self) -> bool {
        self.out_of_band
    }

    pub(super) fn push(&mut self, request: Request) -> CallId {
        let id = self.take_id();
        if request.silent {
            // Reserved for the probe, so that ids stay in the order in which commands are sent.
            let _ = self.take_id();
        }
        if request.out_of_band {
            // Before all in-band commands, after earlier out-of-band ones.
            let place = self.waiting.iter().take_while(|(_, request)| request.out_of_band).count();
            self.waiting.insert(place, (id, request));
        } else {
            self.waiting.push_back((id, request));
        }
        id
    }

    pub(super) fn next_urgent(&mut self) -> Option<Outgoing> {
        self.urgent.take()
    }

    /// Returns as many commands as fit in one write. Descriptors go with the first byte, so a command with descriptors
    /// starts a new write.
    pub(super) fn next_output(&mut self) -> Option<Outgoing> {
        let mut output = Outgoing::default();
        while let Some((_, request)) = self.waiting.front() {
            if !self.has_room(request) || !(output.bytes.is_empty() || request.files.is_empty()) {
                break;
            }
            let Some((id, mut request)) = self.waiting.pop_front() else { break };
            output.files.append(&mut request.files);
            self.write(id, &request, !output.files.is_empty(), &mut output.bytes);
        }
        if output.bytes.is_empty() { None } else { Some(output) }
    }

    fn has_room(&self, request: &Request) -> bool {
        if request.out_of_band {
            return true;
        }
        // A server may keep only the descriptors that arrived last: those of a command that has not begun would be
        // lost.
        let is_taken = !request.files.is_empty() && self.flying.values().any(|flying| flying.files);
        let limit = if self.out_of_band { IN_BAND } else { PIPELINE };
        let needed = 1 + usize::from(request.silent);
        let in_band = self.flying.values().filter(|flying| !flying.out_of_band).count();
        !is_taken && in_band + needed <= limit
    }

    fn write(&mut self, id: CallId, request: &Request, files: bool, out: &mut Vec<u8>) {
        self.log.sent(id, &request.name, &request.arguments);
        out.append(&mut request.encode(Some(id.0)));
        self.end_line(out);
        let flying =
            Flying { out_of_band: request.out_of_band, files, silent: request.silent, ..Flying::new(false) };
        self.flying.insert(id, flying);
        if request.silent {
            self.probe(id, out);
        }
    }

    /// Sends a command that every server answers at once, right after one that is answered only when it fails. If the
    /// probe is answered first, the silent command has succeeded.
    fn probe(&mut self, call: CallId, out: &mut Vec<u8>) {
        let id = CallId(call.0 + 1);
        let command = match self.lines {
            true => format!("\"guest-sync\", \"arguments\": {{\"id\": {}}}", id.0),
            false => "\"query-version\"".to_owned(),
        };
        out.extend_from_slice(format!("{{\"execute\": {command}, \"id\": {}}}", id.0).as_bytes());
        self.end_line(out);
        self.flying.insert(id, Flying { probes: Some(call), ..Flying::new(true) });
    }

    fn end_line(&self, out: &mut Vec<u8>) {
        if self.lines {
            out.push(b'\n');
        }
    }

    /// Finds the call that a reply belongs to. A reply without an id belongs to the oldest in-band call, as those are
    /// answered in order.
    pub(super) fn find(&self, id: &Id) -> Option<CallId> {
        match id {
            Id::Number(number) => Some(CallId(*number)).filter(|id| self.flying.contains_key(id)),
            Id::None => self.flying.iter().find(|(_, flying)| !flying.out_of_band).map(|(id, _)| *id),
            Id::Foreign => None,
        }
    }

    /// Removes a call whose reply has arrived. Returns its id if its caller still waits.
    pub(super) fn finish(&mut self, id: CallId) -> Option<CallId> {
        let flying = self.flying.remove(&id)?;
        if let Some(silent) = flying.probes {
            if self.flying.remove(&silent).is_some_and(|call| !call.abandoned) {
                self.done.push_back((silent, Ok(Object::new())));
            }
        }
        if flying.abandoned { None } else { Some(id) }
    }

    pub(super) fn cancel(&mut self, id: CallId) -> Cancelled {
        if let Some(place) = self.waiting.iter().position(|(other, _)| *other == id) {
            self.waiting.remove(place);
            return Cancelled::Unsent;
        }
        match self.flying.get_mut(&id) {
            Some(flying) => {
                flying.abandoned = true;
                if flying.silent { Cancelled::SentSilent } else { Cancelled::Sent }
            }
            None => Cancelled::Over,
        }
    }

    pub(super) fn end(&mut self, reason: &Gone) {
        for (id, flying) in std::mem::take(&mut self.flying) {
            if !flying.abandoned {
                // A silent command counts as successful: it may be the one that made the server exit, such as `quit`.
                let failure = Failure::Gone { reason: reason.clone(), sent: true };
                self.done.push_back((id, if flying.silent { Ok(Object::new()) } else { Err(failure) }));
            }
        }
        for (id, _) in std::mem::take(&mut self.waiting) {
            self.done.push_back((id, Err(Failure::Gone { reason: reason.clone(), sent: false })));
        }
    }

    pub(super) fn next_done(&mut self) -> Option<(CallId, Result<Object<'static>, Failure>)> {
        self.done.pop_front()
    }

    fn take_id(&mut self) -> CallId {
        let id = self.next;
        self.next += 1;
        CallId(id)
    }
}

impl Flying {
    fn new(abandoned: bool) -> Flying {
        Flying { out_of_band: false, files: false, silent: false, abandoned, probes: None }
    }
}
