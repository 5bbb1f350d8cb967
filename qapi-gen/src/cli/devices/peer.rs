//! The QEMU that is asked: a running one, or a process that is started for the questions.

use crate::cli::live::{Conversation, LiveError};
use serde_json::Value;
use std::process::{Child, Command, Stdio};

/// A QEMU that is asked.
pub(super) struct Server {
    source: Source,
    connection: Option<Connection>,
}

enum Source {
    Address(String),
    Command(Box<Command>),
}

/// A conversation, with the process if it is our own.
struct Connection {
    conversation: Conversation,
    _process: Option<Process>,
}

impl Server {
    /// The server at this address.
    pub(super) fn running(address: &str) -> Server {
        Server { source: Source::Address(address.to_owned()), connection: None }
    }

    /// A process of this command, which speaks QMP on its standard streams.
    pub(super) fn of_its_own(program: &str, arguments: &[String]) -> Server {
        let mut command = Command::new(program);
        command.args(arguments).args(["-display", "none", "-qmp", "stdio"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        Server { source: Source::Command(Box::new(command)), connection: None }
    }

    /// How errors name it: its address, or the program.
    pub(super) fn name(&self) -> String {
        match &self.source {
            Source::Address(address) => address.clone(),
            Source::Command(command) => command.get_program().to_string_lossy().into_owned(),
        }
    }

    /// Whether a new process can take the place of one that has ended.
    pub(super) fn can_start_again(&self) -> bool {
        matches!(self.source, Source::Command(_))
    }

    /// The conversation, which is begun if there is none.
    fn conversation(&mut self) -> Result<&mut Conversation, LiveError> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(self.source.connect()?),
        };
        Ok(&mut connection.conversation)
    }

    /// The content of the greeting.
    pub(super) fn greeting(&mut self) -> Result<&Value, LiveError> {
        Ok(self.conversation()?.greeting())
    }

    /// Executes a command. The next one begins a new conversation if this one has ended.
    pub(super) fn execute(&mut self, command: &str, arguments: &Value) -> Result<Value, LiveError> {
        let result = self.conversation()?.execute(command, arguments);
        if matches!(result, Err(LiveError::Closed | LiveError::Io(_))) {
            self.connection = None;
        }
        result
    }
}

impl Source {
    fn connect(&mut self) -> Result<Connection, LiveError> {
        let command = match self {
            Source::Address(address) => {
                return Ok(Connection { conversation: Conversation::connect(address)?, _process: None });
            }
            Source::Command(command) => command,
        };
        let mut process = Process(command.spawn()?);
        let (Some(output), Some(input)) = (process.0.stdout.take(), process.0.stdin.take()) else {
            unreachable!("both streams are piped");
        };
        Ok(Connection { conversation: Conversation::new(output, input)?, _process: Some(process) })
    }
}

/// A process of our own. It ends when this is dropped.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only if the process has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
