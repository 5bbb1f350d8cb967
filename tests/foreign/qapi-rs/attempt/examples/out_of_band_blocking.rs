//! A command out-of-band, blocking.

use qapi::qmp::query_yank;
use std::io::{BufRead, Write};

pub fn blocking<S: BufRead + Write>(client: &mut qapi::Qmp<S>) -> bool {
    client.execute_oob(&query_yank {}).is_ok()
}

fn main() {}
