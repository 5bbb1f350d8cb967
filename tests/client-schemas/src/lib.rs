//! Clients made from several schemas, and what they are tested against.
#![deny(warnings, missing_docs)]

pub mod many;
pub mod peer;
pub mod qemu_process;

qapi_runtime::include_schema!(
    /// `schemas/`: what this project's own machine speaks.
    pub mod machine = "qapi-schema"
);
qapi_runtime::include_schema!(
    /// What a client knows that is older than its server.
    pub mod older = "older"
);
qapi_runtime::include_schema!(
    /// What that server has.
    pub mod newer = "newer"
);
qapi_runtime::include_schema!(
    /// A guest agent.
    pub mod agent = "agent"
);
qapi_runtime::include_schema!(
    /// Names that are trouble in Rust.
    pub mod names = "names"
);
#[cfg(qemu_schema)]
qapi_runtime::include_schema!(
    /// QEMU's own schema.
    pub mod qemu = "qemu/qapi-schema"
);
#[cfg(qemu_schema)]
qapi_runtime::include_schema!(
    /// The schema of QEMU's guest agent.
    pub mod qga = "qga/qapi-schema"
);
