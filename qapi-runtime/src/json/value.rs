use std::borrow::Cow;

mod object;

pub use object::Object;

/// A JSON value. Strings without escapes are borrowed from the text.
///
/// Dropping, cloning, comparing and converting recurse as deep as the value is nested, which the parser limits to
/// 1,024: a few hundred KiB of stack without optimisation.
// Recursive functions here and in `convert` use plain loops: iterator chains take several times the stack in
// unoptimised code, and 1,024 levels would not fit the 2 MiB of a thread.
#[derive(Debug, Default)]
pub enum Value<'a> {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A signed 64-bit integer.
    Int(i64),
    /// An integer above [`i64::MAX`]; others are [`Int`](Self::Int).
    UInt(u64),
    /// A number with a fraction or an exponent, or an integer beyond 64 bits. Infinite if beyond the range of a double.
    Float(f64),
    /// A string.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Value<'a>>),
    /// An object.
    Object(Object<'a>),
}

impl<'a> Value<'a> {
    /// About how many bytes of memory the owned value takes.
    pub(crate) fn memory(&self) -> usize {
        let inside = match self {
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::UInt(_) | Value::Float(_) => 0,
            Value::String(text) => text.len(),
            Value::Array(values) => values.iter().map(Value::memory).sum(),
            Value::Object(members) => {
                members.iter().map(|(name, value)| name.len() + 24 + value.memory()).sum()
            }
        };
        size_of::<Value<'_>>() + inside
    }

    /// The text, if the value is a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The members, if the value is an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&Object<'a>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The elements, if the value is an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Value<'a>]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The value of a member, if the value is an object with this member.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.as_object()?.get(name)
    }

    /// Clones all borrowed strings.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        // By reference: moving the value of each level would take several times the stack.
        self.to_static()
    }

    pub(crate) fn to_static(&self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Int(number) => Value::Int(*number),
            Self::UInt(number) => Value::UInt(*number),
            Self::Float(number) => Value::Float(*number),
            Self::String(text) => Value::String(Cow::Owned(text.clone().into_owned())),
            Self::Array(elements) => {
                let mut owned = Vec::with_capacity(elements.len());
                for element in elements {
                    owned.push(element.to_static());
                }
                Value::Array(owned)
            }
            Self::Object(object) => Value::Object(object.to_static()),
        }
    }

    /// Whether it contains a number beyond the range of a double, which cannot be written as JSON.
    pub(crate) fn has_infinity(&self) -> bool {
        match self {
            Self::Float(number) => !number.is_finite(),
            Self::Array(elements) => {
                for element in elements {
                    if element.has_infinity() {
                        return true;
                    }
                }
                false
            }
            Self::Object(object) => {
                for (_, value) in object.as_slice() {
                    if value.has_infinity() {
                        return true;
                    }
                }
                false
            }
            _ => false,
        }
    }
}

impl Clone for Value<'_> {
    fn clone(&self) -> Self {
        match self {
            Self::Null => Self::Null,
            Self::Bool(value) => Self::Bool(*value),
            Self::Int(number) => Self::Int(*number),
            Self::UInt(number) => Self::UInt(*number),
            Self::Float(number) => Self::Float(*number),
            Self::String(text) => Self::String(text.clone()),
            Self::Array(elements) => {
                let mut cloned = Vec::with_capacity(elements.len());
                for element in elements {
                    cloned.push(element.clone());
                }
                Self::Array(cloned)
            }
            Self::Object(object) => Self::Object(object.clone()),
        }
    }
}

impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::UInt(a), Self::UInt(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a == b,
            (Self::String(a), Self::String(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => {
                if a.len() != b.len() {
                    return false;
                }
                for index in 0..a.len() {
                    if a[index] != b[index] {
                        return false;
                    }
                }
                true
            }
            (Self::Object(a), Self::Object(b)) => a == b,
            _ => false,
        }
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<u64> for Value<'_> {
    fn from(number: u64) -> Self {
        i64::try_from(number).map_or(Self::UInt(number), Self::Int)
    }
}

impl From<f64> for Value<'_> {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::String(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::String(Cow::Owned(text))
    }
}

impl<'a> From<Vec<Value<'a>>> for Value<'a> {
    fn from(elements: Vec<Value<'a>>) -> Self {
        Self::Array(elements)
    }
}

impl<'a> From<Object<'a>> for Value<'a> {
    fn from(object: Object<'a>) -> Self {
        Self::Object(object)
    }
}
