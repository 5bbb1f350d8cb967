//! Renders a list of changes.

mod human;
mod json;
mod markdown;
mod sides;

pub use human::human;
pub use json::json;
pub use markdown::markdown;
pub use sides::{Side, Sides};
