//! A server's greeting.

use crate::Version;
use crate::json::Value;

/// What a server reported about itself when the connection began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Greeting {
    /// The server's version; 0.0.0 for a guest agent, which sends no greeting.
    pub version: Version,
    /// The capabilities that the server offered, such as `oob`.
    pub capabilities: Vec<String>,
}

impl Greeting {
    /// Reads the value of `QMP`. Missing members are not an error: the connection works without them.
    pub(super) fn read(value: &Value<'_>) -> Greeting {
        let version = value.get("version");
        let number = version.and_then(|version| version.get("qemu"));
        let part = |name| match number.and_then(|number| number.get(name)) {
            Some(Value::Int(part)) => u32::try_from(*part).unwrap_or_default(),
            _ => 0,
        };
        let package = version.and_then(|version| version.get("package")).and_then(Value::as_str);
        let capabilities = value.get("capabilities").and_then(Value::as_array).unwrap_or_default();
        Greeting {
            version: Version::new(part("major"), part("minor"), part("micro"))
                .package(package.unwrap_or_default().to_owned()),
            capabilities: capabilities.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        }
    }
}
