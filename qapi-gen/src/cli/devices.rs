//! `qapi-gen devices`: types of QEMU's devices.

mod gather;
mod peer;

use super::manner::Manner;
use super::report;
use clap::{ArgGroup, Args};
use peer::Server;
use qapi_gen::stages::rust::Options;
use qapi_gen::stages::schema::{self, Schema};
use qapi_gen::stages::{DevicesError, Labelled, Peer, compile_devices, read_devices, write_if_changed};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Make Rust types of QEMU's devices, from what QEMU says of them
///
/// Each driver becomes a type with a setter for each property. A schema does not describe properties, but QEMU tells their
/// names, types, defaults and descriptions. Ask a running one with --live, or give a command after `--` for one that is
/// started for the questions only, as `-- qemu-system-x86_64 -M none -nodefaults`.
#[derive(Args)]
#[command(
    group = ArgGroup::new("subject").args(["answer", "live", "start"]).required(true),
    after_help = super::EXIT_STATUS
)]
pub(super) struct Devices {
    /// The drivers; `*` and `?` in a name match any text and any character [default: all]
    #[arg(value_name = "DRIVER")]
    drivers: Vec<String>,
    /// A file that --save wrote; may be repeated, the oldest version first. LABEL is its name in the documentation
    /// [default: the version of QEMU]
    #[arg(long, value_name = "[LABEL=]FILE")]
    answer: Vec<String>,
    /// Ask the QEMU at this address: unix:PATH or tcp:HOST:PORT
    #[arg(long, value_name = "SOCKET")]
    live: Option<String>,
    /// Start this QEMU and ask it. It is started again when a question ends it
    #[arg(last = true, value_name = "COMMAND")]
    start: Vec<String>,
    /// A schema to take the values of enumerations from; may be repeated
    #[arg(long, value_name = "SCHEMA")]
    names: Vec<PathBuf>,
    /// Where to write what QEMU says, for --answer and for build scripts
    #[arg(long, value_name = "FILE", conflicts_with = "answer")]
    save: Option<PathBuf>,
    /// The file for the Rust code, or `-` for standard output [default: standard output, without --save]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The path by which the generated code names the runtime
    #[arg(long, value_name = "PATH", default_value = "::qapi_runtime")]
    runtime_path: String,
    /// Leave out the documentation
    #[arg(long)]
    no_docs: bool,
}

impl Devices {
    pub(super) fn run(self, manner: Manner) -> ExitCode {
        match self.generate(manner) {
            Ok(()) => ExitCode::SUCCESS,
            Err(status) => status,
        }
    }

    fn generate(&self, manner: Manner) -> Result<(), ExitCode> {
        let answers = self.answers(manner)?;
        if let Some(path) = &self.save {
            for Labelled { answer, .. } in &answers {
                write(path, &answer.to_text())?;
            }
            if self.output.is_none() {
                return Ok(());
            }
        }
        let mut schemas: Vec<Schema> = Vec::new();
        for path in &self.names {
            let reading = schema::Options::default();
            schemas.push(report::load(path, &reading, report::Format::Human, manner)?.schema);
        }
        let mut options = Options::default();
        options.runtime_path.clone_from(&self.runtime_path);
        options.docs = !self.no_docs;
        options.only = (!self.drivers.is_empty()).then(|| self.drivers.clone());
        let text =
            compile_devices(&answers, &schemas.iter().collect::<Vec<_>>(), &options).map_err(refuse)?;
        write(self.output.as_deref().unwrap_or(Path::new("-")), &text)
    }

    fn answers(&self, manner: Manner) -> Result<Vec<Labelled>, ExitCode> {
        let server = match (&self.live, &self.start[..]) {
            (Some(address), _) => Server::running(address),
            (None, [program, arguments @ ..]) => Server::of_its_own(program, arguments),
            (None, []) => {
                let peers: Vec<Peer> = self.answer.iter().map(|text| Peer::parse(text)).collect();
                return read_devices(&peers).map_err(refuse);
            }
        };
        let answer = gather::gather(server, &self.drivers).map_err(|error| {
            eprintln!("qapi-gen: {error}");
            ExitCode::from(if error.is_refusal() { report::REFUSED } else { report::UNUSABLE })
        })?;
        if !manner.quiet {
            for (driver, reason) in &answer.failed {
                eprintln!("qapi-gen: no answer about {driver}: {reason}");
            }
            let count = answer.drivers.len();
            let word = if count == 1 { "driver" } else { "drivers" };
            eprintln!("{count} {word} of QEMU {}", answer.qemu);
        }
        Ok(vec![Labelled { label: answer.qemu.clone(), answer }])
    }
}

fn write(path: &Path, text: &str) -> Result<(), ExitCode> {
    if path == Path::new("-") {
        return report::print(text)
            .map_err(|error| report::unusable(Path::new("standard output"), "write", error));
    }
    write_if_changed(path, text).map(|_| ()).map_err(|error| report::unusable(path, "write", error))
}

fn refuse(error: DevicesError) -> ExitCode {
    for line in error.to_string().lines() {
        eprintln!("qapi-gen: {line}");
    }
    let refused = matches!(error, DevicesError::Unknown(_) | DevicesError::Form(..));
    ExitCode::from(if refused { report::REFUSED } else { report::UNUSABLE })
}
