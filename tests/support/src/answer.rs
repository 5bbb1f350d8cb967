//! Two answers to query-qmp-schema are the same up to order and the numbers of masked types.

use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::fmt;

/// The first difference between two answers.
#[derive(Debug)]
pub struct Difference(String);

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Difference {}

fn equal<T: fmt::Debug + PartialEq>(what: &str, expected: &T, found: &T) -> Result<(), Difference> {
    if expected == found {
        return Ok(());
    }
    Err(Difference(format!("{what}\nexpected: {expected:?}\nfound:    {found:?}")))
}

/// Walks both answers at once from the commands and events, and pairs each type with exactly one of the other. Returns
/// how many entries it compared.
///
/// # Errors
///
/// The answers differ.
///
/// # Panics
///
/// Panics if one of them is no answer.
pub fn compare(expected: &str, found: &str) -> Result<usize, Difference> {
    let (expected, found) = (Answer::read(expected), Answer::read(found));
    let names = |answer: &Answer| answer.roots().map(|entry| text(entry, "name")).collect::<BTreeSet<_>>();
    equal("commands and events", &names(&expected), &names(&found))?;
    let mut pairs = Pairs::default();
    let mut todo: Vec<(Value, Value)> =
        (expected.roots()).map(|entry| (entry.clone(), found.root(&text(entry, "name")).clone())).collect();
    let mut compared = 0;
    while let Some((mut expected_entry, mut found_entry)) = todo.pop() {
        sort(&mut expected_entry);
        sort(&mut found_entry);
        let name = text(&expected_entry, "name");
        let mut references = Vec::new();
        take_references(&mut expected_entry, &mut found_entry, &mut references);
        if text(&expected_entry, "meta-type") != "command" && text(&expected_entry, "meta-type") != "event" {
            remove(&mut expected_entry, "name");
            remove(&mut found_entry, "name");
        }
        equal(&name, &expected_entry, &found_entry)?;
        compared += 1;
        for (one, other) in references {
            if pairs.meet(&one, &other)? {
                todo.push((expected.types[&one].clone(), found.types[&other].clone()));
            }
        }
    }
    Ok(compared)
}

struct Answer {
    entries: Vec<Value>,
    types: HashMap<String, Value>,
}

impl Answer {
    fn read(answer: &str) -> Answer {
        let entries: Vec<Value> = serde_json::from_str(answer).expect("an array");
        let types = entries.iter().filter(|entry| !is_root(entry));
        let types = types.map(|entry| (text(entry, "name"), entry.clone())).collect();
        Answer { entries, types }
    }

    fn roots(&self) -> impl Iterator<Item = &Value> {
        self.entries.iter().filter(|entry| is_root(entry))
    }

    fn root(&self, name: &str) -> &Value {
        self.roots().find(|entry| text(entry, "name") == name).expect("both have the same names")
    }
}

/// Which type of one answer is which of the other.
#[derive(Default)]
struct Pairs {
    forth: HashMap<String, String>,
    back: HashMap<String, String>,
}

impl Pairs {
    /// Pairs two types; whether they are new.
    fn meet(&mut self, one: &str, other: &str) -> Result<bool, Difference> {
        match (self.forth.get(one), self.back.get(other)) {
            (None, None) => {
                self.forth.insert(one.to_owned(), other.to_owned());
                self.back.insert(other.to_owned(), one.to_owned());
                Ok(true)
            }
            (forth, back) => {
                let partners = (forth.map(String::as_str), back.map(String::as_str));
                equal(&format!("the partners of {one} and {other}"), &(Some(other), Some(one)), &partners)?;
                Ok(false)
            }
        }
    }
}

fn is_root(entry: &Value) -> bool {
    matches!(&text(entry, "meta-type")[..], "command" | "event")
}

fn text(entry: &Value, key: &str) -> String {
    entry[key].as_str().unwrap_or_default().to_owned()
}

fn remove(entry: &mut Value, key: &str) {
    entry.as_object_mut().expect("an object").remove(key);
}

/// Order does not count, and features that are none are as good as absent. The choices of an alternate have no name, so
/// they are ordered by the kinds of their types where these are built in; the others keep their order.
fn sort(entry: &mut Value) {
    if entry["features"].as_array().is_some_and(Vec::is_empty) {
        remove(entry, "features");
    }
    // Before version 6.2 there was only this list, now both say the same.
    remove(entry, "values");
    for list in ["members", "variants", "features"] {
        if let Some(elements) = entry[list].as_array_mut() {
            for element in elements.iter_mut().filter(|element| element.is_object()) {
                sort(element);
            }
            elements.sort_by_key(|element| {
                let named = ["name", "case"].map(|key| text(element, key)).concat();
                if named.is_empty() { element.as_str().unwrap_or_default().to_owned() } else { named }
            });
        }
    }
}

/// Takes the names of types out of two entries of one form, in pairs.
fn take_references(one: &mut Value, other: &mut Value, references: &mut Vec<(String, String)>) {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            for (key, value) in one.iter_mut() {
                let Some(found) = other.get_mut(key) else { continue };
                if matches!(key.as_str(), "arg-type" | "ret-type" | "element-type" | "type") {
                    let pair = (value.take(), found.take());
                    let pair = (pair.0.as_str().expect("a name"), pair.1.as_str().expect("a name"));
                    references.push((pair.0.to_owned(), pair.1.to_owned()));
                } else {
                    take_references(value, found, references);
                }
            }
        }
        (Value::Array(one), Value::Array(other)) => {
            for (one, other) in one.iter_mut().zip(other) {
                take_references(one, other, references);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An answer with a command whose arguments are of the type `number`, which has this member.
    fn answer(number: &str, member: &str) -> String {
        let command = format!(
            r#"{{"name": "go", "meta-type": "command", "arg-type": "{number}", "ret-type": "{number}"}}"#
        );
        let int = r#"{"name": "int", "meta-type": "builtin", "json-type": "int"}"#;
        let members = format!(r#"[{{"name": "{member}", "type": "int"}}]"#);
        format!(r#"[{int}, {{"name": "{number}", "meta-type": "object", "members": {members}}}, {command}]"#)
    }

    #[test]
    fn numbers_of_types_do_not_count_and_names_of_members_do() {
        assert_eq!(compare(&answer("1", "x"), &answer("2", "x")).expect("they are the same"), 3);
        let error = compare(&answer("1", "x"), &answer("1", "y")).expect_err("they differ");
        assert!(error.to_string().starts_with("1\nexpected: "), "{error}");
    }

    #[test]
    fn a_type_is_one_type_of_the_other_answer() {
        let apart = answer("1", "x").replace(r#""ret-type": "1""#, r#""ret-type": "2""#);
        let apart = apart.replacen(
            '[',
            r#"[{"name": "2", "meta-type": "object", "members": [{"name": "x", "type": "int"}]}, "#,
            1,
        );
        let error = compare(&answer("1", "x"), &apart).expect_err("one type became two");
        assert!(error.to_string().starts_with("the partners of 1 and "), "{error}");
        assert!(compare(&answer("1", "x"), "[]").is_err());
    }
}
