//! Takes over a socket that another program made: checks that it listens, and explains what is wrong if not.

use super::endpoint::Socket;
use rustix::io::Errno;
use rustix::net::sockopt;
use rustix::net::{AddressFamily, SocketType};
use std::fmt::Display;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

/// Checks that a descriptor is a stream socket that listens, and makes it non-blocking and close-on-exec.
pub(super) fn adopt(fd: OwnedFd) -> io::Result<Socket> {
    check_type(&fd)?;
    check_listens(&fd)?;
    let family = rustix::net::getsockname(&fd)?.address_family();
    rustix::io::ioctl_fionbio(&fd, true)?;
    rustix::io::fcntl_setfd(&fd, rustix::io::FdFlags::CLOEXEC)?;
    match family {
        AddressFamily::UNIX => {
            send_no_credentials(&fd)?;
            Ok(Socket::Unix(fd.into()))
        }
        AddressFamily::INET | AddressFamily::INET6 => Ok(Socket::Tcp(fd.into())),
        other => Err(refuse(format!("its address family is {}, neither Unix nor internet", other.as_raw()))),
    }
}

fn check_type(fd: &OwnedFd) -> io::Result<()> {
    match sockopt::socket_type(fd) {
        Ok(SocketType::STREAM) => Ok(()),
        Ok(SocketType::DGRAM) => Err(refuse("it is a socket for datagrams")),
        Ok(SocketType::SEQPACKET) => Err(refuse("it is a socket for packets")),
        Ok(other) => Err(refuse(format!("it is a socket of type {}", other.as_raw()))),
        Err(Errno::NOTSOCK) => Err(refuse("it is no socket")),
        Err(error) => Err(error.into()),
    }
}

/// Apple's systems cannot be asked whether a socket listens.
#[cfg(target_vendor = "apple")]
fn check_listens(_fd: &OwnedFd) -> io::Result<()> {
    Ok(())
}

#[cfg(not(target_vendor = "apple"))]
fn check_listens(fd: &OwnedFd) -> io::Result<()> {
    if sockopt::socket_acceptconn(fd)? {
        return Ok(());
    }
    // systemd passes such sockets with `Accept=yes`.
    if rustix::net::getpeername(fd).is_ok() {
        return Err(refuse("it is connected to a client already"));
    }
    Err(refuse("it is not listening"))
}

/// Turns off `SO_PASSCRED`, with which the kernel adds a credentials message to what clients send. Accepted sockets
/// inherit the setting from the listening one, and systemd turns it on with `PassCredentials=yes`.
fn send_no_credentials(_fd: impl AsFd) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    sockopt::set_socket_passcred(_fd, false)?;
    Ok(())
}

fn refuse(why: impl Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("the descriptor cannot be listened on: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};

    fn refusal(fd: impl Into<OwnedFd>) -> String {
        let error = adopt(fd.into()).expect_err("cannot be listened on");
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        let text = error.to_string();
        text.strip_prefix("the descriptor cannot be listened on: ").expect("says what it is about").to_owned()
    }

    fn bound(family: AddressFamily, kind: SocketType) -> OwnedFd {
        rustix::net::socket(family, kind, None).expect("a socket")
    }

    #[test]
    fn sockets_that_listen_are_taken() {
        let directory = tempfile::tempdir().expect("a directory");
        let unix = UnixListener::bind(directory.path().join("qmp")).expect("binds");
        assert!(matches!(adopt(unix.into()), Ok(Socket::Unix(_))));
        let tcp = TcpListener::bind("127.0.0.1:0").expect("binds");
        assert!(matches!(adopt(tcp.into()), Ok(Socket::Tcp(_))));
        if let Ok(tcp) = TcpListener::bind("[::1]:0") {
            assert!(matches!(adopt(tcp.into()), Ok(Socket::Tcp(_))));
        }
    }

    #[test]
    fn it_neither_blocks_nor_is_it_inherited_nor_does_it_pass_credentials() {
        let directory = tempfile::tempdir().expect("a directory");
        let unix = UnixListener::bind(directory.path().join("qmp")).expect("binds");
        rustix::io::fcntl_setfd(&unix, rustix::io::FdFlags::empty()).expect("inherited");
        #[cfg(target_os = "linux")]
        sockopt::set_socket_passcred(&unix, true).expect("passes credentials");
        let Ok(Socket::Unix(unix)) = adopt(unix.into()) else { panic!("listens") };
        assert_eq!(rustix::io::fcntl_getfd(&unix), Ok(rustix::io::FdFlags::CLOEXEC));
        assert_eq!(unix.accept().expect_err("no client").kind(), io::ErrorKind::WouldBlock);
        #[cfg(target_os = "linux")]
        assert_eq!(sockopt::socket_passcred(&unix), Ok(false));
    }

    #[test]
    fn all_else_is_refused_with_what_it_is() {
        assert_eq!(refusal(tempfile::tempfile().expect("a file")), "it is no socket");
        assert_eq!(refusal(UdpSocket::bind("127.0.0.1:0").expect("binds")), "it is a socket for datagrams");
        assert_eq!(refusal(UnixDatagram::unbound().expect("a socket")), "it is a socket for datagrams");
        assert_eq!(refusal(bound(AddressFamily::UNIX, SocketType::SEQPACKET)), "it is a socket for packets");
        assert_eq!(refusal(bound(AddressFamily::UNIX, SocketType::STREAM)), "it is not listening");
        assert_eq!(refusal(bound(AddressFamily::INET, SocketType::STREAM)), "it is not listening");
        let (near, _far) = UnixStream::pair().expect("a pair");
        assert_eq!(refusal(near), "it is connected to a client already");
        let tcp = TcpListener::bind("127.0.0.1:0").expect("binds");
        let client = TcpStream::connect(tcp.local_addr().expect("an address")).expect("connects");
        assert_eq!(refusal(client), "it is connected to a client already");
    }
}
