//! Indents our own JSON output for people.
//!
//! Replies are assembled from encoded texts, so this works on the text and not on the tree.

/// Puts every member and element on its own line, indented by four spaces per level. Empty containers take two lines.
/// Lines within a message also end in CRLF.
///
/// The input must be valid JSON with the separators `, ` and `: `, and may end in CRLF.
pub(crate) fn pretty(compact: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(compact.len() * 2);
    let mut depth = 0;
    let mut bytes = compact.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => {
                out.push(byte);
                copy_string(&mut bytes, &mut out);
            }
            b'{' | b'[' => {
                depth += 1;
                out.push(byte);
                new_line(&mut out, depth);
            }
            b'}' | b']' => {
                depth -= 1;
                // The opening bracket has started a new line, on which an empty container closes.
                let blanks = out.len() - out.iter().rev().take_while(|byte| **byte == b' ').count();
                let empty = out[..blanks].ends_with(b"{\r\n") || out[..blanks].ends_with(b"[\r\n");
                if empty {
                    out.truncate(blanks);
                    out.extend(std::iter::repeat_n(b' ', 4 * depth));
                } else {
                    new_line(&mut out, depth);
                }
                out.push(byte);
            }
            b',' => {
                out.push(byte);
                new_line(&mut out, depth);
                // Skip the space of the `, `.
                bytes.next();
            }
            _ => out.push(byte),
        }
    }
    out
}

fn new_line(out: &mut Vec<u8>, depth: usize) {
    out.extend_from_slice(b"\r\n");
    out.extend(std::iter::repeat_n(b' ', 4 * depth));
}

/// Copies up to and including the closing quote.
fn copy_string(bytes: &mut impl Iterator<Item = u8>, out: &mut Vec<u8>) {
    while let Some(byte) = bytes.next() {
        out.push(byte);
        match byte {
            b'"' => return,
            b'\\' => out.extend(bytes.next()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::pretty;

    #[test]
    fn lays_out_nested_and_empty_containers() {
        let compact = br#"{"a": [], "b": {"c": "x, \"{}", "d": [1, 2]}, "e": {}}"#;
        let expected = "{\n    \"a\": [\n    ],\n    \"b\": {\n        \"c\": \"x, \\\"{}\",\n        \"d\": [\n            1,\n            2\n        ]\n    },\n    \"e\": {\n    }\n}";
        assert_eq!(String::from_utf8_lossy(&pretty(compact)), expected.replace('\n', "\r\n"));
    }

    #[test]
    fn keeps_the_line_end() {
        assert_eq!(pretty(b"{\"return\": {}}\r\n"), b"{\r\n    \"return\": {\r\n    }\r\n}\r\n");
    }
}
