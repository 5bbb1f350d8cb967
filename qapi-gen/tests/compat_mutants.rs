//! QEMU's schema is changed in one place, chosen at random but always the same; exactly that change is reported, with
//! the verdict that the table here demands. Each mutation is also looked at the other way round.

use qapi_gen::compat::{Change, Direction, Wire, compare};
use qapi_gen::loader::DiskLoader;
use qapi_gen::schema::*;
use qapi_gen::source::{FileId, Span};
use std::collections::{BTreeMap, BTreeSet};

/// How many places a mutation is tried at, in each direction.
const TRIES: usize = 5;

fn qemu() -> Option<Schema> {
    let root = qapi_test_support::conformance_data("qemu-10.0.2/qapi/qapi-schema.json")?;
    Some(
        qapi_gen::schema::load(&DiskLoader, root, &Options::default())
            .expect("QEMU's schema is right")
            .schema,
    )
}

/// Which definitions are sent and which are received, worked out apart from the code under test. What can be
/// reached through something unstable only is left out.
struct Reach {
    sent: BTreeSet<DefId>,
    received: BTreeSet<DefId>,
    /// Reached in some direction through unstable things: nothing to experiment with.
    murky: BTreeSet<DefId>,
}

impl Reach {
    fn new(schema: &Schema) -> Self {
        let walk = |direction, stable| {
            let mut seen = BTreeSet::new();
            for definition in &schema.definitions {
                if !(stable && unstable(&definition.features)) {
                    roots(schema, definition, direction, stable, &mut seen);
                }
            }
            seen
        };
        let (sent, received) = (walk(Direction::Sent, true), walk(Direction::Received, true));
        let (all_sent, all_received) = (walk(Direction::Sent, false), walk(Direction::Received, false));
        let murky = all_sent.difference(&sent).chain(all_received.difference(&received)).copied().collect();
        Reach { sent, received, murky }
    }

    fn direction(&self, id: DefId) -> Option<Direction> {
        match (self.sent.contains(&id), self.received.contains(&id)) {
            _ if self.murky.contains(&id) => None,
            (true, true) => Some(Direction::Both),
            (true, false) => Some(Direction::Sent),
            (false, true) => Some(Direction::Received),
            (false, false) => None,
        }
    }
}

fn unstable(features: &[Feature]) -> bool {
    features.iter().any(|feature| feature.name == "unstable")
}

fn roots(
    schema: &Schema,
    definition: &Definition,
    direction: Direction,
    stable: bool,
    seen: &mut BTreeSet<DefId>,
) {
    let data = match (&definition.kind, direction) {
        (DefinitionKind::Command(command), Direction::Sent) => &command.arguments,
        (DefinitionKind::Event(event), Direction::Received) => &event.data,
        (DefinitionKind::Command(command), Direction::Received) => {
            if let Some(ty) = command.returns {
                reach(schema, ty, stable, seen);
            }
            return;
        }
        _ => return,
    };
    match data {
        Arguments::None => {}
        Arguments::Inline(members) => reach_members(schema, members, stable, seen),
        Arguments::Named(id) | Arguments::Boxed(id) => reach_definition(schema, *id, stable, seen),
    }
}

fn reach(schema: &Schema, ty: Type, stable: bool, seen: &mut BTreeSet<DefId>) {
    let (Type::Plain(name) | Type::Array(name)) = ty;
    if let TypeName::Defined(id) = name {
        reach_definition(schema, id, stable, seen);
    }
}

fn reach_members(schema: &Schema, members: &[Member], stable: bool, seen: &mut BTreeSet<DefId>) {
    for member in members {
        if !(stable && unstable(&member.features)) {
            reach(schema, member.ty, stable, seen);
        }
    }
}

fn reach_definition(schema: &Schema, id: DefId, stable: bool, seen: &mut BTreeSet<DefId>) {
    if !seen.insert(id) {
        return;
    }
    match &schema.definition(id).kind {
        DefinitionKind::Struct(found) => {
            reach_members(schema, &found.members, stable, seen);
            if let Some(base) = found.base {
                reach_definition(schema, base, stable, seen);
            }
        }
        DefinitionKind::Union(union) => {
            match &union.base {
                Base::Named(base) => reach_definition(schema, *base, stable, seen),
                Base::Inline(members) => reach_members(schema, members, stable, seen),
            }
            for branch in &union.branches {
                let of = value(schema, union, &branch.name);
                if !(stable && of.is_some_and(|value| unstable(&value.features))) {
                    reach_definition(schema, branch.ty, stable, seen);
                }
            }
        }
        DefinitionKind::Alternate(alternate) => {
            alternate.alternatives.iter().for_each(|one| reach(schema, one.ty, stable, seen));
        }
        DefinitionKind::Enum(_) | DefinitionKind::Command(_) | DefinitionKind::Event(_) => {}
    }
}

