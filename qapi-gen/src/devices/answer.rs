//! The saved answers of one QEMU about its devices.
//!
//! The file is a JSON object:
//!
//! ```json
//! {
//!   "qemu": "10.0.2",
//!   "devices": {
//!     "virtio-rng-pci": [
//!       {"name": "addr", "type": "str", "description": "Slot and ...", "default-value": -1}
//!     ]
//!   },
//!   "failed": {"virtio-vga-gl": "the server hung up"}
//! }
//! ```
//!
//! `devices` has for each driver what `device-list-properties` returned, and `failed` why a driver has no entry there.

use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;

/// What one QEMU says of its devices.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Its version.
    pub qemu: String,
    /// The properties of each driver.
    pub drivers: BTreeMap<String, Vec<Told>>,
    /// The drivers about which it gave no answer, with the reason.
    pub failed: BTreeMap<String, String>,
}

/// What a QEMU says of a property.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The name.
    pub name: String,
    /// The name of the type.
    pub ty: String,
    /// The description.
    pub description: Option<String>,
    /// The default.
    pub default: Option<Value>,
}

/// The reason why a text is no saved answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormError(String);

impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it is no answer about devices: {}", self.0)
    }
}

impl std::error::Error for FormError {}

type Result<T> = std::result::Result<T, FormError>;

fn fault(text: impl Into<String>) -> FormError {
    FormError(text.into())
}

impl Answer {
    /// Reads the text of a saved answer.
    ///
    /// # Errors
    ///
    /// The text has another form.
    pub fn parse(text: &str) -> Result<Answer> {
        let json: Value = serde_json::from_str(text).map_err(|error| fault(error.to_string()))?;
        let qemu = text_of(&json, "qemu", "the file")?;
        let devices = json.get("devices").and_then(Value::as_object);
        let devices = devices.ok_or_else(|| fault("the file has no object 'devices'"))?;
        let mut drivers = BTreeMap::new();
        for (driver, properties) in devices {
            drivers.insert(driver.clone(), Told::list(driver, properties)?);
        }
        let no_failed = Map::new();
        let failed = json.get("failed").map_or(Some(&no_failed), Value::as_object);
        let failed = failed.ok_or_else(|| fault("'failed' is no object"))?;
        let failed = failed.keys().map(|driver| {
            let reason = text_of(&Value::Object(failed.clone()), driver, "'failed'")?;
            Ok((driver.clone(), reason))
        });
        Ok(Answer { qemu, drivers, failed: failed.collect::<Result<_>>()? })
    }

    /// The text of the file, with one property on each line, so that two versions can be compared.
    pub fn to_text(&self) -> String {
        let text = |text: &str| Value::from(text).to_string();
        let devices = self.drivers.iter().map(|(driver, properties)| {
            let lines = properties.iter().map(|told| format!("      {}", told.to_json()));
            format!("    {}: {}", text(driver), enclosed('[', lines, "    ]"))
        });
        let failed =
            self.failed.iter().map(|(driver, reason)| format!("    {}: {}", text(driver), text(reason)));
        let members = [
            format!("  \"qemu\": {}", text(&self.qemu)),
            format!("  \"devices\": {}", enclosed('{', devices, "  }")),
            format!("  \"failed\": {}", enclosed('{', failed, "  }")),
        ];
        enclosed('{', members.into_iter(), "}") + "\n"
    }
}

/// The lines, with commas between them, or nothing.
fn enclosed(open: char, lines: impl Iterator<Item = String>, close: &str) -> String {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return format!("{open}{}", close.trim_start());
    }
    format!("{open}\n{}\n{close}", lines.join(",\n"))
}

impl Told {
    /// Reads what `device-list-properties` returned, and sorts it by name: QEMU's order is that of a hash table.
    ///
    /// # Errors
    ///
    /// The value has another form, or a name occurs twice.
    pub fn list(driver: &str, properties: &Value) -> Result<Vec<Told>> {
        let entries = properties.as_array().ok_or_else(|| fault(format!("'{driver}' has no array")))?;
        let mut all = entries.iter().map(|entry| Told::new(driver, entry)).collect::<Result<Vec<Told>>>()?;
        all.sort_by(|one, other| one.name.cmp(&other.name));
        match all.windows(2).find(|pair| pair[0].name == pair[1].name) {
            Some(pair) => Err(fault(format!("'{driver}' has the property '{}' twice", pair[0].name))),
            None => Ok(all),
        }
    }

    fn new(driver: &str, entry: &Value) -> Result<Told> {
        let place = format!("a property of '{driver}'");
        Ok(Told {
            name: text_of(entry, "name", &place)?,
            ty: text_of(entry, "type", &place)?,
            description: entry
                .get("description")
                .map(|_| text_of(entry, "description", &place))
                .transpose()?,
            default: entry.get("default-value").cloned(),
        })
    }

    fn to_json(&self) -> String {
        let Told { name, ty, description, default } = self;
        let mut members = vec![("name", Value::from(&name[..])), ("type", Value::from(&ty[..]))];
        members.extend(description.as_deref().map(|text| ("description", Value::from(text))));
        members.extend(default.clone().map(|value| ("default-value", value)));
        let members: Vec<String> =
            members.into_iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
        format!("{{{}}}", members.join(", "))
    }
}

fn text_of(object: &Value, name: &str, place: &str) -> Result<String> {
    let text = object.get(name).and_then(Value::as_str);
    text.map(str::to_owned).ok_or_else(|| fault(format!("{place} has no text '{name}'")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{
  "qemu": "10.0.2",
  "devices": {
    "a": [
      {"name": "addr", "type": "str", "description": "Slot", "default-value": -1},
      {"name": "serial", "type": "str"}
    ],
    "b": []
  },
  "failed": {
    "c": "the server hung up"
  }
}
"#;

    #[test]
    fn what_is_saved_is_read_again() {
        let answer = Answer::parse(TEXT).expect("an answer");
        assert_eq!(answer.drivers["a"].len(), 2);
        assert_eq!(answer.to_text(), TEXT);
    }

    #[test]
    fn another_form_is_refused() {
        for (text, reason) in [
            ("[", "EOF while parsing a list at line 1 column 1"),
            ("{}", "the file has no text 'qemu'"),
            (r#"{"qemu": "1"}"#, "the file has no object 'devices'"),
            (r#"{"qemu": "1", "devices": {"a": 1}}"#, "'a' has no array"),
            (r#"{"qemu": "1", "devices": {"a": [{}]}}"#, "a property of 'a' has no text 'name'"),
            (r#"{"qemu": "1", "devices": {}, "failed": []}"#, "'failed' is no object"),
            (r#"{"qemu": "1", "devices": {}, "failed": {"a": 1}}"#, "'failed' has no text 'a'"),
            (
                r#"{"qemu": "1", "devices": {"a": [{"name": "n", "type": "t", "description": 1}]}}"#,
                "a property of 'a' has no text 'description'",
            ),
            (
                r#"{"qemu": "1", "devices": {"a": [{"name": "n", "type": "t"}, {"name": "n", "type": "t"}]}}"#,
                "'a' has the property 'n' twice",
            ),
        ] {
            let error = Answer::parse(text).expect_err(text);
            assert_eq!(error.to_string(), format!("it is no answer about devices: {reason}"));
        }
    }
}
