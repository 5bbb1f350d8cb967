//! The texts of the system's errors, to read them from a description.

use std::collections::HashMap;
use std::io;
use std::sync::OnceLock;

/// The largest number that Linux's system calls return as an error (`MAX_ERRNO`). Other systems use fewer.
const LARGEST: i32 = 4095;

/// Returns the number of the error whose text ends `description`: all of it, or what follows a colon.
pub(super) fn at_the_end(description: &str) -> Option<i32> {
    let after_colons =
        description.match_indices(": ").map(|(place, colon)| &description[place + colon.len()..]);
    // The longest first.
    std::iter::once(description).chain(after_colons).find_map(|text| texts().get(text).copied())
}

/// The number of each text. Where several numbers share a text, it stands for none of them in particular: the first.
fn texts() -> &'static HashMap<String, i32> {
    static TEXTS: OnceLock<HashMap<String, i32>> = OnceLock::new();
    TEXTS.get_or_init(|| (1..=LARGEST).rev().map(|number| (text(number), number)).collect())
}

/// What this platform's `strerror` says, which the standard library shows with the number after it.
fn text(number: i32) -> String {
    let shown = io::Error::from_raw_os_error(number).to_string();
    shown.strip_suffix(&format!(" (os error {number})")).unwrap_or(&shown).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorClass;
    use crate::client::Refusal;
    use std::io::ErrorKind;

    fn kind(desc: &str) -> Option<ErrorKind> {
        let refusal = Refusal { class: ErrorClass::GenericError, desc: desc.to_owned() };
        refusal.os_error().map(|error| error.kind())
    }

    /// Descriptions as QEMU 10.0.2 gives them, with the texts of POSIX systems.
    #[cfg(unix)]
    #[test]
    fn the_text_at_the_end_tells_the_error() {
        let cases = [
            ("Could not open '/no/such.img': No such file or directory", Some(ErrorKind::NotFound)),
            ("Failed to create file: /x/y.raw: Permission denied", Some(ErrorKind::PermissionDenied)),
            ("Permission denied", Some(ErrorKind::PermissionDenied)),
            ("Failed to connect to '127.0.0.1:1': Connection refused", Some(ErrorKind::ConnectionRefused)),
            ("Device 'No such file or directory' not found", None),
            ("No such file or directory: 'x'", None),
            ("Could not open 'x':No such file or directory", None),
            ("Failed: no permission denied", None),
            ("", None),
            (": ", None),
        ];
        for (desc, expected) in cases {
            assert_eq!(kind(desc), expected, "{desc}");
        }
    }

    #[test]
    fn every_error_of_this_platform_is_found_by_its_text() {
        for number in 1..=LARGEST {
            let found = at_the_end(&format!("Could not: {}", text(number))).expect("it has a text");
            assert_eq!(text(found), text(number));
        }
        assert!(at_the_end("Could not: nothing of the kind").is_none());
    }
}
