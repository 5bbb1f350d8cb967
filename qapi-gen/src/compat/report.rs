//! Renders a list of changes.

mod github;
mod group;
mod human;
mod json;
mod junit;
mod markdown;
mod sarif;
mod sides;

pub use github::github;
pub use human::human;
pub use json::json;
pub use junit::junit;
pub use markdown::markdown;
pub use sarif::sarif;
pub use sides::{Side, Sides};

/// The kind of a stale entry, beside those of changes.
const STALE: &str = "stale-entry";

/// How reports for people look.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Whether the output is coloured, as a terminal shows it.
    pub colour: bool,
    /// Whether compatible changes are shown, too.
    pub all: bool,
}
