//! Selects the alternative of an alternate.

use super::text::{parse_bool, parse_number};
use super::{Input, JsonKind, Mode};
use crate::Result;
use crate::json::Value;

impl Input<'_> {
    /// Returns which of `kinds` the value has, for the alternate `name`.
    ///
    /// `None` if it has none of them, in [`Mode::Lenient`] only. In [`Mode::Keyval`] every scalar is text: it counts as
    /// a boolean or a number if the alternate has one and the text parses as one, and as a string otherwise.
    ///
    /// # Errors
    ///
    /// The value has none of the kinds, in other modes.
    #[doc(hidden)]
    pub fn alternate(&self, name: &'static str, kinds: &[JsonKind]) -> Result<Option<JsonKind>> {
        let kind = match self.value() {
            Value::String(text) if self.mode() == Mode::Keyval => meant(text, kinds),
            _ => self.kind(),
        };
        if kinds.contains(&kind) {
            Ok(Some(kind))
        } else if self.mode() == Mode::Lenient {
            Ok(None)
        } else {
            Err(self.wrong_type(name))
        }
    }
}

fn meant(text: &str, kinds: &[JsonKind]) -> JsonKind {
    let boolean = kinds.contains(&JsonKind::Bool);
    let number = kinds.contains(&JsonKind::Number);
    if boolean && parse_bool(text).is_some() {
        JsonKind::Bool
    } else if number && (parse_number(text).is_some() || !kinds.contains(&JsonKind::String)) {
        // If the alternate has no string, the decoding of the number gives the better error.
        JsonKind::Number
    } else if boolean && !kinds.contains(&JsonKind::String) {
        JsonKind::Bool
    } else {
        JsonKind::String
    }
}
