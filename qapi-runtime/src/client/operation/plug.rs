//! A device with its backends, added as one.

use super::removal::{self, Removal, Removals};
use super::steps::{Began, Failure, Question, Steps};
use super::{Operation, OperationErrorKind, Raw, Start, Unplug, sealed};
use crate::client::{CommandError, CommandErrorKind, RawEvent, Request};
use crate::{Any, Result as EncodeResult};
use serde_json::json;
use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::os::fd::AsFd;
use std::time::Duration;

#[cfg(test)]
mod tests;

/// A device, the backends that it needs, and their descriptors, which are added together or not at all.
///
/// The commands are sent in the order of the calls, that of the device last. When one fails, or the limit passes, what the
/// earlier ones added is removed, in the opposite order. The error is that of the command that failed. If something could
/// not be removed, the error's `last` says what. When the connection ends on the way, nothing is removed. On a client that
/// heals, the removals are tried with the next connection; a server that was started again refuses them, and has nothing to
/// remove.
///
/// Each command needs the member that names what it adds, and is one that the server can undo: `add-fd`, `blockdev-add`,
/// `chardev-add`, `device_add`, `getfd`, `netdev_add` or `object-add`. Otherwise the operation fails before it sends
/// anything.
///
/// ```no_run
/// # #[cfg(feature = "threads")]
/// # fn show(client: qapi_runtime::client::blocking::Client<qapi_runtime::client::Untyped>)
/// #     -> Result<(), Box<dyn std::error::Error>> {
/// use qapi_runtime::client::operation::{Plug, Raw};
/// use serde_json::json;
/// use std::time::Duration;
///
/// // With a schema of your own, its commands instead of `Raw`.
/// let file = json!({ "driver": "file", "filename": "/dev/fdset/1" });
/// let node = json!({ "driver": "raw", "node-name": "node1", "file": file });
/// let device = json!({ "driver": "virtio-blk-pci", "id": "disk1", "drive": "node1" });
/// let plug = Plug::new(Raw::new("device_add", device))
///     .descriptors(1, [std::fs::File::open("disk1.img")?])?
///     .backend(Raw::new("blockdev-add", node));
/// let plugged = client.run(plug, Duration::from_secs(5))?;
/// client.run(plugged.unplug(), Duration::from_secs(30))?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Plug<S> {
    backends: Vec<Part>,
    device: Part,
    schema: PhantomData<fn() -> S>,
}

impl<S> Plug<S> {
    /// The device that `device_add` adds.
    #[must_use]
    pub fn new(device_add: impl Start<S>) -> Plug<S> {
        Plug { backends: Vec::new(), device: Part::new(&device_add), schema: PhantomData }
    }

    /// Adds a backend before the device.
    #[must_use]
    pub fn backend(mut self, command: impl Start<S>) -> Plug<S> {
        self.backends.push(Part::new(&command));
        self
    }

    /// Adds a backend before the device by a command that takes a descriptor, such as `getfd`. The caller keeps the file:
    /// a duplicate is sent.
    ///
    /// # Errors
    ///
    /// The descriptor cannot be duplicated.
    pub fn backend_with_fd(mut self, command: impl Start<S>, file: impl AsFd) -> io::Result<Plug<S>> {
        let mut part = Part::new(&command);
        let file = file.as_fd().try_clone_to_owned()?;
        part.request = part.request.map(|request| request.files(vec![file]));
        self.backends.push(part);
        Ok(self)
    }

    /// Adds descriptors to a set, which backends open as `/dev/fdset/ID`. A set may be shared: only these descriptors are
    /// removed again, and not one whose number no reply has told. QEMU 7.2 closes them when the machine runs next.
    ///
    /// # Errors
    ///
    /// A descriptor cannot be duplicated.
    pub fn descriptors<F: AsFd>(
        mut self,
        id: i64,
        files: impl IntoIterator<Item = F>,
    ) -> io::Result<Plug<S>> {
        for file in files {
            self = self.backend_with_fd(Raw::new("add-fd", json!({ "fdset-id": id })), file)?;
        }
        Ok(self)
    }
}

impl<S> sealed::Operation for Plug<S> {}

impl<S> Operation<S> for Plug<S> {
    type Steps = PlugSteps;

    fn begin(self) -> Began<PlugSteps> {
        let mut steps = PlugSteps::default();
        for part in self.backends.into_iter().chain([self.device]) {
            let step = part.request.and_then(|request| Ok((Removal::of(&request)?, request)));
            match step {
                Ok(step) => steps.rest.push_back(step),
                // Sent in place of the first command, it fails without being sent.
                Err(error) => return Began { steps, command: Some((part.command, Err(error))) },
            }
        }
        steps.id = steps.rest.back().map(|(device, _)| device.name().to_owned()).unwrap_or_default();
        Began { steps, command: None }
    }
}

/// A command that adds something.
#[derive(Debug)]
struct Part {
    command: String,
    request: EncodeResult<Request>,
}

impl Part {
    fn new<S>(command: &impl Start<S>) -> Part {
        let (command, request) = command.request();
        Part { command, request }
    }
}

/// A device that was added, and what was added for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Plugged {
    id: String,
    backends: Vec<Removal>,
}

impl Plugged {
    /// The device's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The removal of the device, and then of what was added for it.
    #[must_use]
    pub fn unplug(&self) -> Unplug {
        Unplug::new(&self.id).with_backends(self.backends.clone())
    }
}

