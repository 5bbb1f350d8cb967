//! Entries as JSON text, cut into pieces wherever a condition decides whether a part exists.

use super::{Entry, Introspection, Mark, Meta};
use crate::schema::Condition;

/// A piece of an entry's JSON text.
///
/// The pieces that exist are joined. If a piece starts with a closing bracket, the `, ` at the end of the piece before
/// it is dropped, so that any element of an array can be left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// The text.
    pub text: String,
    /// Under which condition it is there.
    pub condition: Option<Condition>,
}

pub(super) fn print(introspection: &Introspection) -> String {
    let mut out = String::from("[\n");
    for (index, entry) in introspection.entries.iter().enumerate() {
        if index > 0 {
            out.push_str(",\n");
        }
        for fragment in fragments(entry) {
            if fragment.text.starts_with([']', '}']) && out.ends_with(", ") {
                out.truncate(out.len() - 2);
            }
            out.push_str(&fragment.text);
        }
    }
    out.push_str("\n]\n");
    out
}

/// The text of `entry`, members in the order of `SchemaInfo` in the schema.
///
/// Neighbours under the same condition are one piece, so an entry without inner conditions is a single piece.
pub fn fragments(entry: &Entry) -> Vec<Fragment> {
    let mut out = Pieces(Vec::new());
    out.push(&format!("{{\"name\": {}, \"meta-type\": \"{}\"", quoted(&entry.name), meta_type(&entry.meta)));
    out.features(&entry.features);
    match &entry.meta {
        Meta::Builtin { json_type } => out.push(&format!(", \"json-type\": \"{json_type}\"")),
        Meta::Enum { values } => {
            out.list(
                "members",
                values,
                |value| &value.condition,
                |out, value| {
                    out.push(&format!("{{\"name\": {}", quoted(&value.name)));
                    out.features(&value.features);
                    out.push("}");
                },
            );
            out.list("values", values, |value| &value.condition, |out, value| out.push(&quoted(&value.name)));
        }
        Meta::Array { element } => out.push(&format!(", \"element-type\": {}", quoted(element))),
        Meta::Object { members, variants } => {
            out.list(
                "members",
                members,
                |member| &member.condition,
                |out, member| {
                    out.push(&format!(
                        "{{\"name\": {}, \"type\": {}",
                        quoted(&member.name),
                        quoted(&member.ty)
                    ));
                    if member.optional {
                        out.push(", \"default\": null");
                    }
                    out.features(&member.features);
                    out.push("}");
                },
            );
            if let Some((tag, variants)) = variants {
                out.push(&format!(", \"tag\": {}", quoted(tag)));
                out.list(
                    "variants",
                    variants,
                    |variant| &variant.condition,
                    |out, variant| {
                        out.push(&format!(
                            "{{\"case\": {}, \"type\": {}}}",
                            quoted(&variant.case),
                            quoted(&variant.ty)
                        ));
                    },
                );
            }
        }
        Meta::Alternate { members } => {
            out.list(
                "members",
                members,
                |member| &member.condition,
                |out, member| {
                    out.push(&format!("{{\"type\": {}}}", quoted(&member.ty)));
                },
            );
        }
        Meta::Command { arguments, returns, allow_oob } => {
            out.push(&format!(", \"arg-type\": {}, \"ret-type\": {}", quoted(arguments), quoted(returns)));
            if *allow_oob {
                out.push(", \"allow-oob\": true");
            }
        }
        Meta::Event { data } => out.push(&format!(", \"arg-type\": {}", quoted(data))),
    }
    out.push("}");
    out.0
}

struct Pieces(Vec<Fragment>);

impl Pieces {
    fn push(&mut self, text: &str) {
        self.push_if(text, &None);
    }

    fn push_if(&mut self, text: &str, condition: &Option<Condition>) {
        match self.0.last_mut() {
            // A closing bracket after optional pieces starts a piece of its own, so that the join can drop the comma
            // before it.
            Some(last)
                if last.condition == *condition && !(text.starts_with(']') && last.text.ends_with(", ")) =>
            {
                last.text.push_str(text);
            }
            _ => self.0.push(Fragment { text: text.to_owned(), condition: condition.clone() }),
        }
    }

    fn features(&mut self, features: &Option<Vec<Mark>>) {
        if let Some(features) = features {
            self.list(
                "features",
                features,
                |mark| &mark.condition,
                |out, mark| out.push(&quoted(&mark.name)),
            );
        }
    }

    /// A member whose value is an array; each element has its own condition.
    fn list<T>(
        &mut self,
        name: &str,
        elements: &[T],
        condition: impl Fn(&T) -> &Option<Condition>,
        element: impl Fn(&mut Self, &T),
    ) {
        let conditional = elements.iter().any(|one| condition(one).is_some());
        self.push(&format!(", \"{name}\": ["));
        for (index, one) in elements.iter().enumerate() {
            if !conditional {
                if index > 0 {
                    self.push(", ");
                }
                element(self, one);
                continue;
            }
            let mut pieces = Self(Vec::new());
            element(&mut pieces, one);
            pieces.push(", ");
            for piece in pieces.0 {
                self.push_if(&piece.text, &both(condition(one), piece.condition));
            }
        }
        self.push("]");
    }
}

fn both(outer: &Option<Condition>, inner: Option<Condition>) -> Option<Condition> {
    match (outer, inner) {
        (None, inner) => inner,
        (Some(outer), None) => Some(outer.clone()),
        (Some(outer), Some(inner)) => Some(Condition::All(vec![outer.clone(), inner])),
    }
}

fn meta_type(meta: &Meta) -> &'static str {
    match meta {
        Meta::Builtin { .. } => "builtin",
        Meta::Enum { .. } => "enum",
        Meta::Array { .. } => "array",
        Meta::Object { .. } => "object",
        Meta::Alternate { .. } => "alternate",
        Meta::Command { .. } => "command",
        Meta::Event { .. } => "event",
    }
}

/// The naming rules allow only printable ASCII without quotes or backslashes, so no character needs an escape.
fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}
