//! A compiler from QAPI schemas to Rust.
