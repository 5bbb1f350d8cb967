//! Generated code, with what the crate `qapi-qmp` has around its own.
#![allow(dead_code, deprecated, non_camel_case_types, non_snake_case, unused_imports)]

use serde::{Deserialize, Serialize};

include!(concat!(env!("OUT_DIR"), "/attempt.rs"));

/// A command of the schema.
pub trait QmpCommand: qapi_spec::Command {}
