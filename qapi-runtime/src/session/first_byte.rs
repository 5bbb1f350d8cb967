//! Distinguishes clients of the protocol from those of another one.

/// Whether a client of the protocol may send this byte first.
///
/// A web page can make a browser connect to a TCP port on loopback and POST any body. The parser resynchronises after
/// each error, as clients expect, so it would skip the HTTP headers and execute the commands in the body:
/// `qmp_capabilities`, and then any other. The page cannot read the replies, but need not.
///
/// A browser's first bytes are the name of a method, such as `POST`, or a TLS handshake. A client of the protocol
/// starts with a command, which is an object. White space may come before it, and so may the byte 0xFF, which makes the
/// parser drop an unfinished message.
///
/// So the driver ends the session if this is false for the first byte of a client. The first byte is enough, because no
/// browser lets a page choose it.
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
