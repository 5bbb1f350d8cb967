//! The value of `-action`: the arguments of `set-action`, written `KEY=VALUE[,KEY=VALUE...]`.

use std::fmt;

use qapi_runtime::{Error, keyval};

use super::help;
use crate::qapi::command::SetAction;

/// Why a value is refused; the message also lists what is accepted.
#[derive(Debug)]
pub(crate) struct BadAction(Error);

impl fmt::Display for BadAction {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}, accepted are {}", self.0, help::accepted_actions())
    }
}

/// Decodes as QMP does, so that the command line accepts what the command accepts, with the same errors.
pub(crate) fn decode(text: &str) -> Result<SetAction, BadAction> {
    if text.starts_with('{') {
        // QEMU's -action takes no JSON; `keyval` would.
        return Err(BadAction(Error::generic(format_args!("Invalid parameter '{text}'"))));
    }
    let decode = |text| keyval::decode::<SetAction>(text).map_err(BadAction);
    let actions = decode(text)?;
    // The whole text decodes only the last value of each key. An invalid earlier value must be an error, too.
    for pair in pairs(text) {
        decode(pair)?;
    }
    Ok(actions)
}

/// Splits at commas; two in a row stand for a comma in a value.
fn pairs(text: &str) -> Vec<&str> {
    let mut pairs = Vec::new();
    let mut start = 0;
    let mut commas = text.match_indices(',').map(|(at, _)| at).peekable();
    while let Some(at) = commas.next() {
        if commas.next_if_eq(&(at + 1)).is_none() {
            pairs.push(&text[start..at]);
            start = at + 1;
        }
    }
    pairs.push(&text[start..]);
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_at_single_commas() {
        assert_eq!(pairs("a=b"), ["a=b"]);
        assert_eq!(pairs("a=b,c=d,"), ["a=b", "c=d", ""]);
        assert_eq!(pairs("a=b,,c=d"), ["a=b,,c=d"]);
        assert_eq!(pairs("a=b,,,c=d"), ["a=b,,", "c=d"]);
    }
}
