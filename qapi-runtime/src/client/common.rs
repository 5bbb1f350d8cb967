//! What both clients have, each as a type of its own: the methods that neither wait nor do any I/O.

/// The rest of `Client`, and `Call`, for a module that has `Client` with its `Inner`.
macro_rules! client {
    () => {
        impl<S: ClientSchema> Client<S> {
            /// A call with descriptors that go along, for commands that take them, as `getfd`.
            pub fn with_fds<F: Into<File>>(&self, files: impl IntoIterator<Item = F>) -> Call<'_, S> {
                self.call().fds(files)
            }

            /// A call with a limit of its own for how long it may take.
            pub fn with_timeout(&self, limit: Duration) -> Call<'_, S> {
                self.call().timeout(limit)
            }

            /// A call whose settings are to follow.
            pub fn call(&self) -> Call<'_, S> {
                Call { client: self, timeout: self.inner.options.timeout, files: Vec::new() }
            }

            /// The events from now on; the first who asks gets those before, too, as many as were kept.
            #[must_use]
            pub fn events(&self) -> Events<S> {
                Events::new(self.inner.connection.shared.subscribe())
            }

            /// What the server said first.
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

            /// Ends the connection, for all clones; calls in flight end with an error.
            pub fn close(&self) {
                self.inner.connection.close(GoneReason::Local);
            }
        }

        impl<S> Clone for Client<S> {
            fn clone(&self) -> Client<S> {
                Client { inner: Arc::clone(&self.inner), schema: PhantomData }
            }
        }

        impl<S> fmt::Debug for Client<S> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct("Client").field("options", &self.inner.options).finish_non_exhaustive()
            }
        }

        /// A call with its settings.
        #[derive(Debug)]
        #[must_use = "a call does nothing until it is executed"]
        pub struct Call<'c, S> {
            client: &'c Client<S>,
            timeout: Option<Duration>,
            files: Vec<File>,
        }

        impl<S: ClientSchema> Call<'_, S> {
            /// Limits how long the call may take; `None` is any time.
            pub fn timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
                self.timeout = limit.into();
                self
            }

            /// Adds descriptors that go along. Only Unix sockets carry them.
            pub fn fds<F: Into<File>>(mut self, files: impl IntoIterator<Item = F>) -> Self {
                self.files.extend(files.into_iter().map(Into::into));
                self
            }
        }
    };
}

/// `Events`, as far as it does not say how to wait.
macro_rules! events {
    ($(#[$docs:meta])*) => {
        $(#[$docs])*
        ///
        /// An item is an error when an event of the schema came with data that is not what the schema says; the stream goes on.
        pub struct Events<S> {
            queue: Arc<Queue>,
            schema: PhantomData<fn() -> S>,
        }

        impl<S: ClientSchema> Events<S> {
            pub(super) fn new(queue: Arc<Queue>) -> Events<S> {
                Events { queue, schema: PhantomData }
            }

            /// How many events were dropped since this was last asked, because they were not read.
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

pub(super) use {client, events};
