//! Renders changes as test results in the XML of JUnit, which most CI services show.

use super::Sides;
use super::group::reached;
use crate::compat::{Change, Comparison, Stale, Verdict};
use std::fmt::Write;

/// Renders one test case for each change, in the class of its definition, and one for each stale entry. Incompatible
/// changes fail, accepted ones are skipped, and stale entries fail.
pub fn junit(comparison: &Comparison, sides: &Sides<'_>) -> String {
    let Comparison { changes, stale } = comparison;
    let is_accepted = |change: &&Change| change.accepted.is_some();
    let skipped = changes.iter().filter(is_accepted).count();
    let fails = |change: &&Change| change.verdict == Verdict::Incompatible && !is_accepted(change);
    let failures = changes.iter().filter(fails).count() + stale.len();
    let name = escaped(&format!("{} to {}", sides.old.name, sides.new.name));
    // CI services take a suite without cases for a run that did not happen.
    let unchanged = "  <testcase classname=\"qapi-gen diff\" name=\"no change\"/>\n";
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let tests = (changes.len() + stale.len()).max(1);
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" skipped=\"{skipped}\"");
    out.push_str(&format!("<testsuite name=\"{name}\" {counts}>\n"));
    for change in changes {
        case(&mut out, change, sides).expect("writing to a string does not fail");
    }
    for entry in stale {
        stale_case(&mut out, entry).expect("writing to a string does not fail");
    }
    if changes.is_empty() && stale.is_empty() {
        out.push_str(unchanged);
    }
    out.push_str("</testsuite>\n");
    out
}

fn stale_case(out: &mut String, stale: &Stale) -> std::fmt::Result {
    let (file, line, message) = (escaped(&stale.file), stale.at.line, escaped(&stale.message));
    writeln!(out, "  <testcase classname=\"{file}\" name=\"line {line}\" file=\"{file}\" line=\"{line}\">")?;
    writeln!(out, "    <failure type=\"{}\" message=\"{message}\"/>\n  </testcase>", super::STALE)
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
    if let Some(accepted) = &change.accepted {
        let reason = escaped(&format!("accepted: {accepted}"));
        write!(out, ">\n    <skipped message=\"{reason}\"/>\n    <system-out>{text}</system-out>")?;
        writeln!(out, "\n  </testcase>")
    } else if change.verdict == Verdict::Incompatible {
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
