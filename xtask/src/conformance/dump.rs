//! Renders a checked schema as the text that QEMU's own schema tests compare with (their `.out` files).
//!
//! This file has only the facts that QEMU's generator adds to a schema: the module of built-in types, the implicit
//! object types `q_obj_*` and `q_empty`, the array types, and the order in which it creates all of them.

use qapi_gen::Language;
use qapi_gen::stages::ids::IdVec;
use qapi_gen::stages::schema::{
    Alternate, Arguments, Base, Builtin, Command, Condition, DefId, Definition, DefinitionKind, Doc,
    DocSectionKind, Enum, Event, Feature, Member, ModuleId, ModuleItem, Schema, Struct, Type, TypeName,
    Union,
};
use std::collections::HashSet;
use std::fmt::Write;

/// The text of `schema`, as QEMU's `test-qapi.py` prints it.
pub(super) fn dump(schema: &Schema) -> String {
    let mut dump = Dump {
        schema,
        builtin: String::new(),
        modules: schema.modules.map(|_| String::new()),
        docs: String::new(),
        arrays: HashSet::new(),
    };
    dump.builtin.push_str("object q_empty\nenum QType\n");
    if schema.language == Language::V7_2 {
        line(&mut dump.builtin, 1, format_args!("prefix QTYPE"));
    }
    for value in ["none", "qnull", "qnum", "qstring", "qdict", "qlist", "qbool"] {
        line(&mut dump.builtin, 1, format_args!("member {value}"));
    }
    dump.walk();
    let mut out = format!("module ./builtin\n{}", dump.builtin);
    for (module, text) in schema.modules.iter().zip(&dump.modules) {
        line(&mut out, 0, format_args!("module {}", module.name));
        out.push_str(text);
    }
    out.push_str(&dump.docs);
    out
}

/// The text so far. An array type is printed in the module of its element when the first definition mentions it, so
/// several modules grow at once.
struct Dump<'a> {
    schema: &'a Schema,
    builtin: String,
    modules: IdVec<ModuleId, String>,
    docs: String,
    arrays: HashSet<TypeName>,
}

impl<'a> Dump<'a> {
    /// Visits everything in the order of the text. An included file is visited at its first include.
    fn walk(&mut self) {
        let schema = self.schema;
        let Some((root, module)) = schema.modules.entries().next() else { return };
        let mut entered = schema.modules.map(|id| id == root);
        let mut stack = vec![(root, module.items.iter())];
        while let Some((module, items)) = stack.last_mut() {
            let module = *module;
            match items.next() {
                None => {
                    stack.pop();
                }
                Some(ModuleItem::FreeForm(doc)) => self.free_form(doc),
                Some(ModuleItem::Definition(id)) => self.definition(*id),
                Some(ModuleItem::Include(included)) => {
                    let target = schema.module(*included);
                    line(&mut self.modules[module], 0, format_args!("include {}", target.name));
                    if !std::mem::replace(&mut entered[*included], true) {
                        stack.push((*included, target.items.iter()));
                    }
                }
            }
        }
    }

    fn definition(&mut self, id: DefId) {
        let definition = self.schema.definition(id);
        let mut text = String::new();
        match &definition.kind {
            DefinitionKind::Enum(it) => self.enumeration(&mut text, definition, it),
            DefinitionKind::Struct(it) => self.structure(&mut text, definition, it),
            DefinitionKind::Union(it) => self.union(&mut text, definition, it),
            DefinitionKind::Alternate(it) => self.alternate(&mut text, definition, it),
            DefinitionKind::Command(it) => self.command(&mut text, definition, it),
            DefinitionKind::Event(it) => self.event(&mut text, definition, it),
        }
        condition(&mut text, 1, definition.condition.as_ref());
        features(&mut text, 1, &definition.features);
        self.modules[definition.module].push_str(&text);
        if let Some(doc) = &definition.doc {
            self.doc(Some(&definition.name), doc);
        }
    }

    fn enumeration(&mut self, out: &mut String, definition: &Definition, it: &Enum) {
        line(out, 0, format_args!("enum {}", definition.name));
        if let Some(prefix) = &it.prefix {
            line(out, 1, format_args!("prefix {prefix}"));
        }
        for value in &it.values {
            line(out, 1, format_args!("member {}", value.name));
            condition(out, 2, value.condition.as_ref());
            features(out, 2, &value.features);
        }
    }

    fn structure(&mut self, out: &mut String, definition: &Definition, it: &Struct) {
        self.arrays(&it.members);
        line(out, 0, format_args!("object {}", definition.name));
        if let Some(base) = it.base {
            line(out, 1, format_args!("base {}", self.schema.definition(base).name));
        }
        self.members(out, &it.members);
    }

