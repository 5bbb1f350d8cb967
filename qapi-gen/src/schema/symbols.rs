//! Maps names to definitions.

use super::context::Context;
use super::draft::{Kind, Site};
use super::{Builtin, DefId, TypeName};
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::IdVec;
use crate::source::Span;
use crate::syntax::ast::{Str, Unit};
use std::collections::{HashMap, HashSet};

/// All names. Types, commands and events share one namespace.
pub(super) struct Symbols<'a> {
    by_name: HashMap<&'a str, (DefId, Kind, Span)>,
    types: Vec<&'a str>,
    /// The quoted words in parts of the schema that could not be read.
    lost: HashSet<&'a str>,
    lacks_files: bool,
}

impl<'a> Symbols<'a> {
    /// Collects the names of all definitions and reports duplicates. Unreadable parts of `unit` may define more names.
    pub(super) fn collect(cx: &mut Context<'a>, sites: &IdVec<DefId, Site<'a>>, unit: &Unit) -> Self {
        let mut by_name: HashMap<&str, (DefId, Kind, Span)> = HashMap::new();
        let mut types: Vec<&str> = Builtin::ALL.map(Builtin::name).to_vec();
        for (id, site) in sites.entries() {
            let name = site.name.text.as_str();
            if Builtin::from_name(name).is_some() {
                let message = format!("'{name}' is already defined: it is a built-in type");
                cx.error(site, Code::DuplicateDefinition, site.name.span, message, "expected another name");
            } else if let Some((_, _, first)) = by_name.get(name) {
                let message = format!("'{name}' is already defined");
                let diagnostic =
                    cx.fault(site, Code::DuplicateDefinition, site.name.span, message, "defined again here");
                cx.found.push(diagnostic.label(*first, "first definition"));
            } else {
                by_name.insert(name, (id, site.kind, site.name.span));
                if site.kind.is_type() {
                    types.push(name);
                }
            }
        }
        let lost = unit.lost.iter().flat_map(|span| cx.sources.text(*span).split('\'')).collect();
        Symbols { by_name, types, lost, lacks_files: unit.lacks_files }
    }

    /// The type with this name.
    pub(super) fn find(&self, name: &str) -> Option<TypeName> {
        if let Some(builtin) = Builtin::from_name(name) {
            return Some(TypeName::Builtin(builtin));
        }
        let (id, kind, _) = self.by_name.get(name)?;
        kind.is_type().then_some(TypeName::Defined(*id))
    }

    /// The type with this name; reports an error if there is none. `what` says which part refers to it.
    pub(super) fn resolve(
        &self,
        cx: &mut Context<'_>,
        site: &Site<'_>,
        name: &Str,
        what: &str,
    ) -> Option<TypeName> {
        let found = self.find(&name.text);
        if found.is_none() && !self.may_be_lost(&name.text) {
            let diagnostic = self.unknown(cx, site, name, what);
            cx.found.push(diagnostic);
        }
        found
    }

    /// Whether an unreadable part of the schema may define the name. The syntax error was reported, so an unknown type
    /// is not.
    fn may_be_lost(&self, name: &str) -> bool {
        self.lacks_files || self.lost.contains(name)
    }

    /// A hint for a type that the author wrote as in another language.
    fn foreign(&self, name: &str) -> Option<String> {
        let element = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
        if let Some(element) = element {
            return Some(format!("an array is written ['{element}']"));
        }
        let builtin = match name.to_ascii_lowercase().as_str() {
            "string" | "text" => "str",
            "integer" | "long" => "int",
            "boolean" => "bool",
            "float" | "double" => "number",
            "list" | "array" => return Some("an array is written ['TYPE']".to_owned()),
            "map" | "dict" | "object" => {
                let help =
                    "there is no type of maps: define a struct, or take 'any' for an object of any form";
                return Some(help.to_owned());
            }
            _ => return None,
        };
        Some(format!("the built-in type is '{builtin}'"))
    }

    fn unknown(&self, cx: &mut Context<'_>, site: &Site<'_>, name: &Str, what: &str) -> Diagnostic {
        let text = name.text.as_str();
        let message = format!("{what} uses unknown type '{text}'");
        let diagnostic = cx.fault(site, Code::UnknownType, name.span, message, "no such type");
        if let Some((_, kind, span)) = self.by_name.get(text) {
            return diagnostic.label(*span, format!("this is not a type, but {}", kind.with_article()));
        }
        if let Some(element) = text.strip_suffix("List").filter(|element| self.find(element).is_some()) {
            return diagnostic.help(format!("an array is written ['{element}']"));
        }
        if let Some(help) = self.foreign(text) {
            return diagnostic.help(help);
        }
        match cx.nearest(text, self.types.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean '{near}'?")),
            None => diagnostic,
        }
    }
}
