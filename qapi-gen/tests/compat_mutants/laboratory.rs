//! Mutates, compares, and looks whether the mutation is what is reported.

use crate::reachability::{Reach, excused};
use crate::verdicts::{DOCUMENTED, occurs, told, verdict};
use qapi_gen::stages::compat::{Change, Direction, Kind, compare};
use qapi_gen::stages::schema::*;
use qapi_gen::stages::wire::Wire;
use std::collections::{BTreeMap, BTreeSet};

/// How many places a mutation is tried at, in each direction.
const TRIES: usize = 3;

/// A place to mutate: a definition, and which of its parts.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    pub(crate) definition: DefId,
    pub(crate) part: usize,
}

/// Does something to a schema.
pub(crate) type Action<'m> = &'m dyn Fn(&mut Schema, Target);

/// One mutation, and how it is to be told.
pub(crate) struct Mutation<'m> {
    /// What is reported from the original to the mutant.
    pub(crate) there: &'m [&'m str],
    /// What is reported from the mutant to the original.
    pub(crate) back: &'m [&'m str],
    /// Where it may be done: parts of a definition.
    pub(crate) parts: &'m dyn Fn(&Laboratory, &Definition) -> Vec<usize>,
    /// What is done to the original first.
    pub(crate) prepare: Option<Action<'m>>,
    pub(crate) mutate: Action<'m>,
    /// The verdict that an excuse makes of "incompatible", on the way there.
    pub(crate) excused: bool,
}

impl Default for Mutation<'_> {
    fn default() -> Self {
        Mutation {
            there: &[],
            back: &[],
            parts: &|_, _| Vec::new(),
            prepare: None,
            mutate: &|_, _| {},
            excused: false,
        }
    }
}

pub(crate) struct Laboratory {
    pub(crate) schema: Schema,
    original: Wire,
    reach: Reach,
    /// Enumerations that select branches: their values come and go with branches.
    pub(crate) tags: BTreeSet<DefId>,
    /// How often a type is referred to.
    pub(crate) uses: BTreeMap<DefId, usize>,
    random: Seeded,
    done: BTreeSet<(Kind, Direction)>,
    mutants: usize,
}

impl Laboratory {
    pub(crate) fn new(mut schema: Schema) -> Self {
        // Not compared, and much to copy.
        schema.definitions.iter_mut().for_each(|definition| definition.doc = None);
        let original = Wire::from_schema(&schema);
        assert_eq!(compare(&original, &original), []);
        let tag = |definition: &Definition| match &definition.kind {
            DefinitionKind::Union(union) => Some(union.discriminator_enum),
            _ => None,
        };
        let tags = schema.definitions.iter().filter_map(tag).collect();
        let (reach, uses) = (Reach::new(&schema), uses(&schema));
        let (random, done) = (Seeded(0x5eed), BTreeSet::new());
        Laboratory { schema, original, reach, tags, uses, random, done, mutants: 0 }
    }

    /// How many comparisons were made.
    pub(crate) fn mutants(&self) -> usize {
        self.mutants
    }

    /// The kinds without mutant, each with the direction that lacks it.
    pub(crate) fn missing(&self) -> Vec<String> {
        let wanted = Kind::ALL
            .iter()
            .filter(|kind| !DOCUMENTED.contains(kind))
            .flat_map(|&kind| occurs(kind).into_iter().map(move |direction| (kind, direction)));
        wanted.filter(|cell| !self.done.contains(cell)).map(|(kind, way)| format!("{kind}, {way}")).collect()
    }

    fn direction(&self, id: DefId) -> Option<Direction> {
        let definition = self.schema.definition(id);
        match &definition.kind {
            DefinitionKind::Command(_) if excused(&definition.features) => None,
            DefinitionKind::Command(_) => Some(Direction::Sent),
            DefinitionKind::Event(_) if excused(&definition.features) => None,
            DefinitionKind::Event(_) => Some(Direction::Received),
            _ => self.reach.direction(id),
        }
    }

