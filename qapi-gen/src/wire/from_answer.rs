//! From an answer to `query-qmp-schema` to its wire model.

use super::model::*;
use crate::ids::IdVec;
use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde_json::Value as Json;

/// The reason why a text is not an answer to `query-qmp-schema`.
#[derive(Debug)]
pub struct AnswerError(String);

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it is no answer to query-qmp-schema: {}", self.0)
    }
}

impl AnswerError {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        AnswerError(text.into())
    }
}

impl std::error::Error for AnswerError {}

/// Whether the text of a file is an answer: a JSON array, or an object with a double-quoted key. A schema file has
/// neither at its beginning, since its strings have single quotes and its top level has no lists.
pub fn is_answer(text: &[u8]) -> bool {
    let mut rest = text.iter().filter(|byte| !byte.is_ascii_whitespace());
    match rest.next() {
        Some(b'[') => true,
        Some(b'{') => rest.next() == Some(&b'"'),
        Some(_) | None => false,
    }
}

type Result<T> = std::result::Result<T, AnswerError>;

fn fault<T>(text: impl Into<String>) -> Result<T> {
    Err(AnswerError(text.into()))
}

impl Wire {
    /// The wire model of an answer. `text` is the array, or the whole reply with the array as its member `return`.
    ///
    /// # Errors
    ///
    /// If the text is not such an answer, or refers to types that it does not describe.
    pub fn from_answer(text: &str) -> Result<Self> {
        let json: Json = serde_json::from_str(text).or_else(|error| fault(error.to_string()))?;
        if let Some(error) = json.get("error") {
            let text = error.get("desc").and_then(Json::as_str).unwrap_or("no reason given");
            return fault(format!("it is an error: {text}"));
        }
        let array = json.get("return").unwrap_or(&json);
        let Some(entries) = array.as_array() else { return fault("it is no array") };
        let mut ids = HashMap::new();
        let mut types: IdVec<TypeId, &Json> = IdVec::new();
        for entry in entries {
            let meta = string(entry, "meta-type")?;
            if !matches!(meta, "command" | "event") {
                let name = string(entry, "name")?;
                if ids.insert(name, types.push(entry)).is_some() {
                    return fault(format!("type '{name}' is described twice"));
                }
            }
        }
        let mut lowering = Lowering { ids, next: 0 };
        let types = types.into_iter().map(|entry| lowering.ty(entry)).collect::<Result<_>>()?;
        let mut wire = Wire {
            commands: BTreeMap::new(),
            events: BTreeMap::new(),
            types,
            unreached: BTreeMap::new(),
            owners: HashMap::new(),
            knowledge: Knowledge::Answer,
        };
        for entry in entries {
            lowering.interface(entry, &mut wire)?;
        }
        Ok(wire)
    }
}

struct Lowering<'a> {
    ids: HashMap<&'a str, TypeId>,
    next: u32,
}

impl<'a> Lowering<'a> {
    fn place(&mut self) -> Place {
        self.next += 1;
        Place { span: None, nth: self.next }
    }

    fn reference(&self, entry: &Json, key: &str) -> Result<TypeId> {
        let name = string(entry, key)?;
        match self.ids.get(name) {
            Some(&id) => Ok(id),
            None => fault(format!("it refers to type '{name}', which it does not describe")),
        }
    }

    fn features(&mut self, entry: &Json) -> Result<Vec<Feature>> {
        let Some(list) = entry.get("features") else { return Ok(Vec::new()) };
        let Some(list) = list.as_array() else { return fault("'features' is no array") };
        let mut features = Vec::with_capacity(list.len());
        for name in list {
            let Some(name) = name.as_str() else { return fault("a feature is no string") };
            features.push(Feature { name: name.to_owned(), place: self.place(), condition: None });
        }
        Ok(features)
    }

