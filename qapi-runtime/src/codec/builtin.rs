//! The other built-in types, and the wrappers that generated code uses: `Vec`, `Box`, references.

use super::{Any, Decode, DecodeMembers, Encode, EncodeMembers, Input, Members, Mode, Output};
use crate::Result;
use crate::json::Value;

impl Decode for bool {
    fn decode(input: Input<'_>) -> Result<Self> {
        input.boolean()
    }
}

impl Encode for bool {
    fn encode(&self, out: &mut Output) {
        out.bool(*self);
    }
}

impl Decode for f64 {
    fn decode(input: Input<'_>) -> Result<Self> {
        input.number()
    }
}

impl Encode for f64 {
    fn encode(&self, out: &mut Output) {
        out.float(*self);
    }
}

impl Decode for String {
    fn decode(input: Input<'_>) -> Result<Self> {
        input.text().map(str::to_owned)
    }
}

impl Encode for String {
    fn encode(&self, out: &mut Output) {
        out.string(self);
    }
}

impl Encode for str {
    fn encode(&self, out: &mut Output) {
        out.string(self);
    }
}

impl<T: Encode + ?Sized> Encode for &T {
    fn encode(&self, out: &mut Output) {
        (**self).encode(out);
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(input: Input<'_>) -> Result<Self> {
        let elements = input.elements()?;
        // Not reserved in full: an element of 2 bytes in the input may take 2 KiB here.
        let mut list = Vec::with_capacity(elements.len().min(64));
        for (index, element) in elements.enumerate() {
            list.push(T::decode(element).map_err(|error| error.in_element(index))?);
        }
        Ok(list)
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn encode(&self, out: &mut Output) {
        self.as_slice().encode(out);
    }
}

impl<T: Encode> Encode for [T] {
    fn encode(&self, out: &mut Output) {
        out.array(|out| {
            for element in self {
                out.element(element);
            }
        });
    }
}

impl<T: Decode> Decode for Box<T> {
    fn decode(input: Input<'_>) -> Result<Self> {
        T::decode(input).map(Box::new)
    }
}

impl<T: Encode> Encode for Box<T> {
    fn encode(&self, out: &mut Output) {
        (**self).encode(out);
    }
}

impl<T: DecodeMembers> DecodeMembers for Box<T> {
    fn decode_members(members: &mut Members<'_>) -> Result<Self> {
        T::decode_members(members).map(Box::new)
    }
}

impl<T: EncodeMembers> EncodeMembers for Box<T> {
    fn encode_members(&self, out: &mut Output) {
        (**self).encode_members(out);
    }
}

/// Accepts any object and ignores its members: the reply of a command without a return value.
impl Decode for () {
    fn decode(input: Input<'_>) -> Result<Self> {
        match input.value {
            Value::Object(_) => Ok(()),
            _ => Err(input.wrong_type("object")),
        }
    }
}

/// The empty object.
impl Encode for () {
    fn encode(&self, out: &mut Output) {
        out.object(|_| ());
    }
}

impl Decode for Value<'static> {
    fn decode(input: Input<'_>) -> Result<Self> {
        Ok(input.value.to_static())
    }
}

impl Encode for Value<'_> {
    fn encode(&self, out: &mut Output) {
        out.value(self);
    }
}

impl Decode for Any {
    fn decode(input: Input<'_>) -> Result<Self> {
        // `Any` cannot hold 1e400, so a client that sends it gets an error. In replies it is accepted, as `null`.
        if input.mode() != Mode::Lenient && input.value.has_infinity() {
            return Err(input.expects("finite numbers"));
        }
        Ok(Any::from(input.value))
    }
}

impl Encode for Any {
    fn encode(&self, out: &mut Output) {
        out.any(self);
    }
}