/// The value that selects a branch.
fn value<'s>(schema: &'s Schema, union: &Union, branch: &str) -> Option<&'s EnumValue> {
    let DefinitionKind::Enum(found) = &schema.definition(union.discriminator_enum).kind else { return None };
    found.values.iter().find(|value| value.name == branch)
}

/// The verdicts: name of the kind, sent, received. `-` where it cannot occur.
const VERDICTS: &[(&str, &str, &str)] = &[
    ("command-added", "compatible", "-"),
    ("command-removed", "incompatible", "-"),
    ("event-added", "-", "compatible"),
    ("event-removed", "-", "worth a look"),
    ("optional-member-added", "compatible", "compatible"),
    ("required-member-added", "incompatible", "compatible"),
    ("optional-member-removed", "incompatible", "worth a look"),
    ("required-member-removed", "incompatible", "incompatible"),
    ("member-made-optional", "compatible", "incompatible"),
    ("member-made-required", "incompatible", "compatible"),
    ("type-changed", "incompatible", "incompatible"),
    ("integer-widened", "compatible", "worth a look"),
    ("integer-narrowed", "incompatible", "compatible"),
    ("str-to-enum", "worth a look", "compatible"),
    ("enum-to-str", "compatible", "worth a look"),
    ("type-to-any", "compatible", "incompatible"),
    ("any-to-type", "incompatible", "compatible"),
    ("type-to-alternate", "compatible", "incompatible"),
    ("alternate-to-type", "incompatible", "worth a look"),
    ("enum-value-added", "compatible", "worth a look"),
    ("enum-value-removed", "incompatible", "worth a look"),
    ("branch-added", "compatible", "compatible"),
    ("required-branch-added", "incompatible", "compatible"),
    ("branch-removed", "incompatible", "incompatible"),
    ("alternative-added", "compatible", "incompatible"),
    ("alternative-removed", "incompatible", "worth a look"),
    ("feature-added", "compatible", "compatible"),
    ("feature-removed", "worth a look", "worth a look"),
    ("deprecated", "compatible", "compatible"),
    ("undeprecated", "compatible", "compatible"),
    ("made-unstable", "worth a look", "worth a look"),
    // Seen from the side where it was unstable.
    ("made-stable", "compatible", "compatible"),
    ("condition-narrowed", "worth a look", "worth a look"),
    ("condition-widened", "compatible", "compatible"),
    ("allow-oob-added", "compatible", "-"),
    ("allow-oob-removed", "incompatible", "-"),
    ("allow-preconfig-added", "compatible", "-"),
    ("allow-preconfig-removed", "incompatible", "-"),
    ("success-response-added", "-", "worth a look"),
    ("success-response-removed", "-", "incompatible"),
];

fn verdict(kind: &str, direction: Direction) -> &'static str {
    let row = VERDICTS.iter().find(|row| row.0 == kind).unwrap_or_else(|| panic!("no verdict for '{kind}'"));
    let order = ["incompatible", "worth a look", "compatible"];
    match direction {
        Direction::Sent => row.1,
        Direction::Received => row.2,
        Direction::Both => {
            let rank = |verdict| order.iter().position(|word| *word == verdict).expect("a verdict");
            order[rank(row.1).min(rank(row.2))]
        }
    }
}

/// Random numbers, the same in every run.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

/// A place to mutate: a definition, and which of its parts.
#[derive(Clone, Copy)]
struct Target {
    definition: usize,
    part: usize,
    direction: Direction,
}

/// The members that a definition lists itself.
fn members(definition: &mut Definition) -> Option<&mut Vec<Member>> {
    match &mut definition.kind {
        DefinitionKind::Struct(Struct { members, .. })
        | DefinitionKind::Union(Union { base: Base::Inline(members), .. })
        | DefinitionKind::Command(Command { arguments: Arguments::Inline(members), .. })
        | DefinitionKind::Event(Event { data: Arguments::Inline(members) }) => Some(members),
        _ => None,
    }
}

