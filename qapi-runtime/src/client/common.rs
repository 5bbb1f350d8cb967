//! What the blocking and the asynchronous client share, although their types differ: methods that do no I/O and never
//! wait.

/// Defines `Call` and the shared methods of `Client`, in a module that defines `Client` and its `Inner`.
macro_rules! client {
    () => {
        impl<S: ClientSchema> Client<S> {
            /// Starts a call with descriptors, for commands that take them, such as `getfd`. The caller keeps them: the
            /// call sends duplicates.
            pub fn with_fds<F: AsFd>(&self, files: impl IntoIterator<Item = F>) -> Call<'_, S> {
                self.call().fds(files)
            }

            /// Starts a call with its own time limit.
            pub fn with_timeout(&self, limit: Duration) -> Call<'_, S> {
                self.call().timeout(limit)
            }

            /// Starts a call with settings of its own.
            pub fn call(&self) -> Call<'_, S> {
                Call { client: self, timeout: self.inner.options.timeout, files: Ok(Vec::new()), retry: None }
            }

            /// Subscribes to the events from now on. Each subscription receives all of them; dropping one ends it alone.
            #[must_use]
            pub fn events(&self) -> Events<S> {
                Events::new(self.inner.connection.shared.subscribe())
            }

            /// Subscribes to the events since the client connected, and those from now on. The client keeps the latest
            /// [`Options::event_capacity`]; [`take_missed`](Events::take_missed) counts the earlier ones.
            #[must_use]
            pub fn events_since_connecting(&self) -> Events<S> {
                Events::new(self.inner.connection.shared.subscribe_from_start())
            }

            /// A client on the same connection that executes only the commands of `access`. It refuses every other
            /// command before it sends anything, with [`CommandErrorKind::LeftOut`](crate::client::CommandErrorKind), in
            /// operations and waits, too. If this client is limited itself, the new one has what both accesses grant.
            ///
            /// So a part of a program that only watches a machine cannot change it by mistake. Events are not limited, nor
            /// is the question that [`capabilities`](Client::capabilities) asks.
            ///
            /// An operation asks for its state by commands that are not all in `Access::read_only()`, such as `qom-list`:
            /// grant them, too.
            ///
            /// # Errors
            ///
            /// The schema lacks a name of `access`. A schema without commands, such as
            /// [`Untyped`](crate::client::Untyped), takes any name.
            pub fn limited(&self, access: &Access) -> Result<Client<S>, AccessError> {
                let guard = self.guard.limited(access, S::TABLES)?;
                Ok(Client { guard, ..self.clone() })
            }

            /// A client that asks what the client itself needs to know.
            fn unlimited(&self) -> Client<S> {
                Client { guard: Guard::default(), ..self.clone() }
            }

            /// The server's greeting.
            #[must_use]
            pub fn greeting(&self) -> Greeting {
                self.inner.connection.shared.greeting()
            }

            /// Whether out-of-band execution was negotiated.
            #[must_use]
            pub fn is_out_of_band(&self) -> bool {
                self.inner.connection.shared.is_out_of_band()
            }

            /// Whether the connection has ended.
            #[must_use]
            pub fn is_closed(&self) -> bool {
                self.inner.connection.shared.is_ended()
            }

            /// Closes the connection for all clones, as dropping the last one does. Calls in flight fail, and subscriptions
            /// end after the events that have arrived.
            pub fn close(&self) {
                self.inner.connection.close(GoneReason::Local);
            }
        }

        impl<S> Clone for Client<S> {
            fn clone(&self) -> Client<S> {
                let Client { inner, guard, schema } = self;
                Client { inner: Arc::clone(inner), guard: guard.clone(), schema: *schema }
            }
        }

        impl<S> fmt::Debug for Client<S> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct("Client").field("options", &self.inner.options).finish_non_exhaustive()
            }
        }

        /// A call with its own settings.
        #[derive(Debug)]
        #[must_use = "a call does nothing until it is executed"]
        pub struct Call<'c, S> {
            client: &'c Client<S>,
            timeout: Option<Duration>,
            /// The duplicates, or why one could not be made.
            files: io::Result<Vec<File>>,
            retry: Option<Retry>,
        }

        impl<S: ClientSchema> Call<'_, S> {
            /// Sets how long the call may take; `None` sets no limit.
            pub fn timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
                self.timeout = limit.into();
                self
            }

            /// Repeats the call as the policy says, if the command only asks. The [`timeout`](Call::timeout) then limits
            /// each attempt.
            pub fn retry(mut self, retry: &Retry) -> Self {
                self.retry = Some(retry.clone());
                self
            }

            /// Adds descriptors to send with the command, as [`Client::with_fds`] does. Only Unix sockets carry them.
            pub fn fds<F: AsFd>(mut self, files: impl IntoIterator<Item = F>) -> Self {
                self.files = self.files.and_then(|mut all| {
                    for file in files {
                        all.push(file.as_fd().try_clone_to_owned()?);
                    }
                    Ok(all)
                });
                self
            }
        }
    };
}

/// Defines `Events` without the methods that wait.
macro_rules! events {
    ($(#[$docs:meta])*) => {
        $(#[$docs])*
        ///
        /// An item is an error when the data of an event does not match the schema. The stream continues after it.
        pub struct Events<S> {
            queue: Arc<Queue>,
            schema: PhantomData<fn() -> S>,
        }

        impl<S: ClientSchema> Events<S> {
            pub(super) fn new(queue: Arc<Queue>) -> Events<S> {
                Events { queue, schema: PhantomData }
            }

            /// How the connection has ended, if it has. Events from before the end may still be unread.
            #[must_use]
            pub fn ended(&self) -> Option<Gone> {
                self.queue.ended()
            }

            /// How many events were dropped since the last call, because they were not read in time.
            pub fn take_missed(&mut self) -> u64 {
                self.queue.take_missed()
            }
        }

        impl<S> fmt::Debug for Events<S> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct("Events").finish_non_exhaustive()
            }
        }
    };
}

