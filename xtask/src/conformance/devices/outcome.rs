//! What became of a device.

use serde_json::{Map, Value};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// QEMU has checked names and types of the properties.
    Reached,
    /// The driver is a part of machines, which cannot be plugged.
    NotPluggable,
    /// This machine has no bus for the device, or does not take it.
    NoPlace,
    /// QEMU refused the name or the type of a property.
    Refused(String),
}

/// Texts in QEMU's errors about names and types.
const REFUSALS: [&str; 5] = [
    "not found",
    "Invalid parameter type",
    "Invalid parameter '",
    "Insufficient permission",
    "JSON parse error",
];

/// Judges by the errors that QEMU printed.
pub(super) fn judge(success: bool, said: &str, members: &Map<String, Value>) -> Outcome {
    if success {
        return Outcome::Reached;
    }
    // QEMU repeats the option before the error, which is at the end of the last line.
    let last = said.trim_end().lines().next_back().unwrap_or_default();
    let error = last.rsplit_once("}:").map_or(last, |(_, error)| error.trim());
    if error.contains("expects a pluggable device type") || error.contains("is not a valid device model name")
    {
        return Outcome::NotPluggable;
    }
    let is_without_bus = error.starts_with("No '") && error.contains("' bus found");
    if is_without_bus || error.contains("expects a dynamic sysbus device type") {
        return Outcome::NoPlace;
    }
    let of_a_member =
        || error.contains(" expects ") && members.keys().any(|name| error.contains(&format!("'{name}'")));
    if REFUSALS.iter().any(|text| error.contains(text)) || of_a_member() || error.is_empty() {
        return Outcome::Refused(if error.is_empty() { "QEMU crashed".to_owned() } else { error.to_owned() });
    }
    Outcome::Reached
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_about_names_and_types_are_told_from_others() {
        let mut members = Map::new();
        members.insert("unit".to_owned(), 1.into());
        let judged = |error: &str| {
            let said = format!("warning: {{}}: of no account\nqemu: -device {{\"unit\": 1}}: {error}\n");
            judge(false, &said, &members)
        };
        for error in [
            "Property 'floppy.units' not found",
            "Invalid parameter type for 'unit', expected: integer",
            "Parameter 'unit' expects uint32_t",
            "Invalid parameter 'foo'",
            "",
        ] {
            assert!(matches!(judged(error), Outcome::Refused(_)), "{error}");
        }
        for error in ["Property chardev is required", "Parameter 'id' expects an id", "no audio driver"] {
            assert_eq!(judged(error), Outcome::Reached, "{error}");
        }
        assert_eq!(judged("Parameter 'driver' expects a pluggable device type"), Outcome::NotPluggable);
        assert_eq!(judged("No 'i2c-bus' bus found for device 'tmp105'"), Outcome::NoPlace);
        assert_eq!(judge(true, "", &members), Outcome::Reached);
    }
}
