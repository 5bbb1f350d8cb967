//! Files with conversations recorded from a real QEMU.

use qapi_runtime::json::{self, Object, Value};
use serde_json::Value as Json;
use std::fmt;
use std::path::{Path, PathBuf};

/// The placeholder for the path of the recording's fifo in the sent bytes.
pub const FIFO: &str = "{FIFO}";

/// One recorded conversation.
#[derive(Clone, Debug)]
pub struct Recording {
    /// Its name.
    pub name: String,
    /// The file that it was read from.
    pub file: PathBuf,
    /// Options of the server, in addition to the usual ones or instead of them.
    pub options: Options,
    /// QEMU takes minutes for it.
    pub slow: bool,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// How the recording's server was started.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Arguments that follow the usual ones.
    pub extra: Vec<String>,
    /// Arguments instead of the usual ones.
    pub instead: Option<Vec<String>>,
    /// Arguments instead of the usual monitor's; apart from `pretty`, they do not change the conversation.
    pub monitor: Option<Vec<String>>,
    /// The number of monitor sockets.
    pub monitors: usize,
    /// Whether output is spread over several lines.
    pub pretty: bool,
    /// Whether a fifo blocks a command.
    pub fifo: bool,
}

/// A step of a recording.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// The connection's name.
    pub connection: String,
    /// The index of the monitor to connect to.
    pub socket: usize,
    /// The client connects.
    pub connect: bool,
    /// The sent bytes.
    pub send: Vec<u8>,
    /// The replies; `None` is one that is not JSON.
    pub replies: Vec<Option<Value<'static>>>,
    /// The texts of the replies, if the recording has them.
    pub raw: Vec<String>,
    /// The replies that are not JSON, with `null` in place of numbers that JSON cannot express.
    pub repaired: Vec<Value<'static>>,
    /// The replies came in a racy order.
    pub unordered: bool,
    /// The server hung up.
    pub closed: bool,
    /// The client leaves.
    pub close: bool,
    /// The client sends no more.
    pub shutdown_write: bool,
    /// The client sends a descriptor along.
    pub send_fd: bool,
    /// A writer opens and closes the fifo, so that its reader continues.
    pub unblock: bool,
    /// The signal sent to the server.
    pub signal: Option<String>,
    /// The step waits until the server has ended.
    pub wait_exit: bool,
    /// The server's exit status; a negative one is a signal's number.
    pub exit_code: Option<i32>,
}

/// Why a file is not a recording.
#[derive(Debug)]
pub struct Malformed(String);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Malformed {}

type Result<T> = std::result::Result<T, Malformed>;

