//! Values of command-line options: `panic=none,shutdown=pause`.