struct Laboratory {
    schema: Schema,
    original: Wire,
    reach: Reach,
    /// Enumerations that select branches: their values come and go with branches.
    tags: BTreeSet<DefId>,
    random: Seeded,
    done: BTreeMap<(&'static str, Direction), usize>,
}

impl Laboratory {
    fn direction(&self, index: usize) -> Option<Direction> {
        let definition = &self.schema.definitions[index];
        match &definition.kind {
            DefinitionKind::Command(_) if unstable(&definition.features) => None,
            DefinitionKind::Command(_) => Some(Direction::Sent),
            DefinitionKind::Event(_) if unstable(&definition.features) => None,
            DefinitionKind::Event(_) => Some(Direction::Received),
            _ => self.reach.direction(DefId(index as u32)),
        }
    }

    /// Mutates at some of the places that `parts` finds, and looks at what is reported, both ways.
    fn mutate(
        &mut self,
        there: &'static str,
        back: &'static str,
        parts: impl Fn(&Self, &Definition) -> Vec<usize>,
        mutation: impl Fn(&mut Definition, usize),
    ) {
        let mut targets: BTreeMap<Direction, Vec<Target>> = BTreeMap::new();
        for (index, definition) in self.schema.definitions.iter().enumerate() {
            let Some(direction) = self.direction(index) else { continue };
            for part in parts(self, definition) {
                targets.entry(direction).or_default().push(Target { definition: index, part, direction });
            }
        }
        assert!(!targets.is_empty(), "no place for '{there}'");
        for mut places in targets.into_values() {
            for _ in 0..TRIES.min(places.len()) {
                let target = places.swap_remove(self.random.below(places.len()));
                self.try_at(there, back, target, &mutation);
            }
        }
    }

    fn try_at(
        &mut self,
        there: &'static str,
        back: &'static str,
        target: Target,
        mutation: &impl Fn(&mut Definition, usize),
    ) {
        let intact = self.schema.definitions[target.definition].clone();
        mutation(&mut self.schema.definitions[target.definition], target.part);
        let mutant = Wire::from_schema(&self.schema);
        let name = intact.name.clone();
        self.schema.definitions[target.definition] = intact;
        self.expect(there, target.direction, &name, compare(&self.original, &mutant));
        self.expect(back, target.direction, &name, compare(&mutant, &self.original));
    }

    fn expect(&mut self, kind: &'static str, direction: Direction, name: &str, changes: Vec<Change>) {
        // Whether success is answered concerns what is received, though a command is sent.
        let direction = if kind.starts_with("success-response") { Direction::Received } else { direction };
        let found: Vec<(&str, Direction, String)> = changes
            .iter()
            .map(|change| (change.kind.name(), change.direction, change.verdict.to_string()))
            .collect();
        let expected = (kind, direction, verdict(kind, direction).to_owned());
        assert_eq!(found, [expected], "{name}: {changes:#?}");
        *self.done.entry((kind, direction)).or_default() += 1;
    }
}

fn nowhere() -> Span {
    Span::new(FileId(0), u32::MAX - 1, u32::MAX)
}

fn feature(name: &str) -> Feature {
    Feature { name: name.to_owned(), span: nowhere(), condition: None }
}

fn plain(builtin: Builtin) -> Type {
    Type::Plain(TypeName::Builtin(builtin))
}

fn new_member(optional: bool) -> Member {
    Member {
        name: "mutant".to_owned(),
        span: nowhere(),
        optional,
        ty: plain(Builtin::Str),
        condition: None,
        features: Vec::new(),
    }
}

/// The members that `want` takes; those that select branches and those with special features are left alone.
fn choose<'a>(want: impl Fn(&Member) -> bool + 'a) -> impl Fn(&Laboratory, &Definition) -> Vec<usize> + 'a {
    move |laboratory, definition| {
        let mut copy = definition.clone();
        let Some(members) = members(&mut copy) else { return Vec::new() };
        let selects = |member: &Member| matches!(member.ty, Type::Plain(TypeName::Defined(id)) if laboratory.tags.contains(&id));
        let special = |member: &Member| {
            member.features.iter().any(|feature| feature.name == "deprecated" || feature.name == "unstable")
        };
        (members.iter().enumerate())
            .filter(|(_, member)| want(member) && !selects(member) && !special(member))
            .map(|(index, _)| index)
            .collect()
    }
}

fn on_member(change: impl Fn(&mut Member)) -> impl Fn(&mut Definition, usize) {
    move |definition, part| change(&mut members(definition).expect("it has members")[part])
}

fn has_members(_: &Laboratory, definition: &Definition) -> Vec<usize> {
    if members(&mut definition.clone()).is_some() { vec![0] } else { Vec::new() }
}

fn find(schema: &Schema, name: &str) -> Type {
    let index =
        schema.definitions.iter().position(|definition| definition.name == name).expect("QEMU has it");
    Type::Plain(TypeName::Defined(DefId(index as u32)))
}

