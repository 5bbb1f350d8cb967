//! What pest makes of `qapi.pest`.

// The derived code documents nothing.
#![allow(missing_docs)]

#[derive(pest_derive::Parser)]
#[grammar = "syntax/qapi.pest"]
pub(super) struct Grammar;
