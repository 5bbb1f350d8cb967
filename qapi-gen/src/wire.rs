//! The wire model: a schema as its clients see it.
//!
//! It has the parts of a schema that are visible on the wire. Bases are merged into the objects that have them, and names
//! of types are labels for messages. It is made from a checked schema, or from a server's answer to `query-qmp-schema`.

#[cfg(feature = "import")]
mod admits;
#[cfg(feature = "import")]
mod from_answer;
mod from_schema;
#[cfg(feature = "import")]
mod in_step;
mod model;
mod owners;
#[cfg(feature = "import")]
mod sample;

#[cfg(feature = "import")]
pub use admits::Reader;
#[cfg(feature = "import")]
pub use from_answer::{AnswerError, is_answer};
#[cfg(feature = "import")]
pub(crate) use in_step::in_step;
pub use model::{
    Alternative, Branch, Class, Command, Event, Feature, Integer, Knowledge, Member, Object, Place, Scalar,
    Shape, Type, TypeId, Value, Wire, has_feature,
};
#[cfg(feature = "import")]
pub use sample::Samples;