#[test]
fn exactly_the_mutation_is_reported() {
    let Some(schema) = qemu() else { return };
    let original = Wire::from_schema(&schema);
    assert_eq!(compare(&original, &original), []);
    let tags = (schema.definitions.iter())
        .filter_map(|definition| match &definition.kind {
            DefinitionKind::Union(union) => Some(union.discriminator_enum),
            _ => None,
        })
        .collect();
    let reach = Reach::new(&schema);
    let (some_enum, some_alternate) = (find(&schema, "RunState"), find(&schema, "StrOrNull"));
    let random = Seeded(0x5eed);
    let mut lab = Laboratory { schema, original, reach, tags, random, done: BTreeMap::new() };
    mutate_commands_and_events(&mut lab);
    mutate_members(&mut lab);
    mutate_types(&mut lab, some_enum, some_alternate);
    mutate_values_and_branches(&mut lab);
    mutate_marks(&mut lab);
    let missing: Vec<&str> = VERDICTS
        .iter()
        .map(|row| row.0)
        .filter(|kind| !lab.done.keys().any(|(done, _)| done == kind))
        .collect();
    assert_eq!(missing, [""; 0]);
    let mutants: usize = lab.done.values().sum();
    assert!(mutants > 400, "{mutants}: {:?}", lab.done);
    eprintln!("{mutants} mutants: {:?}", lab.done);
}

fn mutate_commands_and_events(lab: &mut Laboratory) {
    fn is(what: fn(&DefinitionKind) -> bool) -> impl Fn(&Laboratory, &Definition) -> Vec<usize> {
        move |_, definition| {
            let special = definition.features.iter().any(|feature| feature.name == "deprecated");
            if what(&definition.kind) && !special { vec![0] } else { Vec::new() }
        }
    }
    let vanish = |definition: &mut Definition, _| {
        definition.kind = DefinitionKind::Enum(Enum { prefix: None, values: Vec::new() });
    };
    let (command, event) = (
        is(|kind| matches!(kind, DefinitionKind::Command(_))),
        is(|kind| matches!(kind, DefinitionKind::Event(_))),
    );
    lab.mutate("command-removed", "command-added", &command, vanish);
    lab.mutate("event-removed", "event-added", &event, vanish);
    let flag = |change: fn(&mut Command)| {
        move |definition: &mut Definition, _: usize| match &mut definition.kind {
            DefinitionKind::Command(command) => change(command),
            _ => unreachable!("only commands are chosen"),
        }
    };
    let plain = is(|kind| matches!(kind, DefinitionKind::Command(c) if !c.allow_oob));
    lab.mutate("allow-oob-added", "allow-oob-removed", plain, flag(|command| command.allow_oob = true));
    let plain = is(|kind| matches!(kind, DefinitionKind::Command(c) if !c.allow_preconfig));
    lab.mutate(
        "allow-preconfig-added",
        "allow-preconfig-removed",
        plain,
        flag(|command| command.allow_preconfig = true),
    );
    lab.mutate(
        "success-response-removed",
        "success-response-added",
        command,
        flag(|command| command.success_response = false),
    );
}

fn mutate_members(lab: &mut Laboratory) {
    let add = |optional| {
        move |definition: &mut Definition, _: usize| {
            members(definition).expect("it has members").push(new_member(optional));
        }
    };
    lab.mutate("optional-member-added", "optional-member-removed", has_members, add(true));
    lab.mutate("required-member-added", "required-member-removed", has_members, add(false));
    let remove = |definition: &mut Definition, part| {
        members(definition).expect("it has members").remove(part);
    };
    lab.mutate("optional-member-removed", "optional-member-added", choose(|member| member.optional), remove);
    lab.mutate("required-member-removed", "required-member-added", choose(|member| !member.optional), remove);
    let toggle = on_member(|member| member.optional = !member.optional);
    lab.mutate("member-made-optional", "member-made-required", choose(|member| !member.optional), toggle);
}

fn mutate_types(lab: &mut Laboratory, some_enum: Type, some_alternate: Type) {
    let retype = |ty| on_member(move |member: &mut Member| member.ty = ty);
    let of = |builtin| choose(move |member: &Member| member.ty == plain(builtin));
    lab.mutate("type-changed", "type-changed", of(Builtin::Bool), retype(plain(Builtin::Str)));
    lab.mutate(
        "type-changed",
        "type-changed",
        of(Builtin::Str),
        retype(Type::Array(TypeName::Builtin(Builtin::Str))),
    );
    lab.mutate("integer-narrowed", "integer-widened", of(Builtin::Int), retype(plain(Builtin::Int32)));
    lab.mutate("integer-widened", "integer-narrowed", of(Builtin::Uint32), retype(plain(Builtin::Uint64)));
    lab.mutate("str-to-enum", "enum-to-str", of(Builtin::Str), retype(some_enum));
    lab.mutate("type-to-any", "any-to-type", of(Builtin::Bool), retype(plain(Builtin::Any)));
    lab.mutate("type-to-alternate", "alternate-to-type", of(Builtin::Str), retype(some_alternate));
}

