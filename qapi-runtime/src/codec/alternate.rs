//! Which alternative a value is meant for.

use super::text::{parse_bool, parse_number};
use super::{Input, JsonKind, Mode};
use crate::Result;
use crate::json::Value;

impl Input<'_> {
    /// Which of `kinds` the value is, for the alternate `name`.
    ///
    /// `None` is a value of none of them, in [`Mode::Lenient`] only. In [`Mode::Keyval`] every scalar is text: it is a
    /// boolean or a number where the alternate has one and the text reads as one, and a string otherwise.
    ///
    /// # Errors
    ///
    /// In other modes, the value is of no listed kind.
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
        // Where no string is taken, the number's own decoding says best what is wrong.
        JsonKind::Number
    } else if boolean && !kinds.contains(&JsonKind::String) {
        JsonKind::Bool
    } else {
        JsonKind::String
    }
}
