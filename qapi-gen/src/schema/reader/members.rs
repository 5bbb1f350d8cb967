//! Members of objects, and references to types.

use super::Reader;
use crate::diagnostic::Code;
use crate::schema::draft::{Member, TypeRef, value};
use crate::schema::names;
use crate::syntax::ast::{self, Object, Str, Value};

impl<'a> Reader<'a, '_> {
    /// The members in `object`, which is the value of the key `whose`.
    pub(in crate::schema) fn members(&mut self, object: &'a Object, whose: &str) -> Vec<Member<'a>> {
        let permissive = self.permissive();
        object.members.iter().map(|member| self.member(member, whose, permissive)).collect()
    }

    fn member(&mut self, member: &'a ast::Member, whose: &str, permissive: bool) -> Member<'a> {
        let spelled = member.key.text.as_str();
        let span = member.key.span;
        let what = format!("'{whose}' member");
        let source = format!("{what} '{spelled}'");
        let (name, optional) = match spelled.strip_prefix('*') {
            Some(name) => (name, true),
            None => (spelled, false),
        };
        if let Some(stem) = self.check_name(span, names::stem(name), &what, spelled) {
            self.check_lower(span, stem, permissive, &what, spelled);
            if names::is_reserved_member(name) {
                let message = format!("{source} has a reserved name");
                let label = "'u' and names that begin with 'has-' or 'has_' are reserved for generated code";
                self.error(Code::ReservedName, span, message, label);
            }
        }
        let (ty, condition, features) = match &member.value {
            Value::Object(object) => {
                self.check_keys(object, &source, &["type"], &["if", "features"]);
                let ty = value(object, "type").and_then(|value| self.type_or_array(value, &source));
                (ty, self.condition(object, &source), self.features(object))
            }
            value @ (Value::Str(_) | Value::List(_) | Value::Bool(_)) => {
                (self.type_or_array(value, &source), None, Vec::new())
            }
        };
        Member { name, span, optional, ty, condition, features }
    }

    /// A type, or an array of one.
    pub(in crate::schema) fn type_or_array(&mut self, value: &'a Value, what: &str) -> Option<TypeRef<'a>> {
        match value {
            Value::Str(name) => Some(TypeRef { name, array: false, span: name.span }),
            Value::List(list) => match list.values.as_slice() {
                [Value::Str(name)] => Some(TypeRef { name, array: true, span: list.span }),
                _ => {
                    let message = format!("{what}: an array type consists of exactly one type name");
                    self.error(Code::ArrayForm, list.span, message, "expected one type name, as in ['str']");
                    None
                }
            },
            Value::Object(_) | Value::Bool(_) => {
                self.wrong_value(value, what, "a type name or an array of one");
                None
            }
        }
    }

    /// A type by name.
    pub(in crate::schema) fn type_name(&mut self, value: &'a Value, what: &str) -> Option<&'a Str> {
        self.string(value, what, "a type name")
    }

    /// The parts of a branch or an alternative: the name of its type, and the object that may have a condition.
    pub(in crate::schema) fn choice(
        &mut self,
        member: &'a ast::Member,
        what: &str,
    ) -> (Option<&'a Value>, Option<&'a Object>) {
        match &member.value {
            Value::Object(object) => {
                self.check_keys(object, what, &["type"], &["if"]);
                (value(object, "type"), Some(object))
            }
            value @ (Value::Str(_) | Value::List(_) | Value::Bool(_)) => (Some(value), None),
        }
    }
}
