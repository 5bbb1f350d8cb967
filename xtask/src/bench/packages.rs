//! The sources of the package with the server and the load generators. It is built optimised, unlike this program.

/// Path in the package, contents.
pub(super) const SERVER: [(&str, &str); 5] = [
    ("src/main.rs", include_str!("packages/server.rs")),
    ("src/echo.rs", include_str!("packages/echo.rs")),
    ("src/load.rs", include_str!("packages/load.rs")),
    ("src/sender.rs", include_str!("packages/sender.rs")),
    ("src/in_process.rs", include_str!("packages/in_process.rs")),
];
