//! A fingerprint that shows whether two modules have the same definitions.
//!
//! Generated code may be older than the compiler that compares its fingerprint. So the hashed text is written out here
//! and never derived from types that may change.

use crate::schema::{
    Arguments, Base, Builtin, Condition, Definition, DefinitionKind, Feature, Member, ModuleId, ModuleItem,
    Schema, Type, TypeName,
};
use std::fmt::Write;

/// Hashes the definitions of a module, in order: names, types, conditions and features, but not documentation.
pub(crate) fn of_module(schema: &Schema, module: ModuleId) -> u64 {
    let mut text = String::new();
    for item in &schema.module(module).items {
        if let ModuleItem::Definition(id) = item {
            describe(schema, schema.definition(*id), &mut text);
        }
    }
    fnv1a(text.as_bytes())
}

/// FNV-1a with 64 bits: small, and fixed by its specification.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

// Writing into a `String` cannot fail, so the results of `write!` are dropped below.

fn describe(schema: &Schema, definition: &Definition, out: &mut String) {
    let Definition { name, span: _, module: _, condition, features, doc: _, kind } = definition;
    let _ = write!(out, "{name}");
    tail(condition.as_ref(), features, out);
    match kind {
        DefinitionKind::Enum(value) => {
            out.push_str(" enum");
            for value in &value.values {
                let _ = write!(out, " {}", value.name);
                tail(value.condition.as_ref(), &value.features, out);
            }
        }
        DefinitionKind::Struct(value) => {
            out.push_str(" struct");
            if let Some(base) = value.base {
                let _ = write!(out, " : {}", schema.definition(base).name);
            }
            members(schema, &value.members, out);
        }
        DefinitionKind::Union(value) => {
            let _ = write!(out, " union {}", value.discriminator);
            match &value.base {
                Base::Named(base) => {
                    let _ = write!(out, " : {}", schema.definition(*base).name);
                }
                Base::Inline(base) => members(schema, base, out),
            }
            for branch in &value.branches {
                let _ = write!(out, " {}={}", branch.name, schema.definition(branch.ty).name);
                tail(branch.condition.as_ref(), &[], out);
            }
        }
        DefinitionKind::Alternate(value) => {
            out.push_str(" alternate");
            for alternative in &value.alternatives {
                let _ = write!(out, " {}=", alternative.name);
                ty(schema, alternative.ty, out);
                tail(alternative.condition.as_ref(), &[], out);
            }
        }
        DefinitionKind::Command(value) => {
            let flags = [
                value.success_response,
                value.generate,
                value.allow_oob,
                value.allow_preconfig,
                value.coroutine,
            ];
            out.push_str(" command ");
            out.extend(flags.map(|flag| if flag { '1' } else { '0' }));
            arguments(schema, &value.arguments, out);
            if let Some(returns) = value.returns {
                out.push_str(" ->");
                ty(schema, returns, out);
            }
        }
        DefinitionKind::Event(value) => {
            out.push_str(" event");
            arguments(schema, &value.data, out);
        }
    }
    out.push('\n');
}

fn arguments(schema: &Schema, arguments: &Arguments, out: &mut String) {
    match arguments {
        Arguments::None => {}
        Arguments::Inline(list) => members(schema, list, out),
        Arguments::Named(id) => {
            let _ = write!(out, " {}", schema.definition(*id).name);
        }
        Arguments::Boxed(id) => {
            let _ = write!(out, " boxed {}", schema.definition(*id).name);
        }
    }
}

fn members(schema: &Schema, members: &[Member], out: &mut String) {
    for Member { name, span: _, optional, ty: of, condition, features } in members {
        let _ = write!(out, " {}{name}=", if *optional { "*" } else { "" });
        ty(schema, *of, out);
        tail(condition.as_ref(), features, out);
    }
}

fn ty(schema: &Schema, ty: Type, out: &mut String) {
    let (name, array) = match ty {
        Type::Plain(name) => (name, false),
        Type::Array(name) => (name, true),
    };
    let _ = match name {
        TypeName::Builtin(Builtin::Int) if schema.wide_integers => write!(out, "wide-int"),
        TypeName::Builtin(builtin) => write!(out, "{}", builtin.name()),
        TypeName::Defined(id) => write!(out, "{}", schema.definition(id).name),
    };
    if array {
        out.push_str("[]");
    }
}

fn tail(condition: Option<&Condition>, features: &[Feature], out: &mut String) {
    if let Some(condition) = condition {
        let _ = write!(out, " if {condition}");
    }
    for Feature { name, span: _, condition } in features {
        let _ = write!(out, " +{name}");
        if let Some(condition) = condition {
            let _ = write!(out, " if {condition}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loader::MemoryLoader;
    use crate::schema::{Loaded, Options, load};
    use std::path::Path;

    /// A definition of every kind, with everything that a fingerprint covers.
    const EVERYTHING: &str = "
        { 'enum': 'En', 'data': [ 'a', { 'name': 'b', 'if': { 'not': 'C' } } ], 'features': [ 'f' ] }
        { 'struct': 'St', 'data': { 'a': 'str', '*b': [ 'uint8' ] }, 'if': { 'all': [ 'A', { 'any': [ 'B', 'C' ] } ] } }
        { 'struct': 'Empty', 'data': {} }
        { 'struct': 'De', 'base': 'Empty', 'data': { 'n': 'null', 'any': 'any', 'q': 'QType' } }
        { 'union': 'Un', 'base': { 'e': 'En' }, 'discriminator': 'e', 'data': { 'a': 'Empty' } }
        { 'alternate': 'Alt', 'data': { 'i': 'int', 'd': 'De' } }
        { 'command': 'c', 'data': 'De', 'returns': [ 'Un' ], 'allow-oob': true }
        { 'command': 'd', 'data': 'Un', 'boxed': true, 'coroutine': true, 'success-response': false }
        { 'event': 'X', 'data': { 'alt': 'Alt' }, 'features': [ { 'name': 'g', 'if': 'G' } ] }
    ";

    fn text(schema: &str) -> String {
        let loader = MemoryLoader::new().file("test.json", schema);
        let Loaded { schema, .. } =
            load(&loader, Path::new("test.json"), &Options::default()).expect("the schema is right");
        let mut out = String::new();
        for definition in &schema.definitions {
            describe(&schema, definition, &mut out);
        }
        out
    }

    #[test]
    fn a_fingerprint_is_over_this_text() {
        assert_eq!(
            text(EVERYTHING),
            "En +f enum a b if !C\n\
             St if A && (B || C) struct a=str *b=uint8[]\n\
             Empty struct\n\
             De struct : Empty n=null any=any q=QType\n\
             Un union e e=En a=Empty\n\
             Alt alternate i=int d=De\n\
             c command 11100 De ->Un[]\n\
             d command 01001 boxed Un\n\
             X +g if G event alt=Alt\n"
        );
    }

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
    }
}
