//! `Healing` and `HealingEvents` without the methods that wait.

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
            guard: Guard,
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
                self.inner.roster.client().guarded(&self.guard)
            }

            /// A client on the same connections that executes only the commands of `access`, in operations, too, and whose
            /// clients are limited in the same way: see [`Client::limited`].
            ///
            /// # Errors
            ///
            /// As [`Client::limited`].
            pub fn limited(&self, access: &Access) -> Result<Healing<S>, AccessError> {
                let guard = self.guard.limited(access, S::TABLES)?;
                Ok(Healing { guard, ..self.clone() })
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
                Healing { inner: Arc::clone(&self.inner), guard: self.guard.clone() }
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

pub(in crate::client) use healing;
