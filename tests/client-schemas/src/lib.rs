//! Clients of several schemas, and the peers that test them.
#![deny(warnings, missing_docs)]

pub mod driver;
pub mod guest_agent;
pub mod healing;
pub mod many;
pub mod peer;
pub mod process;

qapi_runtime::include_schema!(
    /// `schemas/`: the interface of this project's own machine.
    pub mod machine = "qapi-schema"
);
qapi_runtime::include_schema!(
    /// The schema of a client that is older than its server.
    pub mod older = "older"
);
qapi_runtime::include_schema!(
    /// The schema of that server.
    pub mod newer = "newer"
);
qapi_runtime::include_schema!(
    /// The schema of a guest agent.
    pub mod agent = "agent"
);
qapi_runtime::include_schema!(
    /// A command and an event with the same name.
    pub mod names = "names"
);
qapi_runtime::include_schema!(
    /// Members named after Rust's keywords.
    pub mod keywords = "keywords"
);
qapi_runtime::include_schema!(
    /// Downstream names, with a vendor's prefix.
    pub mod vendor = "vendor"
);
qapi_runtime::include_schema!(
    /// Types that contain each other.
    pub mod recursion = "recursion"
);
qapi_runtime::include_schema!(
    /// The schema of a server that was asked for it.
    pub mod imported = "imported"
);
qapi_runtime::include_schema!(
    /// The schema of servers of any build.
    pub mod builds = "builds"
);
qapi_runtime::include_schema!(
    /// Devices, as two versions of QEMU describe them.
    ///
    /// A misspelt property is an error of the compiler:
    ///
    /// ```compile_fail,E0599
    /// use qapi_client_tests::devices::VirtioRngPci;
    ///
    /// let device = VirtioRngPci::new().max_byte(1_u64);
    /// ```
    ///
    /// ```
    /// use qapi_client_tests::devices::VirtioRngPci;
    ///
    /// let device = VirtioRngPci::new().max_bytes(1_u64);
    /// ```
    pub mod devices = "devices/10.0"
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
    /// QEMU's own schema with pieces cut out of it, as if it were older than any QEMU.
    pub mod qemu_cut = "qemu_cut/qapi-schema"
);
#[cfg(qemu_7_2_schema)]
qapi_runtime::include_schema!(
    /// The part of the schema of QEMU 7.2 that the tests use.
    pub mod qemu_7_2 = "qemu_7_2/qapi-schema"
);