/// Defines what names an event and the server in an error.
macro_rules! waits {
    () => {
        impl<S> Client<S> {
            fn wait_error<E: Event>(&self, kind: WaitErrorKind) -> WaitError {
                WaitError::new(E::NAME, self.inner.peer.as_ref(), kind)
            }
        }
    };
}

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

/// Defines `Process` without the methods that wait.
macro_rules! process {
    () => {
        /// A process that the client has started, and the client. Dropping it kills the process, see
        /// [the module](crate::client::process#the-end-of-the-process).
        pub struct Process<S> {
            client: Client<S>,
            child: Spawned,
        }

        impl<S: ClientSchema> Process<S> {
            /// The client.
            #[must_use]
            pub fn client(&self) -> &Client<S> {
                &self.client
            }

            /// The process's id.
            #[must_use]
            pub fn id(&self) -> u32 {
                self.child.id()
            }

            /// The last lines that the process has written to its standard error.
            #[must_use]
            pub fn stderr(&self) -> String {
                self.child.stderr()
            }

            /// How the process has ended, if it has.
            ///
            /// # Errors
            ///
            /// The kernel does not say it.
            pub fn try_wait(&self) -> io::Result<Option<ExitStatus>> {
                self.child.try_wait()
            }

            /// Sends SIGKILL to the process. `wait` then has its status. Does nothing if the process has ended.
            ///
            /// # Errors
            ///
            /// The kernel does not permit it.
            pub fn kill(&self) -> io::Result<()> {
                self.child.kill()
            }
        }

        impl<S> fmt::Debug for Process<S> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct("Process").field("child", &self.child).finish_non_exhaustive()
            }
        }
    };
}

/// Defines `Healing` and `HealingEvents` without the methods that wait.
macro_rules! healing {
    () => {
        /// A client whose connection heals: when the connection ends, it connects again and negotiates again.
        ///
        /// - A call in flight fails with `Gone`, which says whether the command had been sent. It is never sent again.
        /// - A subscription goes on with the next connection, and says so: [`Heard::Lost`], then [`Heard::Healed`].
        /// - An operation goes on, too: it asks the server again, and does not wait for an event that it may have missed.
        ///
        /// It connects as the function says that it was made with, at once and then with growing pauses, within a limit for
        /// each outage. After that limit all ends, with [`GoneReason::NotHealed`](crate::client::GoneReason::NotHealed).
        ///
        /// Clones share the connection. Dropping the last one ends it.
        pub struct Healing<S> {
            inner: Arc<Healed<S>>,
        }

        struct Healed<S> {
            roster: Roster<Client<S>>,
        }

        impl<S> Drop for Healed<S> {
            fn drop(&mut self) {
                self.roster.finish(&Gone::new(GoneReason::Local));
            }
        }

        impl<S: ClientSchema> Healed<S> {
            fn new(client: Client<S>) -> Arc<Healed<S>> {
                let shared = Arc::clone(&client.inner.connection.shared);
                Arc::new(Healed { roster: Roster::new(client, shared) })
            }

            fn heal(&self, client: Client<S>) {
                let shared = Arc::clone(&client.inner.connection.shared);
                drop(self.roster.heal(client, shared));
            }
        }

        impl<S: ClientSchema> Healing<S> {
            /// The client of the current connection. If that has ended, its calls fail at once.
            #[must_use]
            pub fn current(&self) -> Client<S> {
                self.inner.roster.client()
            }

            /// Subscribes to the events from now on, of this connection and of those that follow.
            #[must_use]
            pub fn events(&self) -> HealingEvents<S> {
                HealingEvents { queue: self.subscribe(), schema: PhantomData }
            }

            /// Closes the connection for all clones, and connects no more.
            ///
            /// `close` of a client from [`current`](Healing::current) ends one connection, and another one follows.
            pub fn close(&self) {
                self.inner.roster.finish(&Gone::new(GoneReason::Local));
                self.current().close();
            }

            fn subscribe(&self) -> Arc<Queue> {
                self.inner.roster.subscribe(self.current().inner.options.event_capacity.max(1))
            }
        }

        impl<S> Clone for Healing<S> {
            fn clone(&self) -> Healing<S> {
                Healing { inner: Arc::clone(&self.inner) }
            }
        }

        impl<S> fmt::Debug for Healing<S> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct("Healing").finish_non_exhaustive()
            }
        }

        /// What a subscriber of [`Healing`] hears. It ends when the client is closed, dropped or gives up.
        pub struct HealingEvents<S> {
            queue: Arc<Queue>,
            schema: PhantomData<fn() -> S>,
        }

        impl<S: ClientSchema> HealingEvents<S> {
            /// How the client has ended, if it has. There may still be something to read.
            #[must_use]
            pub fn ended(&self) -> Option<Gone> {
                self.queue.ended()
            }

            /// How many events were dropped since the last call, because they were not read in time. Those that were missed
            /// between two connections are not known.
            pub fn take_missed(&mut self) -> u64 {
                self.queue.take_missed()
            }
        }

        impl<S> fmt::Debug for HealingEvents<S> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct("HealingEvents").finish_non_exhaustive()
            }
        }

        fn heard<S: ClientSchema>(news: News) -> Result<Heard<S::Event>, EventError> {
            Ok(match news {
                News::Event(event) => Heard::Event(event.decode()?),
                News::Lost(reason) => Heard::Lost(reason),
                News::Healed => Heard::Healed,
            })
        }
    };
}

pub(super) use {client, events, healing, operations, process, waits};
