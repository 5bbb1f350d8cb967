//! Events.

use super::checker::Checker;
use super::command;
use super::draft::{Body, Draft};
use super::reader::Reader;
use crate::syntax::ast::Object;

/// Reads the keys of an event.
pub(super) fn read<'a>(reader: &mut Reader<'a, '_>, object: &'a Object) -> Body<'a> {
    reader.check_own_keys(object, &["event"], &["data", "boxed", "if", "features"]);
    Body::Event { data: command::read_data(reader, object) }
}

/// Checks the rules for an event that need other definitions: those for a command's arguments.
pub(super) fn check(checker: &mut Checker<'_, '_>, draft: &Draft<'_>) {
    command::check_data_type(checker, draft);
}
