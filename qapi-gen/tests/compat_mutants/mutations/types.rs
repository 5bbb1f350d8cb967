//! A member gets another type.

use super::{choose, on_member, plain};
use crate::laboratory::{Laboratory, Mutation};
use qapi_gen::stages::schema::*;

pub(crate) fn run(lab: &mut Laboratory) {
    let named = |lab: &Laboratory, name: &str| {
        let id = lab.schema.definitions.find(|it| it.name == name).expect("QEMU has it");
        Type::Plain(TypeName::Defined(id))
    };
    let (an_enum, an_alternate, a_struct) =
        (named(lab, "RunState"), named(lab, "StrOrNull"), named(lab, "VersionTriple"));
    let list = Type::Array(TypeName::Builtin(Builtin::Str));
    let scalar = plain;
    let changes: [(Builtin, Type, &[&str], &[&str]); 13] = [
        (Builtin::Bool, scalar(Builtin::Str), &["type-changed"], &["type-changed"]),
        (Builtin::Str, list, &["type-changed"], &["type-changed"]),
        (Builtin::Int, a_struct, &["type-changed"], &["type-changed"]),
        (Builtin::Bool, an_enum, &["type-changed"], &["type-changed"]),
        (Builtin::Bool, an_alternate, &["type-changed"], &["type-changed"]),
        (Builtin::Int, scalar(Builtin::Int32), &["integer-narrowed"], &["integer-widened"]),
        (Builtin::Uint32, scalar(Builtin::Uint64), &["integer-widened"], &["integer-narrowed"]),
        (Builtin::Int, scalar(Builtin::Size), &["integer-changed"], &["integer-changed"]),
        (Builtin::Int, scalar(Builtin::Number), &["integer-to-number"], &["number-to-integer"]),
        (Builtin::Str, an_enum, &["str-to-enum"], &["enum-to-str"]),
        (Builtin::Bool, scalar(Builtin::Any), &["type-to-any"], &["any-to-type"]),
        (Builtin::Str, an_alternate, &["type-to-alternate"], &["alternate-to-type"]),
        // In C these are two types, on the wire they are one.
        (Builtin::Int, scalar(Builtin::Int64), &[], &[]),
    ];
    for (from, to, there, back) in changes {
        lab.run(&Mutation {
            there,
            back,
            parts: &choose(move |member| member.ty == plain(from)),
            mutate: &on_member(move |member| member.ty = to),
            ..Mutation::default()
        });
    }
}
