//! A reference to a type: what can be said without looking inside is said here, at the reference.

use super::super::wire::{Integer, Scalar, Shape, TypeId};
use super::{At, Comparer, Kind, Places, Step};

/// Arrays of arrays and alternates of alternates are not in the language, but an answer may claim them.
const MAX_NESTING: usize = 16;

impl Comparer<'_> {
    /// Compares the types that one thing referred to and refers to.
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
                (Shape::Alternate(alternatives), _) => {
                    let class = self.new.class(new);
                    match alternatives.iter().find(|one| self.old.class(one.ty) == class) {
                        Some(same) => {
                            if alternatives.len() > 1 {
                                self.retyped(at, Kind::AlternateToType, old, new, places);
                            }
                            old = same.ty;
                            continue;
                        }
                        None => Kind::TypeChanged,
                    }
                }
                (_, Shape::Alternate(alternatives)) => {
                    let class = self.old.class(old);
                    match alternatives.iter().find(|one| self.new.class(one.ty) == class) {
                        Some(same) => {
                            if alternatives.len() > 1 {
                                self.retyped(at, Kind::TypeToAlternate, old, new, places);
                            }
                            new = same.ty;
                            continue;
                        }
                        None => Kind::TypeChanged,
                    }
                }
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

/// How one scalar became another, if they are not the same.
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
