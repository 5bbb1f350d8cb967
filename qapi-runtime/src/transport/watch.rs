//! Waits until one of many sockets has room for output or has hung up, or a bell is rung.

#[cfg(any(target_os = "linux", target_os = "android"))]
mod epoll;
#[cfg(any(test, not(any(target_os = "linux", target_os = "android"))))]
mod poll;

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) use epoll::Watch;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) use poll::Watch;

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;
    use std::sync::Arc;

    /// Each way to wait does the same.
    macro_rules! waits {
        ($name:ident, $watch:ty) => {
            #[test]
            fn $name() {
                let (bell, rung) = UnixStream::pair().expect("a pair");
                rung.set_nonblocking(true).expect("set");
                let watch = <$watch>::new(rung.try_clone().expect("a clone")).expect("made");
                let ask = |limit| watch.wait(limit).expect("waits");
                let soon = Some(std::time::Duration::ZERO);

                let [(a, mut far_a), (b, mut far_b)] = [pair(), pair()];
                watch.watch(1, &a, true).expect("watched");
                watch.watch(2, &b, true).expect("watched");
                assert_eq!(ask(soon), [0; 0], "both are full");
                (&bell).write_all(&[0]).expect("rings");
                assert_eq!(ask(None), [0; 0], "the bell ends the wait");
                (&rung).read_exact(&mut [0]).expect("was rung");

                empty(&mut far_a);
                assert_eq!(ask(None), [1]);
                assert_eq!(ask(soon), [0; 0], "told once");
                watch.watch(1, &a, true).expect("watched again");
                assert_eq!(ask(None), [1]);

                watch.watch(2, &b, false).expect("watched for its end alone");
                empty(&mut far_b);
                assert_eq!(ask(soon), [0; 0], "room was not asked for");
                drop(far_b);
                assert_eq!(ask(None), [2], "hung up");

                drop((a, far_a));
                assert_eq!(ask(soon), [0; 0], "gone with its socket");
            }
        };
    }

    waits!(with_epoll, super::epoll::Watch);
    waits!(with_poll, super::poll::Watch);

    /// A socket that is full, and its far end.
    fn pair() -> (Arc<OwnedFd>, UnixStream) {
        let (near, far) = UnixStream::pair().expect("a pair");
        near.set_nonblocking(true).expect("set");
        far.set_nonblocking(true).expect("set");
        while (&near).write(&[0; 4096]).is_ok() {}
        (Arc::new(near.into()), far)
    }

    fn empty(stream: &mut UnixStream) {
        while stream.read(&mut [0; 4096]).is_ok() {}
    }
}
