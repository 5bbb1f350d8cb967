//! `qapi-gen introspect`: what a server would answer to `query-qmp-schema`.

use super::manner::Manner;
use super::{Reading, SchemaFile, report};
use clap::Args;
use qapi_gen::stages::introspect::{Introspection, Names};
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
        self.introspect(manner).unwrap_or_else(|status| status)
    }

    fn introspect(&self, manner: Manner) -> Result<ExitCode, ExitCode> {
        let Reading { message_format, .. } = self.reading;
        let loaded = report::load(&self.file.schema, &self.reading.options(), message_format, manner)?;
        let defines = self.reading.defines();
        let mut warnings = loaded.warnings;
        warnings.append(loaded.schema.unused_defines(&defines));
        // Standard output carries the answer, so warnings in JSON cannot go there.
        report::diagnostics(&warnings, &loaded.schema.sources, report::Format::Human, manner);
        let names = if self.unmask { Names::Unmasked } else { Names::Masked };
        let text = Introspection::new(&loaded.schema, names).decide(&defines).to_json();
        match report::print(&text) {
            Ok(()) => Ok(ExitCode::SUCCESS),
            Err(error) => Err(report::unusable(Path::new("standard output"), "write", error)),
        }
    }
}
