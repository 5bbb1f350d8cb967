//! `device_del`, until the device is gone.

use super::asking::Asking;
use super::removal::{self, Removal, Removals};
use super::steps::{Began, Failure, Question, Steps};
use super::{Operation, OperationErrorKind, Raw, sealed};
use crate::Any;
use crate::client::{CommandError, RawEvent, Request};
use serde_json::json;
use std::fmt;
use std::time::Duration;

#[cfg(test)]
mod tests;

/// Where QEMU keeps the devices that have an id.
const PARENT: &str = "/machine/peripheral";

/// The source of an ACPI_DEVICE_OST that is about an ejection.
const EJECTION: i64 = 3;
/// What a guest reports that has ejected the device.
const SUCCESS: i64 = 0;
/// What a guest reports that is about to eject it.
const IN_PROGRESS: i64 = 0x84;

/// The removal of a device: from `device_del` until the device is gone.
///
/// The device is gone when its DEVICE_DELETED comes, or when `qom-list` no longer has it, which the client asks after each
/// event that may tell of it, and at the limit: some devices send no event with their id. It fails with
/// [`OperationErrorKind::Refused`] when the guest refuses.
///
/// A guest may take its time. When the limit has passed, the request still stands in QEMU, which refuses a second
/// `device_del`: resume the wait with `Running::extend`, or wait anew with [`Unplug::requested`].
#[derive(Clone, Debug)]
pub struct Unplug {
    id: String,
    requested: bool,
    backends: Vec<Removal>,
}

impl Unplug {
    /// The removal of the device of this id.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Unplug {
        Unplug { id: id.into(), requested: false, backends: Vec::new() }
    }

    /// The removal of a device that was asked for before. If the device is gone already, the wait ends at once. A refusal
    /// from before is not seen.
    #[must_use]
    pub fn requested(id: impl Into<String>) -> Unplug {
        Unplug { requested: true, ..Unplug::new(id) }
    }

    /// Executes a command once the device is gone, such as `blockdev-del` for its backend. Several are executed in the order
    /// of the calls. QEMU may hold a backend a little longer than its device: refused commands are tried again for about
    /// two seconds together. [`Plugged::unplug`](super::Plugged::unplug) does this for all that was added with the device.
    #[must_use]
    pub fn then(mut self, command: Raw) -> Unplug {
        self.backends.insert(0, Removal::by(command.name, command.arguments));
        self
    }

    /// Removes these once the device is gone, the last one first.
    pub(super) fn with_backends(mut self, backends: Vec<Removal>) -> Unplug {
        self.backends = backends;
        self
    }
}

impl sealed::Operation for Unplug {}

impl<S> Operation<S> for Unplug {
    type Steps = UnplugSteps;

    fn begin(self) -> Began<UnplugSteps> {
        let request = || Request::raw("device_del", &json!({ "id": self.id }));
        let command = (!self.requested).then(|| ("device_del".to_owned(), request()));
        Began { steps: UnplugSteps::new(self.id, self.backends), command }
    }
}

/// How far the removal of a device is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnplugProgress {
    /// The removal was asked for.
    Requested,
    /// The guest has reported this status of the ejection.
    Reported(i64),
    /// The part of the device at this path is gone.
    PartDeleted(String),
    /// The device is gone. Its backends are not.
    Deleted,
    /// A backend was removed by this, such as `blockdev-del node1`.
    Removed(String),
}

impl fmt::Display for UnplugProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnplugProgress::Requested => f.write_str("requested"),
            UnplugProgress::Reported(status) => write!(f, "the guest has reported status {status}"),
            UnplugProgress::PartDeleted(path) => write!(f, "{path} is gone"),
            UnplugProgress::Deleted => f.write_str("the device is gone"),
            UnplugProgress::Removed(step) => write!(f, "done: {step}"),
        }
    }
}

/// The wait for an [`Unplug`].
#[derive(Debug)]
pub struct UnplugSteps {
    id: String,
    path: String,
    asking: Asking,
    news: Option<UnplugProgress>,
    /// Whether the device is gone, or why it stays.
    device: Option<Result<(), Failure>>,
    backends: Removals,
    /// The last question was a removal.
    removes: bool,
}

