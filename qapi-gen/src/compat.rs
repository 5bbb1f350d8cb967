//! Compares two schemas, and judges what each change means for a client.
//!
//! Source of the rules: "Compatibility considerations" in the specification of the QAPI schema language.
//!
//! Wire models are compared, so renaming a type or moving members into a base changes nothing. Data that a client sends (arguments) is
//! judged separately from data that it receives (returns, event data): a new optional member is harmless in both, but a
//! member that becomes optional is harmless only where clients send it.
//!
//! A condition that changes is an addition in the builds that it lets in, and a removal in those that it shuts out.

mod accept;
mod builds;
mod change;
mod compare;
mod condition;
mod docs;
mod gate;
mod kind;
mod notice;
mod path;
mod reach;
mod releases;
pub mod report;
mod rules;

pub use accept::{AcceptError, AcceptFile};
pub use change::{Acceptance, Change, Direction, Reach, Verdict};
pub use compare::Release;
pub use docs::Docs;
pub use gate::{Comparison, FailOn, Stale, Staleness};
pub use kind::Kind;
pub use releases::{compare, compare_releases};
