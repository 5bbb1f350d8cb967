//! Compares two error texts. Their wording may differ, but they have to name the same members and values.

use super::verdict::Verdict;

/// Compares our text with QEMU's for the same message.
pub(super) fn is_described_alike(theirs: &str, ours: &str, sent: &[u8]) -> Verdict {
    if theirs == ours {
        return Verdict::Same;
    }
    if ours.is_empty() {
        return Verdict::Different;
    }
    if theirs.starts_with("JSON ") {
        let is_alike = ours.starts_with("JSON ") && quoted(theirs).all(|word| ours.contains(word));
        return if is_alike { Verdict::Same } else { Verdict::Different };
    }
    if let (Some(theirs), Some(ours)) = (unexpected(theirs), unexpected(ours)) {
        return unexpected_order(theirs, ours, sent);
    }
    if theirs.starts_with("QMP input member '") && ours.starts_with("QMP input member '") {
        // We name the first in the order sent, QEMU the first in the order of a hash.
        return Verdict::Rule("envelope-order");
    }
    if let Some((word, rest)) =
        ["Deprecated", "Unstable"].iter().find_map(|word| Some((*word, theirs.strip_prefix(*word)?)))
        && let Some((what, name)) =
            rest.strip_suffix(" disabled by policy").and_then(|rest| rest.trim_start().split_once(' '))
    {
        // QEMU does not quote the name here.
        if !ours.contains(word) || !ours.contains(what) {
            return Verdict::Different;
        }
        return match what {
            "parameter" => names(ours, name),
            _ if ours.contains(&format!("'{name}'")) => Verdict::Same,
            _ => Verdict::Different,
        };
    }
    let mut words = quoted(theirs);
    let path = ["Parameter '", "Invalid parameter type for '"].iter().any(|start| theirs.starts_with(start));
    let path = if path { words.next() } else { None };
    if !words.all(|word| ours.contains(&format!("'{word}'"))) {
        return Verdict::Different;
    }
    match path.map_or(Verdict::Same, |path| names(ours, path)) {
        // Here QEMU names the whole path, too.
        Verdict::Rule(_) if has_whole_path(theirs) => Verdict::Different,
        verdict => verdict,
    }
}

/// Whether QEMU names the whole path of a member in a text like this. Other texts have only the last name.
fn has_whole_path(theirs: &str) -> bool {
    const JSON: [&str; 7] = ["string", "boolean", "integer", "array", "object", "number", "null"];
    match theirs.rsplit_once("', expected: ") {
        Some((_, kind)) => JSON.contains(&kind),
        None => {
            ["' is missing", "' is unexpected", "' expects uint64"].iter().any(|end| theirs.ends_with(end))
        }
    }
}

/// Whether our text names the member, by its whole path.
fn names(ours: &str, name: &str) -> Verdict {
    let mut verdict = Verdict::Different;
    for path in quoted(ours) {
        if path == name {
            return Verdict::Same;
        }
        if name == "null" && path.ends_with(']') {
            verdict = Verdict::Rule("element-path");
        } else if path.strip_suffix(name).is_some_and(|before| before.ends_with('.')) {
            verdict = Verdict::Rule("full-path");
        }
    }
    verdict
}

/// The one of several unexpected members that a text names.
fn unexpected_order(theirs: &str, ours: &str, sent: &[u8]) -> Verdict {
    let is_sent = |path: &str| {
        let name = path.rsplit('.').next().unwrap_or(path);
        String::from_utf8_lossy(sent).contains(name)
    };
    if theirs == ours {
        Verdict::Same
    } else if is_sent(theirs) && is_sent(ours) {
        Verdict::Rule("unexpected-order")
    } else {
        Verdict::Different
    }
}

fn unexpected(text: &str) -> Option<&str> {
    text.strip_prefix("Parameter '")?.strip_suffix("' is unexpected")
}

/// The text in single quotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('\'').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_may_be_longer_than_names() {
        let alike = |theirs, ours| is_described_alike(theirs, ours, b"{\"x\": 1, \"y\": 2}");
        assert_eq!(alike("Parameter 'a' is missing", "'a' is not there"), Verdict::Same);
        assert_eq!(
            alike("Parameter 'a' does not accept value 'v'", "Parameter 'b.a' does not accept value 'v'"),
            Verdict::Rule("full-path")
        );
        assert_eq!(
            alike("Parameter 'null' expects uint8_t", "Parameter 'b[2]' expects uint8_t"),
            Verdict::Rule("element-path")
        );
        assert_eq!(alike("Parameter 'a' is missing", "Parameter 'b' is missing"), Verdict::Different);
        assert_eq!(alike("Parameter 'a' is missing", "Parameter 'b.a' is missing"), Verdict::Different);
        assert_eq!(
            alike("Parameter 'a' does not accept value 'v'", "Parameter 'a' does not accept value 'w'"),
            Verdict::Different
        );
        assert_eq!(
            alike("Parameter 'x' is unexpected", "Parameter 'y' is unexpected"),
            Verdict::Rule("unexpected-order")
        );
        assert_eq!(alike("Parameter 'x' is unexpected", "Parameter 'z' is unexpected"), Verdict::Different);
    }

    #[test]
    fn policy_errors_have_no_quotes() {
        let alike = |theirs, ours| is_described_alike(theirs, ours, b"");
        let theirs = "Deprecated parameter device disabled by policy";
        assert_eq!(alike(theirs, "Deprecated parameter 'device' disabled by policy"), Verdict::Same);
        assert_eq!(
            alike(theirs, "Deprecated parameter 'a.device' disabled by policy"),
            Verdict::Rule("full-path")
        );
        assert_eq!(alike(theirs, "Deprecated parameter 'id' disabled by policy"), Verdict::Different);
        assert_eq!(alike(theirs, "Unstable parameter 'device' disabled by policy"), Verdict::Different);
    }
}
