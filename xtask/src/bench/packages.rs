//! The sources of the package that serves and loads. It is built optimised, which this program mostly is not.

/// Path in the package, contents.
pub(super) const SERVER: [(&str, &str); 5] = [
    ("src/main.rs", include_str!("packages/server.rs")),
    ("src/echo.rs", include_str!("packages/echo.rs")),
    ("src/load.rs", include_str!("packages/load.rs")),
    ("src/sender.rs", include_str!("packages/sender.rs")),
    ("src/in_process.rs", include_str!("packages/in_process.rs")),
];
