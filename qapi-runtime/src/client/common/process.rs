//! `Process` without the methods that wait.

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

pub(in crate::client) use process;
