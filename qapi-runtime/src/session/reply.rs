//! Messages to the client: one line each, ending in CRLF.

use crate::dispatch::Reply;
use crate::json::{self, Writer};
use crate::{Error, Version};

/// The greeting: the version and the capabilities.
pub(super) fn greeting(out: &mut Vec<u8>, version: &Version, oob: bool, pretty: bool) {
    line(out, pretty, |out| {
        out.extend_from_slice(b"{\"QMP\": {\"version\": ");
        out.extend_from_slice(&self::version(version));
        out.extend_from_slice(b", \"capabilities\": [");
        out.extend_from_slice(if oob { b"\"oob\"" } else { b"" });
        out.extend_from_slice(b"]}}");
    });
}

/// The reply to a command that succeeded.
pub(super) fn success(out: &mut Vec<u8>, returned: &[u8], id: Option<&str>, pretty: bool) {
    line(out, pretty, |out| {
        out.extend_from_slice(b"{\"return\": ");
        out.extend_from_slice(returned);
        if let Some(id) = id {
            out.extend_from_slice(b", \"id\": ");
            out.extend_from_slice(id.as_bytes());
        }
        out.push(b'}');
    });
}

/// The reply to a command that failed, or to malformed input.
pub(super) fn error(out: &mut Vec<u8>, error: &Error, id: Option<&str>, pretty: bool) {
    let mut text = Writer::new();
    text.string(error.class().as_str());
    text.raw(b", \"desc\": ");
    text.string(&error.to_string());
    line(out, pretty, |out| {
        out.push(b'{');
        if let Some(id) = id {
            out.extend_from_slice(b"\"id\": ");
            out.extend_from_slice(id.as_bytes());
            out.extend_from_slice(b", ");
        }
        out.extend_from_slice(b"\"error\": {\"class\": ");
        out.extend_from_slice(text.as_bytes());
        out.extend_from_slice(b"}}");
    });
}

/// The version as `query-version` returns it.
pub(super) fn version(version: &Version) -> Reply {
    let Version { major, minor, micro, package } = version;
    let mut out = Writer::new();
    out.object(|out| {
        out.key("qemu");
        out.object(|out| {
            for (name, part) in [("major", major), ("minor", minor), ("micro", micro)] {
                out.key(name);
                out.uint(u64::from(*part));
            }
        });
        out.key("package");
        out.string(package);
    });
    out.into_bytes()
}

fn line(out: &mut Vec<u8>, pretty: bool, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    write(out);
    out.extend_from_slice(b"\r\n");
    if pretty {
        let text = json::pretty(&out[start..]);
        out.truncate(start);
        out.extend_from_slice(&text);
    }
}
