//! The options `--color` and `--quiet`.

use clap::{Args, ValueEnum};
use std::io::IsTerminal;

/// Options of all commands.
#[derive(Args, Clone, Copy)]
pub(super) struct MannerOptions {
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    color: Colour,
    /// Print nothing but errors
    #[arg(long, short, global = true)]
    quiet: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Colour {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

/// The options, decided for this process's streams.
#[derive(Clone, Copy)]
pub(super) struct Manner {
    /// Whether standard output is coloured.
    pub(super) colour: bool,
    /// Whether standard error is coloured.
    pub(super) colour_errors: bool,
    /// Whether only errors are printed.
    pub(super) quiet: bool,
}

impl MannerOptions {
    pub(super) fn decide(self) -> Manner {
        let colour = |is_terminal: bool| match self.color {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        };
        Manner {
            colour: colour(std::io::stdout().is_terminal()),
            colour_errors: colour(std::io::stderr().is_terminal()),
            quiet: self.quiet,
        }
    }
}
