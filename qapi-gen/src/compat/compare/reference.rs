//! Compares references to types, as far as possible without looking into the types.

use super::{At, Comparer, Kind, Places, Step};
use crate::wire::{Alternative, Class, Integer, Scalar, Shape, TypeId, Wire};

/// A limit on nesting: the language has no arrays of arrays or alternates of alternates, but an answer may claim them.
const MAX_NESTING: usize = 16;

impl Comparer<'_> {
    /// Compares the old and the new type of one reference.
    pub(super) fn compare_reference(&mut self, at: At, old: TypeId, new: TypeId, places: Places) {
        let (mut at, mut old, mut new) = (at, old, new);
        for _ in 0..MAX_NESTING {
            let (was, is) = (self.old.ty(old), self.new.ty(new));
            let kind = match (&was.shape, &is.shape) {
                (Shape::Array(a), Shape::Array(b)) => {
                    (old, new, at) = (*a, *b, self.step(at, Step::Element));
                    continue;
                }
                (Shape::Enum(_), Shape::Enum(_))
                | (Shape::Object(_), Shape::Object(_))
                | (Shape::Alternate(_), Shape::Alternate(_)) => return self.enqueue(old, new, at),
                (Shape::Scalar(a), Shape::Scalar(b)) => match rescale(*a, *b) {
                    Some(kind) => kind,
                    None => return,
                },
                (Shape::Scalar(Scalar::Any), _) => Kind::AnyToType,
                (_, Shape::Scalar(Scalar::Any)) => Kind::TypeToAny,
                (Shape::Enum(_), Shape::Scalar(Scalar::Str)) => Kind::EnumToStr,
                (Shape::Scalar(Scalar::Str), Shape::Enum(_)) => Kind::StrToEnum,
                // The part that the alternate and the type have in common is compared further.
                (Shape::Alternate(from), _) => match choice(self.old, from, self.new.class(new)) {
                    Some(same) => {
                        if from.len() > 1 {
                            self.retyped(at, Kind::AlternateToType, old, new, places);
                        }
                        old = same;
                        continue;
                    }
                    None => Kind::TypeChanged,
                },
                (_, Shape::Alternate(to)) => match choice(self.new, to, self.old.class(old)) {
                    Some(same) => {
                        if to.len() > 1 {
                            self.retyped(at, Kind::TypeToAlternate, old, new, places);
                        }
                        new = same;
                        continue;
                    }
                    None => Kind::TypeChanged,
                },
                (Shape::Scalar(_) | Shape::Enum(_) | Shape::Array(_) | Shape::Object(_), _) => {
                    Kind::TypeChanged
                }
            };
            return self.retyped(at, kind, old, new, places);
        }
    }

    fn retyped(&mut self, at: At, kind: Kind, old: TypeId, new: TypeId, places: Places) {
        let message = format!("the type was {}, and is {}", self.old.ty(old).label, self.new.ty(new).label);
        self.report(at, kind, "", places, message, None);
    }
}

/// The type of an alternate for values of a class.
fn choice(wire: &Wire, alternatives: &[Alternative], class: Option<Class>) -> Option<TypeId> {
    alternatives.iter().map(|alternative| alternative.ty).find(|&ty| wire.class(ty) == class)
}

/// The change from one scalar to another, if they differ.
fn rescale(old: Scalar, new: Scalar) -> Option<Kind> {
    match (old, new) {
        (Scalar::Int(Integer::Unknown), Scalar::Int(_)) | (Scalar::Int(_), Scalar::Int(Integer::Unknown)) => {
            None
        }
        (Scalar::Int(Integer::Range(min, max)), Scalar::Int(Integer::Range(new_min, new_max))) => {
            let (gained, lost) = (new_min < min || new_max > max, new_min > min || new_max < max);
            match (gained, lost) {
                (false, false) => None,
                (true, false) => Some(Kind::IntegerWidened),
                (false, true) => Some(Kind::IntegerNarrowed),
                (true, true) => Some(Kind::IntegerChanged),
            }
        }
        (Scalar::Int(_), Scalar::Number) => Some(Kind::IntegerToNumber),
        (Scalar::Number, Scalar::Int(_)) => Some(Kind::NumberToInteger),
        (old, new) if old == new => None,
        (Scalar::Any, _) => Some(Kind::AnyToType),
        (_, Scalar::Any) => Some(Kind::TypeToAny),
        (_, _) => Some(Kind::TypeChanged),
    }
}
