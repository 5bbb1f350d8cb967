//! Compares two schemas, and judges what each change means for a client.
//!
//! Source of the rules: "Compatibility considerations" in the specification of the QAPI schema language.
//!
//! Both schemas are lowered to a [`Wire`], a model of what is visible on the wire. Types have no names and no bases
//! there, so renaming a type or moving members into a base changes nothing. Data that a client sends (arguments) is
//! judged separately from data that it receives (returns, event data): a new optional member is harmless in both, but a
//! member that becomes optional is harmless only where clients send it.

mod change;
mod compare;
mod condition;
#[cfg(feature = "import")]
mod in_step;
mod kind;
#[cfg(feature = "import")]
mod lower_answer;
mod lower_schema;
mod path;
pub mod report;
mod rules;
mod wire;

pub use change::{Change, Direction, Verdict};
pub use compare::{compare, is_compatible};
#[cfg(feature = "import")]
pub(crate) use in_step::in_step;
pub use kind::Kind;
#[cfg(feature = "import")]
pub use lower_answer::AnswerError;
pub use wire::{
    Alternative, Branch, Class, Command, Event, Feature, Integer, Knowledge, Member, Object, Place, Scalar,
    Shape, Type, TypeId, Value, Wire,
};
