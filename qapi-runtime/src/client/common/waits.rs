//! How the error of a wait names its event and the server.

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

pub(in crate::client) use waits;