    fn union(&mut self, out: &mut String, definition: &Definition, it: &Union) {
        let base = match &it.base {
            Base::Named(id) => self.schema.definition(*id).name.clone(),
            Base::Inline(members) => self.implicit(definition, members, "base"),
        };
        line(out, 0, format_args!("object {}", definition.name));
        line(out, 1, format_args!("base {base}"));
        line(out, 1, format_args!("tag {}", it.discriminator));
        for branch in &it.branches {
            line(out, 1, format_args!("case {}: {}", branch.name, self.schema.definition(branch.ty).name));
            condition(out, 2, branch.condition.as_ref());
        }
        let listed: HashSet<&str> = it.branches.iter().map(|branch| branch.name.as_str()).collect();
        let DefinitionKind::Enum(tag) = &self.schema.definition(it.discriminator_enum).kind else {
            unreachable!("the checker takes only an enum as discriminator");
        };
        for value in tag.values.iter().filter(|value| !listed.contains(value.name.as_str())) {
            line(out, 1, format_args!("case {}: q_empty", value.name));
            condition(out, 2, value.condition.as_ref());
        }
    }

    fn alternate(&mut self, out: &mut String, definition: &Definition, it: &Alternate) {
        for alternative in &it.alternatives {
            self.array(alternative.ty);
        }
        line(out, 0, format_args!("alternate {}", definition.name));
        line(out, 1, format_args!("tag type"));
        for alternative in &it.alternatives {
            line(out, 1, format_args!("case {}: {}", alternative.name, self.type_name(alternative.ty)));
            condition(out, 2, alternative.condition.as_ref());
        }
    }

    fn command(&mut self, out: &mut String, definition: &Definition, it: &Command) {
        let (arguments, boxed) = self.arguments(definition, &it.arguments);
        if let Some(returns) = it.returns {
            self.array(returns);
        }
        let returns = it.returns.map_or_else(|| "None".to_owned(), |ty| self.type_name(ty));
        line(out, 0, format_args!("command {} {arguments} -> {returns}", definition.name));
        line(
            out,
            1,
            format_args!(
                "gen={} success_response={} boxed={boxed} oob={} preconfig={}{}",
                truth(it.generate),
                truth(it.success_response),
                truth(it.allow_oob),
                truth(it.allow_preconfig),
                if it.coroutine { " coroutine=True" } else { "" },
            ),
        );
    }

    fn event(&mut self, out: &mut String, definition: &Definition, it: &Event) {
        let (data, boxed) = self.arguments(definition, &it.data);
        line(out, 0, format_args!("event {} {data}", definition.name));
        line(out, 1, format_args!("boxed={boxed}"));
    }

    /// The name of the type of arguments or event data, and whether it is boxed.
    fn arguments(&mut self, definition: &Definition, arguments: &Arguments) -> (String, &'static str) {
        match arguments {
            Arguments::None => ("None".to_owned(), truth(false)),
            Arguments::Inline(members) if members.is_empty() => ("None".to_owned(), truth(false)),
            Arguments::Inline(members) => (self.implicit(definition, members, "arg"), truth(false)),
            Arguments::Named(id) => (self.schema.definition(*id).name.clone(), truth(false)),
            Arguments::Boxed(id) => (self.schema.definition(*id).name.clone(), truth(true)),
        }
    }

    /// Prints the implicit object type of inline members. Returns its name.
    fn implicit(&mut self, definition: &Definition, members: &[Member], role: &str) -> String {
        self.arrays(members);
        let name = format!("q_obj_{}-{role}", definition.name);
        let mut out = String::new();
        line(&mut out, 0, format_args!("object {name}"));
        self.members(&mut out, members);
        condition(&mut out, 1, definition.condition.as_ref());
        self.modules[definition.module].push_str(&out);
        name
    }

    fn members(&self, out: &mut String, members: &[Member]) {
        for member in members {
            let (ty, optional) = (self.type_name(member.ty), truth(member.optional));
            line(out, 1, format_args!("member {}: {ty} optional={optional}", member.name));
            condition(out, 2, member.condition.as_ref());
            features(out, 2, &member.features);
        }
    }

    fn arrays(&mut self, members: &[Member]) {
        for member in members {
            self.array(member.ty);
        }
    }

