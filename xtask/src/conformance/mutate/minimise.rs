//! Minimises a schema that shows a difference.

use crate::Failure;

/// Removes lines, then characters, as long as `shows` holds.
pub(super) fn minimise(
    text: &str,
    mut shows: impl FnMut(&str) -> Result<bool, Failure>,
) -> Result<String, Failure> {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let mut size = lines.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < lines.len() {
            let end = (at + size).min(lines.len());
            let rest: Vec<String> = [&lines[..at], &lines[end..]].concat();
            if shows(&rest.concat())? {
                lines = rest;
            } else {
                at = end;
            }
        }
        size /= 2;
    }
    Ok(lines.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_without_need_go() {
        let small = minimise("a\nb\nc\nd\ne\n", |text| Ok(text.contains('b') && text.contains('e')));
        assert_eq!(small.unwrap(), "b\ne\n");
    }
}
