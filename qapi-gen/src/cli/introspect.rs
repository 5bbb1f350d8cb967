//! `qapi-gen introspect`: what a server would answer to `query-qmp-schema`.

use super::manner::Manner;
use super::{Reading, SchemaFile, report};
use clap::Args;
use qapi_gen::stages::introspect::{Introspection, Names};
use qapi_gen::stages::loader::DiskLoader;
use std::path::Path;
use std::process::ExitCode;

/// Print the answer to query-qmp-schema that a server of the schema gives
#[derive(Args)]
#[command(after_help = super::EXIT_STATUS)]
pub(super) struct Introspect {
    #[command(flatten)]
    file: SchemaFile,
    /// Print the schema's type names instead of numbers
    #[arg(long)]
    unmask: bool,
    #[command(flatten)]
    reading: Reading,
}

impl Introspect {
    pub(super) fn run(self, manner: Manner) -> ExitCode {
        let format = self.reading.message_format;
        match qapi_gen::stages::load(&DiskLoader, &self.file.schema, &self.reading.options()) {
            Ok(loaded) => {
                let defines = self.reading.defines();
                let mut warnings = loaded.warnings;
                warnings.append(loaded.schema.unused_defines(&defines));
                // Standard output carries the answer, so warnings in JSON cannot go there.
                report::diagnostics(&warnings, &loaded.schema.sources, report::Format::Human, manner);
                let names = if self.unmask { Names::Unmasked } else { Names::Masked };
                let text = Introspection::new(&loaded.schema, names).decide(&defines).to_json();
                match report::print(&text) {
                    Ok(()) => ExitCode::SUCCESS,
                    Err(error) => report::unusable(Path::new("standard output"), "write", error),
                }
            }
            Err(failure) => {
                report::diagnostics(&failure.diagnostics, &failure.sources, format, manner);
                ExitCode::from(report::status(&failure.diagnostics))
            }
        }
    }
}
