//! `Running` without the methods that wait.

/// Defines `Running` without the methods that wait, in a module that defines `Asker`, which holds the line and asks the
/// questions.
macro_rules! operations {
    () => {
        /// An operation that was started, and its limit. Dropping it ends the wait, not the operation; a
        /// [transfer](crate::client::guest) closes its file.
        pub struct Running<S, W: Steps> {
            asker: Asker<S>,
            queue: Arc<Queue>,
            course: Course<W>,
        }

        /// The client that the operation asks by, which a client that heals replaces.
        pub(super) type Line<S> = Box<dyn Fn() -> Client<S> + Send + Sync>;

        /// How far a call has waited.
        enum Reached<W: Steps> {
            Progress(W::Progress),
            End(W::Outcome),
        }

        impl<S: ClientSchema, W: Steps> Running<S, W> {
            /// The last state that was seen.
            #[must_use]
            pub fn last(&self) -> Option<&W::Progress> {
                self.course.last()
            }

            /// Sets a new limit from now on. A wait that has timed out resumes without a gap.
            pub fn extend(&mut self, limit: Duration) {
                self.course.extend(limit, Instant::now());
            }
        }

        impl<S> Client<S> {
            /// Checks that this client may send all that an operation needs, before it sends anything.
            fn check<W: Steps>(&self, began: &Began<W>) -> Result<(), CommandError> {
                let first = began.command.iter().map(|(name, _)| &**name);
                for name in first.chain(began.steps.needs()) {
                    let checked = self.guard.check(name);
                    checked.map_err(|kind| CommandError::new(name, self.inner.peer.as_ref(), kind))?;
                }
                Ok(())
            }

            /// Sends a command, and discards its reply.
            fn post(&self, question: Question) {
                let Ok(request) = question.request else { return };
                let connection = &self.inner.connection;
                let is_granted = self.guard.check(request.name()).is_ok();
                if is_granted && connection.shared.start(request, Box::new(|_| ())).is_ok() {
                    connection.flush();
                }
            }
        }

        impl<S, W: Steps> Drop for Running<S, W> {
            fn drop(&mut self) {
                if let Some(question) = self.course.farewell() {
                    (self.asker.line)().post(question);
                }
            }
        }

        impl<S, W: Steps> fmt::Debug for Running<S, W> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct("Running").field("last", &self.course.last()).finish_non_exhaustive()
            }
        }
    };
}

pub(in crate::client) use operations;
