//! Renders changes as test results in the XML of JUnit, which most CI services show.

use super::Sides;
use super::group::reached;
use crate::compat::{Change, Verdict};
use std::fmt::Write;

/// Renders one test case for each change, in the class of its definition. Incompatible changes fail.
pub fn junit(changes: &[Change], sides: &Sides<'_>) -> String {
    let failures = changes.iter().filter(|change| change.verdict == Verdict::Incompatible).count();
    let name = escaped(&format!("{} to {}", sides.old.name, sides.new.name));
    // CI services take a suite without cases for a run that did not happen.
    let unchanged = "  <testcase classname=\"qapi-gen diff\" name=\"no change\"/>\n";
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let tests = changes.len().max(1);
    let suite = format!("<testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\">\n");
    out.push_str(&suite);
    for change in changes {
        case(&mut out, change, sides).expect("writing to a string does not fail");
    }
    if changes.is_empty() {
        out.push_str(unchanged);
    }
    out.push_str("</testsuite>\n");
    out
}

fn case(out: &mut String, change: &Change, sides: &Sides<'_>) -> std::fmt::Result {
    let class = escaped(&change.definition);
    let name = escaped(&format!("{} {}", change.kind, change.path));
    write!(out, "  <testcase classname=\"{class}\" name=\"{name}\"")?;
    if let Some((file, at)) = sides.position(change) {
        write!(out, " file=\"{}\" line=\"{}\"", escaped(file), at.line)?;
    }
    let mut lines = vec![format!("{}: {}", change.verdict, change.message), change.rule.clone()];
    lines.extend(reached(change));
    let text = escaped(&lines.join("\n"));
    if change.verdict == Verdict::Incompatible {
        let (kind, message) = (change.kind, escaped(&change.message));
        writeln!(out, ">\n    <failure type=\"{kind}\" message=\"{message}\">{text}</failure>\n  </testcase>")
    } else {
        writeln!(out, ">\n    <system-out>{text}</system-out>\n  </testcase>")
    }
}

/// Text in XML. Control characters cannot be written in it at all.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push('\n'),
            c if c.is_control() => out.push(char::REPLACEMENT_CHARACTER),
            c => out.push(c),
        }
    }
    out
}
