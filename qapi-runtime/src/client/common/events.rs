//! `Events` without the methods that wait.

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

pub(in crate::client) use events;
