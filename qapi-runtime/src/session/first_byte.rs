//! Tells clients of the protocol from those that speak another one.

/// Whether a client of the protocol may send this byte as its first one.
///
/// A web page can have its reader's browser connect to a TCP port on loopback, and POST what it likes. The parser of the
/// protocol starts over after each error, as clients expect of it, so it would pass over the header's lines and find the
/// commands in the body: `qmp_capabilities`, and then any other. The page cannot read the replies, but has no need to.
///
/// The browser has to start with the name of a method, such as `POST`, or with the greeting of TLS. A session of the
/// protocol starts with a command, which is an object. White space may come before it, and so may the byte 0xFF, by which
/// clients have the parser drop what it was in the middle of.
///
/// So the driver ends the session when this is false for the first byte that a client sends. It need not look at the
/// bytes behind it: no browser lets a page choose the first one.
pub(crate) const fn may_be_qmp(first: u8) -> bool {
    matches!(first, b' ' | b'\t' | b'\r' | b'\n' | 0xff | b'{')
}

#[cfg(test)]
mod tests {
    use super::may_be_qmp;

    #[test]
    fn only_six_bytes_may_come_first() {
        let passed: Vec<u8> = (0..=u8::MAX).filter(|byte| may_be_qmp(*byte)).collect();
        assert_eq!(passed, b"\t\n\r {\xff");
    }

    #[test]
    fn other_protocols_do_not_pass() {
        let tls = "\x16\x03\x01";
        for start in
            ["POST / HTTP/1.1\r\n", "GET /", "PUT /", "OPTIONS * ", "PRI * HTTP/2.0", "SSH-2.0-", tls]
        {
            assert!(!may_be_qmp(start.as_bytes()[0]), "{start}");
        }
    }
}