impl UnplugSteps {
    fn new(id: String, backends: Vec<Removal>) -> UnplugSteps {
        UnplugSteps {
            path: format!("{PARENT}/{id}"),
            id,
            asking: Asking::new(),
            news: Some(UnplugProgress::Requested),
            device: None,
            backends: Removals::new(backends),
            removes: false,
        }
    }

    /// Whether this is the path of the device or of a part of it.
    fn is_part(&self, path: &str) -> bool {
        path.strip_prefix(&*self.path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Ends the wait for the device. The first end counts.
    fn end(&mut self, device: Result<(), Failure>) {
        if self.device.is_none() {
            if device.is_ok() && !self.backends.is_over() {
                self.news = Some(UnplugProgress::Deleted);
            }
            self.device = Some(device);
        }
    }

    fn removed(&mut self, reply: Result<Any, CommandError>) -> Result<(), OperationErrorKind> {
        if let Some(removed) = self.backends.reply(reply) {
            self.news = Some(UnplugProgress::Removed(removed.to_string()));
        }
        let error = self.backends.is_over().then(|| self.backends.take_error()).flatten();
        error.map_or(Ok(()), |error| Err(OperationErrorKind::command(error)))
    }

    fn reported(&mut self, is_own: bool, status: i64) {
        // A guest may report another device of the same slot, or none: only the list says what is gone.
        self.asking.again();
        if is_own {
            self.news = Some(UnplugProgress::Reported(status));
            if status != SUCCESS && status != IN_PROGRESS {
                self.end(Err(Failure::Refused(Some(status))));
            }
        }
    }
}

impl sealed::Steps for UnplugSteps {}

impl Steps for UnplugSteps {
    type Progress = UnplugProgress;
    type Outcome = ();

    fn pause(&mut self) -> Option<Duration> {
        matches!(self.device, Some(Ok(()))).then_some(removal::PAUSE)
    }

    fn what(&self) -> String {
        format!("removal of {}", self.id)
    }

    fn needs(&self) -> Vec<&str> {
        self.backends.rest().map(Removal::command).chain(["qom-list"]).collect()
    }

    fn report(&mut self) -> Option<UnplugProgress> {
        self.news.take()
    }

    fn outcome(&self) -> Option<Result<(), Failure>> {
        self.device.clone().filter(|device| device.is_err() || self.backends.is_over())
    }

    fn question(&mut self) -> Option<Question> {
        self.removes = self.device.is_some();
        if self.removes {
            return self.backends.question();
        }
        self.asking.ask().then(|| Question::new("qom-list", &json!({ "path": PARENT })))
    }

    fn reply(&mut self, reply: Result<Any, CommandError>) -> Result<(), OperationErrorKind> {
        if self.removes {
            return self.removed(reply);
        }
        let devices = reply.map_err(OperationErrorKind::command)?;
        let devices = devices.as_array().ok_or(OperationErrorKind::Reply("qom-list"))?;
        self.asking.answered();
        if !devices.iter().any(|device| device["name"] == self.id.as_str()) {
            self.end(Ok(()));
        }
        Ok(())
    }

    fn event(&mut self, event: &RawEvent<'_>) {
        let text = |member| event.data.get(member).and_then(|text| text.as_str());
        let is_own = |device: Option<&str>| device == Some(&*self.id);
        match &*event.name {
            "DEVICE_DELETED" if is_own(text("device")) => self.end(Ok(())),
            "DEVICE_DELETED" => {
                let path = text("path").filter(|path| self.is_part(path));
                if let Some(path) = path {
                    self.news = Some(UnplugProgress::PartDeleted(path.to_owned()));
                    self.asking.again();
                }
            }
            "DEVICE_UNPLUG_GUEST_ERROR" if is_own(text("device")) || text("path") == Some(&*self.path) => {
                self.end(Err(Failure::Refused(None)));
            }
            "ACPI_DEVICE_OST" => {
                let info = Any::from(&event.data)["info"].take();
                if info["source"] == EJECTION {
                    self.reported(
                        is_own(info["device"].as_str()),
                        info["status"].as_i64().unwrap_or_default(),
                    );
                }
            }
            _ => {}
        }
    }

    fn look_again(&mut self) {
        self.asking.again();
        self.backends.retry();
    }

    fn late(&mut self) {
        self.look_again();
        if self.removes {
            self.backends.late();
        }
    }
}
