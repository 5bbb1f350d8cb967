//! The memory of a virtio-mem device, until the guest has plugged or unplugged what was requested.

use super::asking::Asking;
use super::steps::{Began, Failure, Question, Steps};
use super::{Operation, OperationErrorKind, sealed};
use crate::Any;
use crate::client::{CommandError, RawEvent, Request};
use serde_json::json;
use std::fmt;

#[cfg(test)]
mod tests;

/// A change of how much memory a virtio-mem device gives: from the request until the device has this size.
///
/// A guest may be unable to give memory back, and tells nothing then: the wait ends with its limit, and the error has the
/// size that was reached. The request still stands.
#[derive(Clone, Debug)]
pub struct Resize {
    id: String,
    requested: u64,
}

impl Resize {
    /// The device of this id, and the size in bytes to request, a multiple of the device's block size.
    #[must_use]
    pub fn new(id: impl Into<String>, requested: u64) -> Resize {
        Resize { id: id.into(), requested }
    }
}

impl sealed::Operation for Resize {}

impl<S> Operation<S> for Resize {
    type Steps = ResizeSteps;

    fn begin(self) -> Began<ResizeSteps> {
        let steps = ResizeSteps::new(self);
        let arguments =
            json!({ "path": steps.path, "property": "requested-size", "value": steps.resize.requested });
        let command = Some(("qom-set".to_owned(), Request::raw("qom-set", &arguments)));
        Began { steps, command }
    }
}

/// How far a [`Resize`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResizeProgress {
    /// The device's size in bytes.
    pub size: u64,
    /// The requested size in bytes.
    pub requested: u64,
}

impl fmt::Display for ResizeProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes, {} requested", self.size, self.requested)
    }
}

/// The wait for a [`Resize`].
#[derive(Debug)]
pub struct ResizeSteps {
    resize: Resize,
    path: String,
    asking: Asking,
    seen: Option<ResizeProgress>,
    report: bool,
}

impl ResizeSteps {
    pub(super) fn new(resize: Resize) -> ResizeSteps {
        let path = format!("/machine/peripheral/{}", resize.id);
        ResizeSteps { resize, path, asking: Asking::new(), seen: None, report: false }
    }
}

impl sealed::Steps for ResizeSteps {}

impl Steps for ResizeSteps {
    type Progress = ResizeProgress;
    type Outcome = ();

    fn what(&self) -> String {
        format!("resizing {}", self.resize.id)
    }

    fn needs(&self) -> Vec<&str> {
        vec!["qom-get"]
    }

    fn report(&mut self) -> Option<ResizeProgress> {
        self.seen.filter(|_| std::mem::take(&mut self.report))
    }

    fn outcome(&self) -> Option<Result<(), Failure>> {
        self.seen.is_some_and(|seen| seen.size == seen.requested).then_some(Ok(()))
    }

    fn question(&mut self) -> Option<Question> {
        let arguments = || json!({ "path": self.path, "property": "size" });
        self.asking.ask().then(|| Question::new("qom-get", &arguments()))
    }

    fn reply(&mut self, reply: Result<Any, CommandError>) -> Result<(), OperationErrorKind> {
        let size = reply.map_err(OperationErrorKind::command)?;
        let size = size.as_u64().ok_or(OperationErrorKind::Reply("qom-get"))?;
        self.asking.answered();
        let progress = Some(ResizeProgress { size, requested: self.resize.requested });
        self.report |= self.seen != progress;
        self.seen = progress;
        Ok(())
    }

    fn event(&mut self, event: &RawEvent<'_>) {
        // QEMU sends at most one in a second, so its size may be old.
        let path = event.data.get("qom-path").and_then(|path| path.as_str());
        if event.name == "MEMORY_DEVICE_SIZE_CHANGE" && path == Some(&*self.path) {
            self.asking.again();
        }
    }

    fn look_again(&mut self) {
        self.asking.again();
    }
}
