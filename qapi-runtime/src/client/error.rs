//! Errors of clients. The text of an error does not repeat that of its source.

mod command;
mod connect;
mod errno;
mod event;
mod gone;
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
mod process;
mod refusal;
mod wait;

pub use command::{CommandError, CommandErrorKind};
pub use connect::{ConnectError, ConnectErrorKind};
pub use event::{EventError, NextError};
pub use gone::{Gone, GoneReason};
#[cfg(all(unix, any(feature = "threads", feature = "tokio")))]
pub use process::{ProcessError, ProcessErrorKind};
pub use refusal::Refusal;
pub use wait::{WaitError, WaitErrorKind};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Any, Error};
    use std::sync::Arc;
    use std::time::Duration;
    use std::{error, io};

    /// The texts of an error and of its sources, one by one.
    fn chain(error: &dyn error::Error) -> Vec<String> {
        std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect()
    }

    fn failed(kind: CommandErrorKind) -> CommandError {
        CommandError { command: "stop".into(), peer: Some(Arc::from("/run/qmp")), kind }
    }

    #[test]
    fn no_error_repeats_its_source() {
        let gone = || Gone::new(GoneReason::Io(io::Error::other("reset")));
        let error = || Error::generic("Parameter 'a' is missing");
        let event = || EventError { name: "STOP".into(), data: Any::Null, error: error() };
        let connect = |kind| ConnectError { peer: Some(Arc::from("/run/qmp")), kind };
        let chains = [
            chain(&failed(CommandErrorKind::Reply(error()))),
            chain(&failed(CommandErrorKind::Arguments(error()))),
            chain(&failed(CommandErrorKind::Gone { reason: gone(), sent: true })),
            chain(&failed(CommandErrorKind::Gone { reason: gone(), sent: false })),
            chain(&connect(ConnectErrorKind::Io(io::Error::other("refused")))),
            chain(&connect(ConnectErrorKind::Gone(gone()))),
            chain(&Gone::new(GoneReason::NotHealed(Box::new(connect(ConnectErrorKind::Gone(gone())))))),
            chain(&event()),
            chain(&NextError::Event(event())),
            chain(&NextError::Gone(gone())),
            chain(&WaitError::new("STOP", None, WaitErrorKind::Gone(gone()))),
            chain(&WaitError::new("STOP", None, WaitErrorKind::Event(event()))),
            chain(&WaitError::new(
                "STOP",
                None,
                WaitErrorKind::Command(failed(CommandErrorKind::NoOutOfBand)),
            )),
        ];
        for chain in chains {
            assert!(chain.len() > 1, "{chain:?}");
            for pair in chain.windows(2) {
                assert!(!pair[0].contains(&pair[1]), "{chain:?}");
            }
        }
        let texts = chain(&failed(CommandErrorKind::Gone { reason: gone(), sent: true }));
        let ended = "stop at /run/qmp: the connection ended before the reply";
        assert_eq!(texts, [ended, "the connection broke", "reset"]);
    }

    #[test]
    fn errors_name_the_command_and_the_server() {
        let late = failed(CommandErrorKind::Timeout(Duration::from_secs(5)));
        assert_eq!(late.to_string(), "stop at /run/qmp: no reply within 5s");
        let unnamed = CommandError { peer: None, ..late };
        assert_eq!(unnamed.to_string(), "stop: no reply within 5s");
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        let error = ConnectError { peer: Some(Arc::from("/run/qmp")), kind: ConnectErrorKind::Io(refused) };
        assert_eq!(error.to_string(), "cannot connect to /run/qmp");
    }
}
