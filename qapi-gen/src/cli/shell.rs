//! `qapi-gen completions` and `qapi-gen man`, both generated from the definitions of the command line.

use super::{Cli, report};
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::io;
use std::path::Path;
use std::process::ExitCode;

/// Print the completion script for a shell
#[derive(Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

/// Print the manual page
#[derive(Args)]
pub(super) struct Man {}

impl Completions {
    pub(super) fn run(self) -> ExitCode {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "qapi-gen", &mut script);
        print(Ok(script))
    }
}

impl Man {
    pub(super) fn run(self) -> ExitCode {
        print(page())
    }
}

/// The page of the command, then the sections of its subcommands' pages that add something.
fn page() -> io::Result<Vec<u8>> {
    let mut command = Cli::command();
    command.build();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        let name = format!("qapi-gen {}", subcommand.get_name());
        page.extend_from_slice(format!(".SH \"{}\"\n", name.to_uppercase()).as_bytes());
        let man = clap_mangen::Man::new(subcommand.clone());
        man.render_synopsis_section(&mut page)?;
        man.render_description_section(&mut page)?;
        man.render_options_section(&mut page)?;
        man.render_extra_section(&mut page)?;
    }
    Ok(page)
}

fn print(text: io::Result<Vec<u8>>) -> ExitCode {
    let text = text.map(|text| String::from_utf8_lossy(&text).into_owned());
    match text.and_then(|text| report::print(&text)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report::unusable(Path::new("standard output"), "write", error),
    }
}
