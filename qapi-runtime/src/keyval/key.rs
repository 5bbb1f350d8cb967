use crate::{Error, Result};

/// A key, split into fragments.
pub(super) struct Key {
    text: String,
    /// The end of each fragment in `text`.
    ends: Vec<usize>,
}

/// How many fragments a key may have. No schema nests nearly as deep, and the tree is dropped by recursion.
const DEEPEST: usize = 128;

impl Key {
    /// Checks and splits a key.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let fragments = text.split('.').enumerate();
        let is_good = |(index, fragment): (usize, &str)| {
            is_name(fragment) || (index > 0 && to_index(fragment).is_some())
        };
        if !fragments.clone().all(is_good) {
            return Err(Error::generic(format_args!("Invalid parameter '{text}'")));
        }
        if fragments.clone().count() > DEEPEST {
            return Err(Error::generic(format_args!("Parameter '{text}' is nested too deeply")));
        }
        let dots = text.match_indices('.').map(|(at, _)| at);
        Ok(Self { text: text.to_owned(), ends: dots.chain([text.len()]).collect() })
    }

    /// Each fragment, with the part of the key up to and including it.
    pub(super) fn fragments(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.ends.iter().map(|end| {
            let prefix = &self.text[..*end];
            (prefix.rsplit('.').next().unwrap_or(prefix), prefix)
        })
    }
}

/// A list index, written without leading zeros.
pub(super) fn to_index(fragment: &str) -> Option<usize> {
    let is_canonical = fragment == "0" || (!fragment.starts_with('0') && !fragment.is_empty());
    let is_digits = fragment.bytes().all(|byte| byte.is_ascii_digit());
    if is_canonical && is_digits { fragment.parse().ok() } else { None }
}

/// Whether the fragment is a name of a schema: `node-name`, `x_y`. Vendor prefixes such as `__com.redhat` are split at
/// the dot.
fn is_name(fragment: &str) -> bool {
    let begins = fragment.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    begins && fragment.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
