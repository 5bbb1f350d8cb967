//! Commands.

use super::checker::Checker;
use super::draft::{Body, CommandFlags, Data, Draft, TypeRef, value};
use super::reader::Reader;
use crate::diagnostic::Code;
use crate::language::Rule;
use crate::syntax::ast::{Member, Object, Value};

const OPTIONAL: [&str; 10] = [
    "data",
    "returns",
    "boxed",
    "if",
    "features",
    "gen",
    "success-response",
    "allow-oob",
    "allow-preconfig",
    "coroutine",
];

/// Reads the keys of a command.
pub(super) fn read<'a>(reader: &mut Reader<'a, '_>, object: &'a Object) -> Body<'a> {
    reader.check_own_keys(object, &["command"], &OPTIONAL);
    let data = read_data(reader, object);
    let returns = value(object, "returns").and_then(|value| reader.type_or_array(value, "'returns'"));
    let flags = CommandFlags {
        generate: reader.flag(object, "gen", false),
        success_response: reader.flag(object, "success-response", false),
        allow_oob: reader.flag(object, "allow-oob", true),
        allow_preconfig: reader.flag(object, "allow-preconfig", true),
        coroutine: reader.flag(object, "coroutine", true),
    };
    check_flags(reader, object);
    Body::Command { data, returns, flags }
}

/// Checks that `coroutine` and `allow-oob` are not both set.
fn check_flags(reader: &mut Reader<'_, '_>, object: &Object) {
    if let (Some(coroutine), Some(oob)) = (object.get("coroutine"), object.get("allow-oob")) {
        let message = "flags 'allow-oob' and 'coroutine' are incompatible".to_owned();
        let site = reader.site;
        let diagnostic =
            reader.cx.fault(&site, Code::IncompatibleFlags, coroutine.key.span, message, "this flag");
        reader.cx.found.push(diagnostic.label(oob.key.span, "and this one"));
    }
}

/// Reads the arguments of a command, or the data of an event.
pub(super) fn read_data<'a>(reader: &mut Reader<'a, '_>, object: &'a Object) -> Data<'a> {
    let boxed = object.get("boxed").is_some();
    reader.flag(object, "boxed", true);
    match value(object, "data") {
        Some(Value::Str(name)) => Data::Named { name, boxed },
        Some(Value::Object(data)) if !boxed => Data::Inline(reader.members(data, "data")),
        Some(other) => {
            reader.wrong_value(
                other,
                "'data'",
                if boxed { "a type name" } else { "an object or a type name" },
            );
            Data::None
        }
        None => {
            // A flag with another value was reported already.
            let is_set = |boxed: &&Member| boxed.value.as_bool().is_some_and(|flag| flag.value);
            if let Some(boxed) = object.get("boxed").filter(is_set) {
                let message = format!("'boxed' of {} requires 'data'", reader.site.describe());
                reader.error(Code::BoxedWithoutData, boxed.key.span, message, "there is nothing to box");
            }
            Data::None
        }
    }
}

/// Checks the rules for a command that need other definitions.
pub(super) fn check(checker: &mut Checker<'_, '_>, draft: &Draft<'_>) {
    let Body::Command { returns, .. } = &draft.body else { return };
    check_data_type(checker, draft);
    if let Some(returns) = returns {
        check_returns(checker, draft, *returns);
    }
}

/// Checks that named arguments or data are a struct, or a union if boxed.
pub(super) fn check_data_type(checker: &mut Checker<'_, '_>, draft: &Draft<'_>) {
    let Some((name, boxed)) = draft.named_data() else { return };
    let kind = draft.site.describe();
    let Some(target) = checker.resolve(draft, name, &format!("'data' of {kind}")) else { return };
    match checker.draft(target).map(|draft| &draft.body) {
        Some(Body::Struct { .. }) => {}
        Some(Body::Union { .. }) if boxed => {}
        Some(Body::Union { .. }) => {
            let message =
                format!("'data' of {kind} can be of {} only with 'boxed': true", checker.describe(target));
            let diagnostic = checker.fault(draft, Code::UnionNotBoxed, name.span, message, "a union");
            checker.report(checker.label(target, diagnostic).help("add 'boxed': true"));
        }
        Some(Body::Enum { .. } | Body::Alternate { .. } | Body::Command { .. } | Body::Event { .. })
        | None => {
            let message = format!("'data' of {kind} cannot be of {}", checker.describe(target));
            let label = "expected the name of a struct, or members in place";
            let diagnostic = checker.fault(draft, Code::DataType, name.span, message, label);
            checker.report(checker.label(target, diagnostic));
        }
    }
}

/// Checks that a command returns an object or an array of objects, unless a pragma excuses it.
fn check_returns(checker: &mut Checker<'_, '_>, draft: &Draft<'_>, returns: TypeRef<'_>) {
    let Some(target) =
        checker.resolve(draft, returns.name, &format!("'returns' of {}", draft.site.describe()))
    else {
        return;
    };
    let is_object = checker.draft(target).is_some_and(Draft::is_object);
    let name = draft.site.name.text.as_str();
    if is_object || checker.cx.pragmas.command_returns.contains(name) {
        return;
    }
    let array = if returns.array { "an array of " } else { "" };
    let message = format!("'returns' of command '{name}' cannot be {array}{}", checker.describe(target));
    let label = "expected a struct or union, or an array of one";
    let diagnostic = checker.fault(draft, Code::ReturnsType, returns.span, message, label);
    let help = "such an answer cannot be extended; the pragma 'command-returns-exceptions' excuses a command from this rule";
    checker.report(checker.label(target, diagnostic).help(help));
}

/// Checks that arguments and data with conditional members are boxed.
pub(super) fn check_boxed(checker: &mut Checker<'_, '_>, draft: &Draft<'_>) {
    let (what, data) = match &draft.body {
        Body::Command { data, .. } => ("command arguments", data),
        Body::Event { data } => ("event data", data),
        Body::Enum { .. } | Body::Struct { .. } | Body::Union { .. } | Body::Alternate { .. } => return,
    };
    let (at, member) = match data {
        Data::Named { name, boxed: false } => {
            let Some(id) = checker.defined(name) else { return };
            (name.span, checker.hierarchy.conditional(id))
        }
        Data::Inline(members) => {
            let member = members.iter().find(|member| member.condition.is_some());
            (draft.site.name.span, member.map(|member| member.span))
        }
        Data::Named { boxed: true, .. } | Data::None => return,
    };
    let Some(member) = member.filter(|_| checker.cx.language.has(Rule::BoxedConditions)) else { return };
    let message = format!("conditional {what} of '{}' require 'boxed': true", draft.site.name.text);
    let diagnostic = checker.fault(draft, Code::ConditionalNotBoxed, at, message, "not boxed");
    let diagnostic = diagnostic.label(member, "this member is conditional");
    checker.report(diagnostic.note(Rule::BoxedConditions.history()));
}
