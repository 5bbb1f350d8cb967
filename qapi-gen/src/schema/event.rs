//! Events.

use super::command;
use super::context::Context;
use super::draft::{Body, Draft};
use super::read::Reader;
use super::symbols::Symbols;
use crate::syntax::ast::Object;

/// Reads what makes an expression an event.
pub(super) fn read<'a>(reader: &mut Reader<'a, '_>, object: &'a Object) -> Body<'a> {
    reader.check_own_keys(object, &["event"], &["data", "boxed", "if", "features"]);
    Body::Event { data: command::read_data(reader, object) }
}

/// The rules for an event that go beyond its form: those for a command's arguments.
pub(super) fn check(cx: &mut Context<'_>, symbols: &Symbols<'_>, drafts: &[Draft<'_>], draft: &Draft<'_>) {
    command::check_data_type(cx, symbols, drafts, draft);
}
