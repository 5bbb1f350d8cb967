//! `if` conditions.

use super::Reader;
use crate::diagnostic::Code;
use crate::schema::draft::value;
use crate::schema::{Condition, names};
use crate::syntax::ast::{Object, Value};

const OPERATORS: [&str; 3] = ["all", "any", "not"];

impl Reader<'_, '_> {
    /// The condition of `object`, if it has one. `what` says whose it is.
    pub(in crate::schema) fn condition(&mut self, object: &Object, what: &str) -> Option<Condition> {
        value(object, "if").and_then(|value| self.term(value, what))
    }

    // The parser limits the nesting of values, so this recursion is bounded.
    fn term(&mut self, value: &Value, what: &str) -> Option<Condition> {
        match value {
            Value::Str(name) if names::is_define(&name.text) => Some(Condition::Define(name.text.clone())),
            Value::Str(name) => {
                let message = format!("'if' condition '{}' of {what} is not the name of a define", name.text);
                self.error(Code::ConditionName, name.span, message, "expected a name as CONFIG_NAME");
                None
            }
            Value::Object(object) => self.operation(object, what),
            Value::List(_) | Value::Bool(_) => {
                let message =
                    format!("'if' condition of {what} must be a string or an object, not {}", value.kind());
                let label = "expected a name, or { 'all': [...] }, { 'any': [...] }, { 'not': ... }";
                self.error(Code::ConditionForm, value.span(), message, label);
                None
            }
        }
    }

    fn operation(&mut self, object: &Object, what: &str) -> Option<Condition> {
        self.check_keys(object, &format!("'if' condition of {what}"), &[], &OPERATORS);
        let [member] = object.members.as_slice() else {
            let message =
                format!("'if' condition of {what} must have exactly one of the keys 'all', 'any' and 'not'");
            self.error(Code::ConditionForm, object.span, message, "expected exactly one key");
            return None;
        };
        let operator = member.key.text.as_str();
        match operator {
            "not" => self.term(&member.value, what).map(|term| Condition::Not(Box::new(term))),
            "all" => self.operands(operator, &member.value, what).map(Condition::All),
            "any" => self.operands(operator, &member.value, what).map(Condition::Any),
            _ => None,
        }
    }

    fn operands(&mut self, operator: &str, value: &Value, what: &str) -> Option<Vec<Condition>> {
        let Value::List(list) = value else {
            let message = format!("'{operator}' condition of {what} must be an array, not {}", value.kind());
            self.error(Code::ConditionForm, value.span(), message, "expected an array of conditions");
            return None;
        };
        if list.values.is_empty() {
            let message = format!("'if' condition of {what} is useless: '{operator}' of nothing");
            self.error(Code::ConditionForm, list.span, message, "expected at least one condition");
            return None;
        }
        // Every operand is read, so that all errors are reported.
        let terms: Vec<Option<Condition>> = list.values.iter().map(|value| self.term(value, what)).collect();
        terms.into_iter().collect()
    }
}