impl Recording {
    /// Reads all recordings of a folder, in the order of their names.
    ///
    /// # Errors
    ///
    /// Fails if a file cannot be read or is not a recording, or if the folder has none.
    pub fn read_folder(folder: &Path) -> Result<Vec<Self>> {
        let fault = |error: &dyn fmt::Display| Malformed(format!("{}: {error}", folder.display()));
        let mut files = Vec::new();
        for entry in folder.read_dir().map_err(|error| fault(&error))? {
            let path = entry.map_err(|error| fault(&error))?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                files.push(path);
            }
        }
        if files.is_empty() {
            return Err(fault(&"there are no recordings"));
        }
        files.sort();
        files.iter().map(|file| Self::read(file)).collect()
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read, or is not a recording.
    pub fn read(path: &Path) -> Result<Self> {
        let fault = |error: &dyn fmt::Display| Malformed(format!("{}: {error}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| fault(&error))?;
        let json: Json = serde_json::from_str(&text).map_err(|error| fault(&error))?;
        Self::parse(path, &json).map_err(|error| fault(&error))
    }

    fn parse(file: &Path, json: &Json) -> Result<Self> {
        let name = json["name"].as_str().ok_or_else(|| missing("name"))?.to_owned();
        let options = Options {
            extra: texts(&json["extra_args"]).unwrap_or_default(),
            instead: texts(&json["args"]),
            monitor: texts(&json["monitor_args"]),
            monitors: json["monitors"].as_u64().and_then(|count| count.try_into().ok()).unwrap_or(1),
            pretty: is_true(&json["pretty"]),
            fifo: is_true(&json["fifo"]),
        };
        let racy = json["unordered"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut steps = Vec::new();
        for (index, step) in json["steps"].as_array().ok_or_else(|| missing("steps"))?.iter().enumerate() {
            let mut step = Step::parse(step)?;
            // `unordered` counts steps from 1. Replies that a fifo held up come in a racy order, whichever step
            // released it.
            step.unordered = racy.iter().any(|racy| racy.as_u64() == Some(index as u64 + 1))
                || (step.unblock && !racy.is_empty());
            steps.push(step);
        }
        Ok(Self { name, file: file.to_owned(), options, slow: is_true(&json["slow"]), steps })
    }
}

impl Step {
    fn parse(json: &Json) -> Result<Self> {
        let mut replies = Vec::new();
        for reply in json["replies"].as_array().into_iter().flatten() {
            match &reply["$times"] {
                Json::Null if reply.is_null() => replies.push(None),
                Json::Null => replies.push(Some(expand(reply)?)),
                times => {
                    let one = times.get(1).ok_or_else(|| missing("$times"))?;
                    let one = if one.is_null() { None } else { Some(expand(one)?) };
                    replies.extend(std::iter::repeat_n(one, count(&times[0])?));
                }
            }
        }
        let code = json["exit_code"].as_i64().and_then(|code| i32::try_from(code).ok());
        Ok(Self {
            connection: json["conn"].as_str().unwrap_or_default().to_owned(),
            socket: json["sock"].as_u64().and_then(|index| index.try_into().ok()).unwrap_or(0),
            connect: is_true(&json["connect"]),
            send: sent(json)?,
            replies,
            raw: raw(json).iter().filter_map(Json::as_str).map(str::to_owned).collect(),
            repaired: repaired(json),
            unordered: false,
            closed: json["closed"].is_string(),
            close: is_true(&json["close"]),
            shutdown_write: is_true(&json["shutdown_write"]),
            send_fd: is_true(&json["send_fd"]),
            unblock: is_true(&json["unblock"]),
            signal: json["signal"].as_str().map(str::to_owned),
            wait_exit: is_true(&json["wait_exit"]),
            exit_code: code,
        })
    }

    /// Whether the server ended by itself after this step.
    #[must_use]
    pub fn ends_server(&self) -> bool {
        self.closed && !self.close && !self.shutdown_write && !self.wait_exit
    }
}

fn missing(name: &str) -> Malformed {
    Malformed(format!("no {name}, or an odd one"))
}

fn is_true(json: &Json) -> bool {
    *json == Json::Bool(true)
}

/// Arguments, as a list or as one string.
fn texts(json: &Json) -> Option<Vec<String>> {
    match json {
        Json::Array(texts) => Some(texts.iter().filter_map(Json::as_str).map(str::to_owned).collect()),
        Json::String(text) => Some(text.split_whitespace().map(str::to_owned).collect()),
        _ => None,
    }
}

fn sent(json: &Json) -> Result<Vec<u8>> {
    if let Some(hex) = json["send_hex"].as_str() {
        let digits = hex.as_bytes().chunks(2);
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        digits.map(byte).collect::<Option<_>>().ok_or_else(|| missing("send_hex"))
    } else if json["send_rle"].is_array() {
        run_length(&json["send_rle"]).map(String::into_bytes)
    } else {
        Ok(json["send"].as_str().unwrap_or_default().as_bytes().to_vec())
    }
}

fn run_length(runs: &Json) -> Result<String> {
    let runs: Vec<(String, usize)> =
        serde_json::from_value(runs.clone()).map_err(|error| Malformed(format!("$rle: {error}")))?;
    Ok(runs.iter().map(|(text, times)| text.repeat(*times)).collect())
}

/// The texts of replies; `null` for one that the recording does not have.
fn raw(json: &Json) -> &[Json] {
    json["raw"].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The replies with infinite numbers, which QEMU prints as `inf`.
fn repaired(json: &Json) -> Vec<Value<'static>> {
    let replies = json["replies"].as_array().map(Vec::as_slice).unwrap_or_default();
    let broken = replies.iter().zip(raw(json)).filter(|(reply, _)| reply.is_null());
    let repair = |text: &str| json::parse(&text.replace("-inf", "null").replace("inf", "null")).ok();
    broken.filter_map(|(_, raw)| raw.as_str().and_then(repair)).collect()
}

fn count(json: &Json) -> Result<usize> {
    json.as_u64().and_then(|count| count.try_into().ok()).ok_or_else(|| missing("number of times"))
}

/// Expands the short forms of values. Forms that only have a count or a hash stay as they are.
fn expand(short: &Json) -> Result<Value<'static>> {
    match short {
        Json::Array(elements) => Ok(Value::Array(elements.iter().map(expand).collect::<Result<_>>()?)),
        Json::Object(members) => {
            if let Some(runs) = members.get("$rle") {
                return Ok(Value::String(run_length(runs)?.into()));
            }
            if let Some(depth) = members.get("$nest") {
                let empty = Value::Array(Vec::new());
                return Ok((1..count(depth)?).fold(empty, |inner, _| Value::Array(vec![inner])));
            }
            if let Some(list) = members.get("$list") {
                return Ok(Value::Array(vec![expand(&list[0])?; count(&list[1])?]));
            }
            let mut object = Object::new();
            for (name, value) in members {
                object.push(name.clone(), expand(value)?);
            }
            Ok(Value::Object(object))
        }
        scalar => Ok(scalar.clone().into()),
    }
}

/// Whether two values are equal. Numbers are compared by value, since QEMU prints every number that is not a 64-bit
/// integer as a double.
#[must_use]
pub fn is_same(one: &Value<'_>, other: &Value<'_>) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| other.get(name).is_some_and(|other| is_same(value, other)))
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Value::Float(_), _) | (_, Value::Float(_)) => match (number(one), number(other)) {
            (Some(one), Some(other)) => one == other,
            _ => false,
        },
        _ => one == other,
    }
}

fn number(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Int(number) => Some(*number as f64),
        Value::UInt(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    }
}

/// A value as text, truncated for messages.
#[must_use]
pub fn show(value: &Value<'_>) -> String {
    let text = json::to_string(value);
    match text.char_indices().nth(600) {
        Some((end, _)) => format!("{}... ({} characters)", &text[..end], text.len()),
        None => text,
    }
}
