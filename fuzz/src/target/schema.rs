//! Schemas that the target `decode` decodes and the target `session` serves.

qapi_runtime::include_schema!(pub(super) mod machine = "qapi-schema");
qapi_runtime::include_schema!(pub(super) mod types = "types");
qapi_runtime::include_schema!(pub(super) mod features = "features");
qapi_runtime::include_schema!(pub(super) mod commands = "commands");
