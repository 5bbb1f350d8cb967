//! `Call`, and the methods of `Client` that never wait.

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
            /// grant them, too. One that needs a command that is left out does not begin.
            ///
            /// # Errors
            ///
            /// The schema lacks a name of `access`. A schema without commands, such as
            /// [`Untyped`](crate::client::Untyped), takes any name.
            pub fn limited(&self, access: &Access) -> Result<Client<S>, AccessError> {
                let guard = self.guard.limited(access, S::TABLES)?;
                Ok(Client { guard, ..self.clone() })
            }

            /// The client, limited by this guard, too.
            fn guarded(self, guard: &Guard) -> Client<S> {
                Client { guard: self.guard.and(guard), ..self }
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

pub(in crate::client) use client;
