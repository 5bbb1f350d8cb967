use super::key::{Key, to_index};
use crate::json::{Object, Value};
use crate::{Error, Result};

/// The tree while keys are inserted: lists are still objects with indices as names.
#[derive(Default)]
pub(super) struct Root(Object<'static>);

impl Root {
    /// Inserts a value at the place of its key, and replaces an earlier one.
    pub(super) fn insert(&mut self, key: &Key, value: String) -> Result<()> {
        let mut place = &mut self.0;
        let last = key.fragments().len() - 1;
        for (index, (fragment, prefix)) in key.fragments().enumerate() {
            if index == last {
                return match place.insert(fragment.to_owned(), value) {
                    Some(Value::Object(_)) => Err(inconsistent(prefix)),
                    _ => Ok(()),
                };
            }
            if place.get(fragment).is_none() {
                place.push(fragment.to_owned(), Object::new());
            }
            match place.get_mut(fragment) {
                Some(Value::Object(object)) => place = object,
                _ => return Err(inconsistent(prefix)),
            }
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Value<'static>> {
        let members = self.0.into_iter().map(|(name, value)| Ok((name.clone(), finish(value, &name)?)));
        Ok(Value::Object(members.collect::<Result<_>>()?))
    }
}

fn inconsistent(prefix: &str) -> Error {
    Error::generic(format_args!("Parameters '{prefix}.*' used inconsistently"))
}

/// Turns objects with indices as names into lists. The recursion is as deep as the longest key.
fn finish(value: Value<'static>, prefix: &str) -> Result<Value<'static>> {
    let Value::Object(object) = value else {
        return Ok(value);
    };
    let indices = object.iter().filter(|(name, _)| to_index(name).is_some()).count();
    if indices != 0 && indices != object.len() {
        return Err(inconsistent(prefix));
    }
    let mut members = Vec::with_capacity(object.len());
    for (name, value) in object {
        let value = finish(value, &format!("{prefix}.{name}"))?;
        members.push((name, value));
    }
    if indices == 0 {
        return Ok(Value::Object(Object::from(members)));
    }
    members.sort_by_key(|(name, _)| to_index(name));
    if let Some(missing) = members.iter().enumerate().find(|(at, (name, _))| to_index(name) != Some(*at)) {
        return Err(Error::generic(format_args!("Parameter '{prefix}.{}' is missing", missing.0)));
    }
    Ok(Value::Array(members.into_iter().map(|(_, value)| value).collect()))
}
