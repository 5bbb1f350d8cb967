//! The answer to `query-qmp-schema`, from the entries that the generator wrote.
//!
//! Source: "Client JSON Protocol introspection" in the specification of the QAPI schema language.

mod reach;

pub(crate) use reach::{Root, restrict};

use crate::Features;
use crate::json::{self, Value};
use crate::tables::Entry;

/// Renders the whole array, without entries, members and values that have a feature in `hidden`.
///
/// The text is ASCII, with QMP's separators `, ` and `: `.
#[must_use]
pub fn render(entries: &[Entry], hidden: Features) -> String {
    let mut out = String::from("[");
    for entry in entries {
        if entry.features.intersects(hidden) {
            continue;
        }
        if out.len() > 1 {
            out.push_str(", ");
        }
        for &piece in entry.text {
            if piece.starts_with(']') && out.ends_with(", ") {
                out.truncate(out.len() - 2);
            }
            out.push_str(piece);
        }
    }
    out.push(']');
    if hidden.is_empty() { out } else { without(&out, hidden) }
}

/// Removes hidden members and values from `text`: the slow path.
fn without(text: &str, hidden: Features) -> String {
    let Ok(Value::Array(mut entries)) = json::parse(text) else {
        unreachable!("the generator writes a JSON array");
    };
    for entry in &mut entries {
        let Value::Object(entry) = entry else { continue };
        let Some(Value::Array(members)) = entry.get_mut("members") else { continue };
        members.retain(|member| !features_of(member).intersects(hidden));
        let names: Vec<Value<'_>> = members.iter().filter_map(|member| member.get("name").cloned()).collect();
        if let Some(values) = entry.get_mut("values") {
            *values = Value::Array(names);
        }
    }
    json::to_string(&Value::Array(entries))
}

fn features_of(member: &Value<'_>) -> Features {
    let names = member.get("features").and_then(Value::as_array);
    names.into_iter().flatten().fold(Features::NONE, |all, name| match name.as_str() {
        Some("deprecated") => all.union(Features::DEPRECATED),
        Some("unstable") => all.union(Features::UNSTABLE),
        _ => all,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    static ENTRIES: &[Entry] = &[
        Entry::new(Features::NONE, &[r#"{"name": "a", "meta-type": "command"}"#]),
        Entry::new(Features::DEPRECATED, &[r#"{"name": "b", "meta-type": "event"}"#]),
        Entry::new(
            Features::NONE,
            &[
                r#"{"name": "0", "meta-type": "enum", "members": ["#,
                r#"{"name": "x", "features": ["deprecated"]}, "#,
                r#"{"name": "y"}, "#,
                r#"], "values": ["#,
                r#""x", "#,
                r#""y", "#,
                "]}",
            ],
        ),
    ];

    #[test]
    fn joins_pieces() {
        let all: Value = serde_json::from_str(&render(ENTRIES, Features::NONE)).expect("JSON");
        assert_eq!(all.as_array().expect("array").len(), 3);
        assert_eq!(all[2]["values"], serde_json::json!(["x", "y"]));
    }

    #[test]
    fn hides_entries_and_values() {
        let left: Value = serde_json::from_str(&render(ENTRIES, Features::DEPRECATED)).expect("JSON");
        assert_eq!(left.as_array().expect("array").len(), 2);
        assert_eq!(left[1]["values"], serde_json::json!(["y"]));
        assert_eq!(left[1]["members"], serde_json::json!([{"name": "y"}]));
    }

    #[test]
    fn keeps_the_order_of_members() {
        let expected = r#"[{"name": "a", "meta-type": "command"}, {"name": "0", "meta-type": "enum", "members": [{"name": "y"}], "values": ["y"]}]"#;
        assert_eq!(render(ENTRIES, Features::DEPRECATED), expected);
    }
}
