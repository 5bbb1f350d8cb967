//! Clients made from several schemas, and what they are tested against.
#![deny(warnings, missing_docs)]

pub mod driver;
pub mod guest_agent;
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
    /// A command and an event of one name.
    pub mod names = "names"
);
qapi_runtime::include_schema!(
    /// Members named by Rust's keywords.
    pub mod keywords = "keywords"
);
qapi_runtime::include_schema!(
    /// Names of a vendor's own.
    pub mod vendor = "vendor"
);
qapi_runtime::include_schema!(
    /// Types that contain each other.
    pub mod recursion = "recursion"
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
#[cfg(qemu_schema)]
qapi_runtime::include_schema!(
    /// QEMU's own schema with pieces cut out of it: older than any QEMU in what they are.
    pub mod qemu_cut = "qemu_cut/qapi-schema"
);
#[cfg(qemu_7_2_schema)]
qapi_runtime::include_schema!(
    /// What the tests use of the schema of QEMU 7.2.
    pub mod qemu_7_2 = "qemu_7_2/qapi-schema"
);
