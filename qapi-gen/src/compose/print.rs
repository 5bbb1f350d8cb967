//! Writes a definition. The result is valid, but not laid out: the formatter does that.

use super::definition::{Body, Choice, Command, Data, Definition, Mark, Member, Reference, Value};
use crate::schema::Condition;

/// The definition without its documentation.
pub(super) fn print(definition: &Definition<'_>) -> String {
    let name = &definition.name;
    let mut text = match &definition.body {
        Body::Enum(found) => format!("{{ 'enum': '{name}', 'data': [ {} ]", list(found, value)),
        Body::Struct(found) => format!("{{ 'struct': '{name}', 'data': {}", members(found)),
        Body::Union { base, discriminator, branches } => format!(
            "{{ 'union': '{name}', 'base': {}, 'discriminator': '{discriminator}', 'data': {{ {} }}",
            members(base),
            list(branches, choice)
        ),
        Body::Alternate(found) => {
            format!("{{ 'alternate': '{name}', 'data': {{ {} }}", list(found, choice))
        }
        Body::Command(found) => format!("{{ 'command': '{name}'{}", command(found)),
        Body::Event(found) => format!("{{ 'event': '{name}'{}", data(found)),
    };
    text += &when(definition.condition.as_ref());
    text += &features(&definition.features);
    text + " }\n"
}

fn list<T>(items: &[T], print: fn(&T) -> String) -> String {
    items.iter().map(print).collect::<Vec<_>>().join(", ")
}

fn members(members: &[Member]) -> String {
    if members.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", list(members, member)) }
}

fn member(member: &Member) -> String {
    let star = if member.optional { "*" } else { "" };
    let rest = when(member.condition.as_ref()) + &features(&member.features);
    format!("'{star}{}': {}", member.name, with(&reference(&member.ty), "type", &rest))
}

fn value(value: &Value) -> String {
    let rest = when(value.condition.as_ref()) + &features(&value.features);
    with(&format!("'{}'", value.name), "name", &rest)
}

fn choice(choice: &Choice) -> String {
    let rest = when(choice.condition.as_ref());
    format!("'{}': {}", choice.name, with(&reference(&choice.ty), "type", &rest))
}

/// The short form, or the long form with further keys.
fn with(short: &str, key: &str, rest: &str) -> String {
    if rest.is_empty() { short.to_owned() } else { format!("{{ '{key}': {short}{rest} }}") }
}

fn reference(ty: &Reference) -> String {
    match ty {
        Reference::Plain(name) => format!("'{name}'"),
        Reference::Array(name) => format!("[ '{name}' ]"),
    }
}

fn data(data: &Data) -> String {
    match data {
        Data::None => String::new(),
        Data::Inline(found) => format!(", 'data': {}", members(found)),
        Data::Named { name, boxed: false } => format!(", 'data': '{name}'"),
        Data::Named { name, boxed: true } => format!(", 'data': '{name}', 'boxed': true"),
    }
}

fn command(command: &Command) -> String {
    let mut text = data(&command.data);
    if let Some(returns) = &command.returns {
        text += &format!(", 'returns': {}", reference(&returns.ty));
    }
    // Each flag with its default.
    for (flag, value, default) in [
        ("gen", command.generate, true),
        ("allow-oob", command.allow_oob, false),
        ("success-response", command.success_response, true),
        ("allow-preconfig", command.allow_preconfig, false),
        ("coroutine", command.coroutine, false),
    ] {
        if value != default {
            text += &format!(", '{flag}': {value}");
        }
    }
    text
}

fn when(found: Option<&Condition>) -> String {
    found.map_or_else(String::new, |found| format!(", 'if': {}", condition(found)))
}

fn condition(found: &Condition) -> String {
    match found {
        Condition::Define(name) => format!("'{name}'"),
        Condition::All(all) => format!("{{ 'all': [ {} ] }}", list(all, condition)),
        Condition::Any(any) => format!("{{ 'any': [ {} ] }}", list(any, condition)),
        Condition::Not(inner) => format!("{{ 'not': {} }}", condition(inner)),
    }
}

fn features(features: &[Mark]) -> String {
    if features.is_empty() {
        return String::new();
    }
    let mark = |mark: &Mark| with(&format!("'{}'", mark.name), "name", &when(mark.condition.as_ref()));
    format!(", 'features': [ {} ]", list(features, mark))
}
