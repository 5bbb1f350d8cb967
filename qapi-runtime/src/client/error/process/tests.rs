use super::*;
use crate::client::ConnectErrorKind;
use std::error::Error;
use std::os::unix::process::ExitStatusExt;

fn error(kind: ProcessErrorKind) -> ProcessError {
    ProcessError::new("qemu".into(), kind)
}

fn refused() -> io::Error {
    io::ErrorKind::PermissionDenied.into()
}

#[test]
fn each_kind_has_its_text_and_does_not_repeat_its_source() {
    let connect = ConnectError { peer: None, kind: ConnectErrorKind::Io(refused()) };
    let outlives = "qemu cannot be made to end with its parent: there is neither `setpriv --pdeathsig` nor its option \
                    `-run-with exit-with-parent=on`";
    let failed = "qemu runs, and an operation of its client failed";
    let texts = [
        (ProcessErrorKind::Start(refused()), "qemu cannot be started", true),
        (ProcessErrorKind::OutlivesParent, outlives, false),
        (ProcessErrorKind::Connect(connect), failed, true),
        (ProcessErrorKind::Client(Box::new(refused())), failed, true),
        (ProcessErrorKind::Runs(Duration::from_secs(5)), "qemu did not end within 5s", false),
        (ProcessErrorKind::Wait(refused()), "qemu is in an unknown state", true),
    ];
    for (kind, text, has_source) in texts {
        let error = error(kind);
        assert_eq!(error.to_string(), text);
        assert_eq!(error.source().is_some(), has_source, "{text}");
        assert!(error.source().is_none_or(|source| !text.contains(&source.to_string())), "{text}");
    }
}

#[test]
fn the_end_and_the_last_words_are_in_the_text() {
    let kind = ProcessErrorKind::Client(Box::new(refused()));
    let ended = Some(ExitStatus::from_raw(1 << 8));
    let error = ProcessError { ended, stderr: "no\nsuch disk".into(), ..error(kind) };
    assert_eq!(error.to_string(), "qemu has ended with exit status: 1: no\nsuch disk");
}