    /// Prints an array type that was not mentioned before. Arrays of built-in types exist from the start, except that
    /// of `QType`, which is an enum that behaves like a built-in type.
    fn array(&mut self, ty: Type) {
        let Type::Array(element) = ty else { return };
        let module = match element {
            TypeName::Builtin(Builtin::QType) => None,
            TypeName::Builtin(_) => return,
            TypeName::Defined(id) => Some(self.schema.definition(id).module),
        };
        if self.arrays.insert(element) {
            let mut text = format!("array {} {}\n", self.type_name(ty), self.element_name(element));
            if let TypeName::Defined(id) = element {
                condition(&mut text, 1, self.schema.definition(id).condition.as_ref());
            }
            match module {
                None => self.builtin.push_str(&text),
                Some(id) => self.modules[id].push_str(&text),
            }
        }
    }

    fn type_name(&self, ty: Type) -> String {
        match ty {
            Type::Plain(name) => self.element_name(name).to_owned(),
            Type::Array(name) => format!("{}List", self.element_name(name)),
        }
    }

    fn element_name(&self, name: TypeName) -> &'a str {
        match name {
            TypeName::Builtin(builtin) => builtin.name(),
            TypeName::Defined(id) => &self.schema.definition(id).name,
        }
    }

    /// For QEMU 7.2 each heading begins a comment of its own.
    fn free_form(&mut self, doc: &Doc) {
        let mut rest = doc.sections.first().map_or("", |section| section.text.as_str());
        while self.schema.language == Language::V7_2
            && let Some((text, _)) = rest.match_indices("\n=").next().map(|(at, _)| rest.split_at(at + 1))
        {
            line(&mut self.docs, 0, format_args!("doc freeform\n    body=\n{}", text.trim_end()));
            rest = &rest[text.len()..];
        }
        let mut last = doc.clone();
        if let Some(section) = last.sections.first_mut() {
            section.text = rest.to_owned();
        }
        self.doc(None, &last);
    }

    fn doc(&mut self, symbol: Option<&str>, doc: &Doc) {
        let out = &mut self.docs;
        match symbol {
            Some(name) => line(out, 0, format_args!("doc symbol={name}")),
            None => line(out, 0, format_args!("doc freeform")),
        }
        let mut sections = doc.sections.iter().peekable();
        let body = sections.next_if(|section| section.kind == DocSectionKind::Plain);
        line(out, 1, format_args!("body=\n{}", body.map_or("", |section| &section.text)));
        let (plain, todo) =
            if self.schema.language == Language::V7_2 { ("None", "TODO") } else { ("Plain", "Todo") };
        let mut tail = String::new();
        let mut described_features = String::new();
        for section in sections {
            let text = &section.text;
            match &section.kind {
                DocSectionKind::Member(name) => line(out, 1, format_args!("arg={name}\n{text}")),
                DocSectionKind::Feature(name) => {
                    line(&mut described_features, 1, format_args!("feature={name}\n{text}"));
                }
                DocSectionKind::Plain => line(&mut tail, 1, format_args!("section={plain}\n{text}")),
                DocSectionKind::Legacy(tag) => line(&mut tail, 1, format_args!("section={tag}\n{text}")),
                DocSectionKind::Returns => line(&mut tail, 1, format_args!("section=Returns\n{text}")),
                DocSectionKind::Errors => line(&mut tail, 1, format_args!("section=Errors\n{text}")),
                DocSectionKind::Since => line(&mut tail, 1, format_args!("section=Since\n{text}")),
                DocSectionKind::Todo => line(&mut tail, 1, format_args!("section={todo}\n{text}")),
            }
        }
        out.push_str(&described_features);
        out.push_str(&tail);
    }
}

fn line(out: &mut String, indent: usize, text: std::fmt::Arguments<'_>) {
    for _ in 0..indent {
        out.push_str("    ");
    }
    writeln!(out, "{text}").expect("a String takes all text");
}

fn features(out: &mut String, indent: usize, features: &[Feature]) {
    for feature in features {
        line(out, indent, format_args!("feature {}", feature.name));
        condition(out, indent + 1, feature.condition.as_ref());
    }
}

fn condition(out: &mut String, indent: usize, condition: Option<&Condition>) {
    match condition {
        None => {}
        Some(Condition::Define(name)) => line(out, indent, format_args!("if {name}")),
        Some(other) => line(out, indent, format_args!("if {}", python(other))),
    }
}

/// A condition, as Python prints the value from the schema.
fn python(condition: &Condition) -> String {
    let list = |parts: &[Condition]| parts.iter().map(python).collect::<Vec<_>>().join(", ");
    match condition {
        Condition::Define(name) => format!("'{name}'"),
        Condition::All(parts) => format!("{{'all': [{}]}}", list(parts)),
        Condition::Any(parts) => format!("{{'any': [{}]}}", list(parts)),
        Condition::Not(part) => format!("{{'not': {}}}", python(part)),
    }
}

fn truth(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}
