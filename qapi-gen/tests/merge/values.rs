//! Random values of a type.

use qapi_gen::stages::wire::{Integer, Member, Object, Scalar, Shape, TypeId, Wire};
use serde_json::{Map, Number, Value, json};

/// Steele, Lea, Flood: "Fast splittable pseudorandom number generators" (2014), the mixer SplitMix64.
pub(crate) struct Random(pub(crate) u64);

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
        let end = u64::try_from(end).expect("a small number");
        usize::try_from(self.next() % end).expect("below a usize")
    }

    fn pick<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        &items[self.below(items.len())]
    }
}

/// Types may contain themselves, so below this depth lists are empty and optional members absent.
const DEPTH: usize = 6;

/// A value of the type, as a server may send it or take it.
pub(crate) fn value(wire: &Wire, ty: TypeId, random: &mut Random) -> Value {
    Values { wire, random }.value(ty, 0)
}

struct Values<'a> {
    wire: &'a Wire,
    random: &'a mut Random,
}

impl Values<'_> {
    fn value(&mut self, ty: TypeId, depth: usize) -> Value {
        match &self.wire.ty(ty).shape {
            Shape::Scalar(scalar) => self.scalar(*scalar),
            Shape::Enum(values) => json!(self.random.pick(values).name),
            Shape::Array(element) => {
                let count = if depth > DEPTH { 0 } else { self.random.below(3) };
                (0..count).map(|_| self.value(*element, depth + 1)).collect()
            }
            Shape::Object(object) => {
                let mut out = Map::new();
                self.object(object, depth, &mut out);
                Value::Object(out)
            }
            Shape::Alternate(choices) => {
                let choice = self.random.pick(choices).ty;
                self.value(choice, depth + 1)
            }
        }
    }

    fn object(&mut self, object: &Object, depth: usize, out: &mut Map<String, Value>) {
        for Member { name, optional, ty, .. } in &object.members {
            if !optional || depth < DEPTH && self.random.below(2) == 0 {
                let value = self.value(*ty, depth + 1);
                out.insert(name.clone(), value);
            }
        }
        let Some(tag) = &object.tag else { return };
        let case = out[tag].as_str().expect("a discriminator is an enum").to_owned();
        if let Some(branch) = object.branches.iter().find(|branch| branch.case == case) {
            let below = self.wire.object(branch.ty).expect("a branch is an object");
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
                Value::Number(Number::from_i128(number).expect("64 bits"))
            }
            Scalar::Int(Integer::Unknown) => json!(1),
        }
    }
}
