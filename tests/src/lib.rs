//! Consumer of qapi-gen.