    /// Mutates at some of the places in each direction, and looks at what is reported, both ways.
    pub(crate) fn run(&mut self, mutation: &Mutation<'_>) {
        let mut targets: BTreeMap<Direction, Vec<Target>> = BTreeMap::new();
        for (id, definition) in self.schema.definitions.entries() {
            let Some(direction) = self.direction(id) else { continue };
            for part in (mutation.parts)(self, definition) {
                targets.entry(direction).or_default().push(Target { definition: id, part });
            }
        }
        assert!(!targets.is_empty(), "no place for {:?}", mutation.there);
        for (direction, mut places) in targets {
            for _ in 0..TRIES.min(places.len()) {
                let target = places.swap_remove(self.random.below(places.len()));
                self.try_at(mutation, target, direction);
            }
        }
    }

    fn try_at(&mut self, mutation: &Mutation<'_>, target: Target, direction: Direction) {
        let intact = self.schema.definitions.clone();
        let prepared = mutation.prepare.map(|prepare| {
            prepare(&mut self.schema, target);
            Wire::from_schema(&self.schema)
        });
        (mutation.mutate)(&mut self.schema, target);
        let mutant = Wire::from_schema(&self.schema);
        self.schema.definitions = intact;
        let name = self.schema.definitions[target.definition].name.clone();
        let original = prepared.as_ref().unwrap_or(&self.original);
        let (there, back) = (compare(original, &mutant), compare(&mutant, original));
        self.expect(mutation.there, direction, &name, &there, mutation.excused);
        self.expect(mutation.back, direction, &name, &back, false);
    }

    fn expect(&mut self, kinds: &[&str], way: Direction, name: &str, changes: &[Change], milder: bool) {
        let expected: BTreeSet<(Kind, Direction, &str)> = (kinds.iter())
            .map(|name| {
                let kind = *Kind::ALL.iter().find(|kind| kind.name() == *name).expect("there is such a kind");
                let verdict = match verdict(kind, told(kind, way)) {
                    "incompatible" if milder => "worth a look",
                    verdict => verdict,
                };
                (kind, told(kind, way), verdict)
            })
            .collect();
        let verdicts: Vec<String> = changes.iter().map(|change| change.verdict.to_string()).collect();
        let found: BTreeSet<(Kind, Direction, &str)> = (changes.iter().zip(&verdicts))
            .map(|(change, verdict)| (change.kind, change.direction, verdict.as_str()))
            .collect();
        assert_eq!(found, expected, "{name}: {changes:#?}");
        assert_eq!(changes.len(), kinds.len(), "{name}: {changes:#?}");
        self.done.extend(expected.into_iter().map(|(kind, direction, _)| (kind, direction)));
        self.mutants += 1;
    }
}

/// How often each type is referred to, discriminators and definitions that are no types included.
fn uses(schema: &Schema) -> BTreeMap<DefId, usize> {
    let mut uses = BTreeMap::new();
    let mut note = |id: DefId| *uses.entry(id).or_default() += 1;
    for definition in &schema.definitions {
        let mut types = Vec::new();
        let mut add = |members: &[Member]| types.extend(members.iter().map(|member| member.ty));
        match &definition.kind {
            DefinitionKind::Struct(found) => {
                add(&found.members);
                found.base.into_iter().for_each(&mut note);
            }
            DefinitionKind::Union(union) => {
                match &union.base {
                    Base::Named(id) => note(*id),
                    Base::Inline(members) => add(members),
                }
                union.branches.iter().for_each(|branch| note(branch.ty));
            }
            DefinitionKind::Alternate(found) => types.extend(found.alternatives.iter().map(|one| one.ty)),
            DefinitionKind::Command(Command { arguments, .. })
            | DefinitionKind::Event(Event { data: arguments }) => {
                match arguments {
                    Arguments::Inline(members) => add(members),
                    Arguments::Named(id) | Arguments::Boxed(id) => note(*id),
                    Arguments::None => {}
                }
                if let DefinitionKind::Command(command) = &definition.kind {
                    types.extend(command.returns);
                }
            }
            DefinitionKind::Enum(_) => {}
        }
        for ty in types {
            if let Type::Plain(TypeName::Defined(id)) | Type::Array(TypeName::Defined(id)) = ty {
                note(id);
            }
        }
    }
    uses
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
