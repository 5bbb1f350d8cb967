//! What the generated tables say of commands beyond their schema.
// A test may end with a panic.
#![allow(clippy::unwrap_used)]

use qapi_runtime::{CommandFlags, Schema};
use qapi_tests::commands;

/// `build.rs` declares two handlers blocking.
#[test]
fn the_table_says_which_handlers_block() {
    let table = commands::Schema::TABLES;
    let blocking = table.commands.iter().filter(|spec| spec.flags.contains(CommandFlags::BLOCKING));
    let blocking: Vec<&str> = blocking.map(|spec| spec.name).collect();
    assert_eq!(blocking, ["inline", "raw"]);
    let raw = table.commands[table.find("raw").unwrap()];
    assert_eq!(raw.flags, CommandFlags::RAW | CommandFlags::BLOCKING, "the schema's own flags stay");
}
