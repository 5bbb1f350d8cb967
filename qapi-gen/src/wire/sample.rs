//! Random values of a type, as a server may send or take them.

use super::model::{Integer, Member, Object, Scalar, Shape, TypeId, Wire};
use serde_json::{Map, Number, Value, json};

/// Makes values of the types of a schema. The same seed gives the same values.
///
/// ```
/// # use qapi_gen::stages::{loader::MemoryLoader, schema, wire::{Samples, Wire}};
/// # use std::path::Path;
/// let loader = MemoryLoader::new().file("a.json", "{ 'event': 'GONE', 'data': { 'id': 'str' } }");
/// let loaded = schema::load(&loader, Path::new("a.json"), &schema::Options::default()).expect("a schema");
/// let wire = Wire::from_schema(&loaded.schema);
/// let data = Samples::new(&wire, 1).value(wire.events["GONE"].data);
/// assert!(data["id"].is_string());
/// ```
#[derive(Debug)]
pub struct Samples<'a> {
    wire: &'a Wire,
    random: Random,
}

/// Types may contain themselves, so below this depth lists are empty and optional members absent.
const DEPTH: usize = 6;

impl<'a> Samples<'a> {
    /// A source of values.
    pub fn new(wire: &'a Wire, seed: u64) -> Self {
        Samples { wire, random: Random(seed) }
    }

    /// The next value of this type.
    pub fn value(&mut self, ty: TypeId) -> Value {
        self.at(ty, 0)
    }

    fn at(&mut self, ty: TypeId, depth: usize) -> Value {
        match &self.wire.ty(ty).shape {
            Shape::Scalar(scalar) => self.scalar(*scalar),
            Shape::Enum(values) => json!(self.random.pick(values).name),
            Shape::Array(element) => {
                let count = if depth > DEPTH { 0 } else { self.random.below(3) };
                (0..count).map(|_| self.at(*element, depth + 1)).collect()
            }
            Shape::Object(object) => {
                let mut out = Map::new();
                self.object(object, depth, &mut out);
                Value::Object(out)
            }
            Shape::Alternate(choices) => {
                let choice = self.random.pick(choices).ty;
                self.at(choice, depth + 1)
            }
        }
    }

    fn object(&mut self, object: &Object, depth: usize, out: &mut Map<String, Value>) {
        for Member { name, optional, ty, .. } in &object.members {
            if !optional || depth < DEPTH && self.random.below(2) == 0 {
                let value = self.at(*ty, depth + 1);
                out.insert(name.clone(), value);
            }
        }
        let Some(tag) = &object.tag else { return };
        let case = out.get(tag).and_then(Value::as_str).map(str::to_owned);
        let branch = object.branches.iter().find(|branch| Some(&branch.case) == case.as_ref());
        if let Some(below) = branch.and_then(|branch| self.wire.object(branch.ty)) {
            self.object(below, depth + 1, out);
        }
    }

    fn scalar(&mut self, scalar: Scalar) -> Value {
        match scalar {
            Scalar::Str => json!(self.random.pick(&["", "a", "on", "another value"])),
            Scalar::Number => json!(self.random.pick(&[0.5, -1.0, 1e300])),
            Scalar::Bool => json!(self.random.below(2) == 0),
            Scalar::Null => Value::Null,
            Scalar::Any => {
                self.random.pick(&[Value::Null, json!(1), json!({"a": [true]}), json!("b")]).clone()
            }
            Scalar::Int(Integer::Range(least, greatest)) => {
                let number = *self.random.pick(&[least, greatest, 0, 1]);
                Number::from_i128(number).map_or(Value::Null, Value::Number)
            }
            Scalar::Int(Integer::Unknown) => json!(1),
        }
    }
}

/// Steele, Lea, Flood: "Fast splittable pseudorandom number generators" (2014), the mixer SplitMix64.
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        // A usize has at most 64 bits, and the remainder is less than `end`.
        (self.next() % end as u64) as usize
    }

    fn pick<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        &items[self.below(items.len())]
    }
}