fn mutate_values_and_branches(lab: &mut Laboratory) {
    let values = |lab: &Laboratory, definition: &Definition| match &definition.kind {
        DefinitionKind::Enum(found)
            if !lab.tags.iter().any(|id| lab.schema.definition(*id).name == definition.name) =>
        {
            (found.values.iter().enumerate())
                .filter(|(_, value)| value.features.is_empty())
                .map(|(index, _)| index)
                .collect()
        }
        _ => Vec::new(),
    };
    lab.mutate("enum-value-removed", "enum-value-added", values, |definition, part| {
        match &mut definition.kind {
            DefinitionKind::Enum(found) => drop(found.values.remove(part)),
            _ => unreachable!("only enumerations are chosen"),
        }
    });
    for required in [false, true] {
        let branches = move |lab: &Laboratory, definition: &Definition| match &definition.kind {
            DefinitionKind::Union(union) => (union.branches.iter().enumerate())
                .filter(|(_, branch)| {
                    let marked = value(&lab.schema, union, &branch.name)
                        .is_none_or(|value| !value.features.is_empty());
                    !marked && all_members(&lab.schema, branch.ty) == Some(required)
                })
                .map(|(index, _)| index)
                .collect(),
            _ => Vec::new(),
        };
        let back = if required { "required-branch-added" } else { "branch-added" };
        lab.mutate("branch-removed", back, branches, |definition, part| match &mut definition.kind {
            DefinitionKind::Union(union) => drop(union.branches.remove(part)),
            _ => unreachable!("only unions are chosen"),
        });
    }
    let alternatives = |_: &Laboratory, definition: &Definition| match &definition.kind {
        DefinitionKind::Alternate(found) => (0..found.alternatives.len()).collect(),
        _ => Vec::new(),
    };
    lab.mutate("alternative-removed", "alternative-added", alternatives, |definition, part| {
        match &mut definition.kind {
            DefinitionKind::Alternate(found) => drop(found.alternatives.remove(part)),
            _ => unreachable!("only alternates are chosen"),
        }
    });
}

/// Whether a struct has required members; none when it has no members at all, and for unions.
fn all_members(schema: &Schema, id: DefId) -> Option<bool> {
    let DefinitionKind::Struct(found) = &schema.definition(id).kind else { return None };
    let inherited = found.base.and_then(|base| all_members(schema, base));
    let own = (!found.members.is_empty()).then(|| found.members.iter().any(|member| !member.optional));
    match (own, inherited) {
        (None, inherited) => inherited,
        (own, None) => own,
        (Some(own), Some(inherited)) => Some(own || inherited),
    }
}

fn mutate_marks(lab: &mut Laboratory) {
    for (name, added, removed) in [
        ("mutation", "feature-added", "feature-removed"),
        ("deprecated", "deprecated", "undeprecated"),
        ("unstable", "made-unstable", "made-stable"),
    ] {
        let mark = on_member(|member| member.features.push(feature(name)));
        lab.mutate(added, removed, choose(|_| true), mark);
        let interface = |_: &Laboratory, definition: &Definition| {
            let is = matches!(definition.kind, DefinitionKind::Command(_) | DefinitionKind::Event(_));
            if is && definition.features.is_empty() { vec![0] } else { Vec::new() }
        };
        lab.mutate(added, removed, interface, |definition, _| definition.features.push(feature(name)));
    }
    let condition = || Some(Condition::Define("MUTANT".to_owned()));
    let bare = choose(|member| member.condition.is_none());
    lab.mutate(
        "condition-narrowed",
        "condition-widened",
        bare,
        on_member(|member| member.condition = condition()),
    );
    let interface = |_: &Laboratory, definition: &Definition| {
        let is = matches!(definition.kind, DefinitionKind::Command(_) | DefinitionKind::Event(_));
        if is && definition.condition.is_none() { vec![0] } else { Vec::new() }
    };
    lab.mutate("condition-narrowed", "condition-widened", interface, |definition, _| {
        definition.condition = condition()
    });
}
