//! `qapi-gen check`: is this schema valid?

use super::manner::Manner;
use super::{Reading, report};
use clap::Args;
use qapi_gen::stages::loader::DiskLoader;
use qapi_gen::stages::schema;
use std::path::PathBuf;
use std::process::ExitCode;

/// Check schemas and report all errors and warnings
#[derive(Args)]
#[command(after_help = super::EXIT_STATUS)]
pub(super) struct Check {
    /// Root files of the schemas to check
    #[arg(value_name = "SCHEMA", required = true)]
    schemas: Vec<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

impl Check {
    pub(super) fn run(self, manner: Manner) -> ExitCode {
        let mut worst = report::SUCCESS;
        for path in &self.schemas {
            let status = match schema::load(&DiskLoader, path, &self.reading.options()) {
                Ok(loaded) => {
                    let mut warnings = loaded.warnings;
                    warnings.append(loaded.schema.unused_defines(&self.reading.defines()));
                    report::diagnostics(
                        &warnings,
                        &loaded.schema.sources,
                        self.reading.message_format,
                        manner,
                    );
                    report::SUCCESS
                }
                Err(failure) => {
                    report::diagnostics(
                        &failure.diagnostics,
                        &failure.sources,
                        self.reading.message_format,
                        manner,
                    );
                    report::status(&failure.diagnostics)
                }
            };
            worst = worst.max(status);
        }
        ExitCode::from(worst)
    }
}