    fn interface(&mut self, entry: &Json, wire: &mut Wire) -> Result<()> {
        let (meta, name) = (string(entry, "meta-type")?, string(entry, "name")?);
        match meta {
            "command" => {
                let command = Command {
                    place: self.place(),
                    condition: None,
                    features: self.features(entry)?,
                    arguments: self.reference(entry, "arg-type")?,
                    returns: self.reference(entry, "ret-type")?,
                    allow_oob: entry.get("allow-oob").and_then(Json::as_bool).unwrap_or(false),
                    allow_preconfig: false,
                    success_response: true,
                };
                if wire.object(command.arguments).is_none() {
                    return fault(format!("the arguments of command '{name}' are no object"));
                }
                wire.commands.insert(name.to_owned(), command);
            }
            "event" => {
                let event = Event {
                    place: self.place(),
                    condition: None,
                    features: self.features(entry)?,
                    data: self.reference(entry, "arg-type")?,
                };
                if wire.object(event.data).is_none() {
                    return fault(format!("the data of event '{name}' are no object"));
                }
                wire.events.insert(name.to_owned(), event);
            }
            _ => {}
        }
        Ok(())
    }

    fn ty(&mut self, entry: &'a Json) -> Result<Type> {
        let name = string(entry, "name")?;
        let place = self.place();
        let features = self.features(entry)?;
        let (label, shape) = match string(entry, "meta-type")? {
            "builtin" => {
                let json_type = string(entry, "json-type")?;
                (name.to_owned(), Shape::Scalar(scalar(json_type)?))
            }
            "enum" => {
                let values = self.values(entry)?;
                (format!("an enumeration of {} values", values.len()), Shape::Enum(values))
            }
            "array" => ("an array".to_owned(), Shape::Array(self.reference(entry, "element-type")?)),
            "object" => ("an object".to_owned(), Shape::Object(self.object(entry)?)),
            "alternate" => {
                let mut alternatives = Vec::new();
                for member in array(entry, "members")? {
                    let ty = self.reference(member, "type")?;
                    alternatives.push(Alternative { place: self.place(), ty, condition: None });
                }
                ("an alternate".to_owned(), Shape::Alternate(alternatives))
            }
            other => return fault(format!("there is no meta-type '{other}'")),
        };
        Ok(Type { label, place, features, shape })
    }

    fn values(&mut self, entry: &Json) -> Result<Vec<Value>> {
        let mut values = Vec::new();
        // Before version 6.2 QEMU listed values by name alone.
        if entry.get("members").is_none() {
            for name in array(entry, "values")? {
                let Some(name) = name.as_str() else { return fault("a value is no string") };
                let value = Value {
                    name: name.to_owned(),
                    place: self.place(),
                    condition: None,
                    features: Vec::new(),
                };
                values.push(value);
            }
            return Ok(values);
        }
        for member in array(entry, "members")? {
            let name = string(member, "name")?.to_owned();
            let features = self.features(member)?;
            values.push(Value { name, place: self.place(), condition: None, features });
        }
        Ok(values)
    }

    fn object(&mut self, entry: &Json) -> Result<Object> {
        let mut object = Object::default();
        for member in array(entry, "members")? {
            object.members.push(Member {
                name: string(member, "name")?.to_owned(),
                place: self.place(),
                optional: member.get("default").is_some(),
                ty: self.reference(member, "type")?,
                condition: None,
                features: self.features(member)?,
            });
        }
        if entry.get("tag").is_some() {
            object.tag = Some(string(entry, "tag")?.to_owned());
            for branch in array(entry, "variants")? {
                object.branches.push(Branch {
                    case: string(branch, "case")?.to_owned(),
                    place: self.place(),
                    ty: self.reference(branch, "type")?,
                    condition: None,
                });
            }
        }
        Ok(object)
    }
}

fn string<'j>(entry: &'j Json, key: &str) -> Result<&'j str> {
    match entry.get(key).and_then(Json::as_str) {
        Some(text) => Ok(text),
        None => fault(format!("an entry has no string '{key}'")),
    }
}

fn array<'j>(entry: &'j Json, key: &str) -> Result<&'j [Json]> {
    match entry.get(key).and_then(Json::as_array) {
        Some(list) => Ok(list),
        None => fault(format!("an entry has no array '{key}'")),
    }
}

fn scalar(json_type: &str) -> Result<Scalar> {
    Ok(match json_type {
        "string" => Scalar::Str,
        "number" => Scalar::Number,
        "int" => Scalar::Int(Integer::Unknown),
        "boolean" => Scalar::Bool,
        "null" => Scalar::Null,
        // A built-in object or array has no details of its contents.
        "value" | "object" | "array" => Scalar::Any,
        other => return fault(format!("there is no JSON type '{other}'")),
    })
}