/// How far a [`Plug`] is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlugProgress {
    /// This was done, such as `blockdev-add node1`.
    Done(String),
    /// After a failure, an earlier step was undone by this, such as `blockdev-del node1`.
    Undone(String),
    /// After a failure, these were not done, and why, if the server has said so.
    NotUndone(String),
}

impl fmt::Display for PlugProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlugProgress::Done(step) => write!(f, "done: {step}"),
            PlugProgress::Undone(step) => write!(f, "undone: {step}"),
            PlugProgress::NotUndone(steps) => write!(f, "not undone: {steps}"),
        }
    }
}

/// The wait for a [`Plug`].
#[derive(Debug, Default)]
pub struct PlugSteps {
    id: String,
    /// What to send, and how to undo it. The last one adds the device.
    rest: VecDeque<(Removal, Request)>,
    /// What was sent last, until its reply has come, and how to undo it.
    sent: Option<(String, Removal)>,
    added: Vec<Removal>,
    news: Option<PlugProgress>,
    failed: Option<Failed>,
}

/// A step has failed, and the steps before it are undone.
#[derive(Debug)]
struct Failed {
    /// `None` if the limit has passed.
    error: Option<CommandError>,
    removals: Removals,
}

impl PlugSteps {
    fn fail(&mut self, error: Option<CommandError>) {
        let mut removals = Removals::new(std::mem::take(&mut self.added));
        if error.is_none() {
            removals.late();
        }
        self.failed = Some(Failed { error, removals });
    }
}

impl Failed {
    /// What could not be removed, and what was not removed yet.
    fn not_undone(&self) -> PlugProgress {
        let left = |(removal, error): &(Removal, CommandError)| match error.refusal() {
            Some(refusal) => format!("{removal} ({})", refusal.desc),
            None => format!("{removal} ({error})"),
        };
        let left = self.removals.left().iter().map(left);
        let all: Vec<String> = left.chain(self.removals.rest().map(ToString::to_string)).collect();
        PlugProgress::NotUndone(all.join(", "))
    }

    /// Once all removals were tried, the error if there is one.
    fn end(&mut self, news: &mut Option<PlugProgress>) -> Result<(), OperationErrorKind> {
        if !self.removals.is_over() {
            return Ok(());
        }
        if !self.removals.left().is_empty() {
            *news = Some(self.not_undone());
        }
        self.error.take().map_or(Ok(()), |error| Err(OperationErrorKind::command(error)))
    }
}

impl sealed::Steps for PlugSteps {}

impl Steps for PlugSteps {
    type Progress = PlugProgress;
    type Outcome = Plugged;

    fn pause(&mut self) -> Option<Duration> {
        self.failed.as_ref().map(|_| removal::PAUSE)
    }

    fn what(&self) -> String {
        format!("plugging {}", self.id)
    }

    fn needs(&self) -> Vec<&str> {
        self.rest.iter().flat_map(|(removal, request)| [request.name(), removal.command()]).collect()
    }

    fn report(&mut self) -> Option<PlugProgress> {
        self.news.take()
    }

    fn interrupted(&mut self) {
        if let Some(failed) = self.failed.as_ref().filter(|failed| !failed.removals.is_over()) {
            self.news = Some(failed.not_undone());
        }
    }

    fn outcome(&self) -> Option<Result<Plugged, Failure>> {
        match &self.failed {
            Some(failed) => failed.removals.is_over().then_some(Err(Failure::Late)),
            None if self.rest.is_empty() && self.sent.is_none() => {
                let backends = self.added.split_last().map_or(&[][..], |(_, backends)| backends);
                Some(Ok(Plugged { id: self.id.clone(), backends: backends.to_vec() }))
            }
            None => None,
        }
    }

    fn question(&mut self) -> Option<Question> {
        if let Some(failed) = &self.failed {
            return failed.removals.question();
        }
        let (removal, request) = self.rest.pop_front()?;
        self.sent = Some((format!("{} {}", request.name(), removal.name()), removal));
        Some(Question::change(request.name().to_owned(), Ok(request)))
    }

    fn reply(&mut self, reply: Result<Any, CommandError>) -> Result<(), OperationErrorKind> {
        if let Some(failed) = &mut self.failed {
            if let Some(removed) = failed.removals.reply(reply) {
                self.news = Some(PlugProgress::Undone(removed.to_string()));
            }
            return failed.end(&mut self.news);
        }
        let Some((step, removal)) = self.sent.take() else { return Ok(()) };
        let error = match reply {
            Ok(reply) => {
                self.news = Some(PlugProgress::Done(step));
                self.added.push(removal.told(&reply));
                return Ok(());
            }
            Err(error) => error,
        };
        let is_late = matches!(error.kind, CommandErrorKind::Timeout(_));
        if is_late || matches!(error.kind, CommandErrorKind::Gone { sent: true, .. }) {
            // The server may have executed it, or execute it yet.
            self.added.push(removal);
        }
        let error = Some(error).filter(|_| !is_late);
        self.fail(error);
        match &mut self.failed {
            Some(failed) => failed.end(&mut self.news),
            None => Ok(()),
        }
    }

    fn event(&mut self, _event: &RawEvent<'_>) {}

    fn look_again(&mut self) {
        if let Some(failed) = &mut self.failed {
            failed.removals.retry();
        }
    }

    fn late(&mut self) {
        match &mut self.failed {
            Some(failed) => failed.removals.late(),
            None => self.fail(None),
        }
    }
}
