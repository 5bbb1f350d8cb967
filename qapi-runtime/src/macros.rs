//! Macros for users and for generated code.

/// Includes generated code as a module: the file `NAME.rs` in cargo's `OUT_DIR`.
///
/// Attributes and visibility apply to the module.
///
/// ```text
/// qapi_runtime::include_schema!(pub mod qapi = "qapi-schema");
/// ```
#[macro_export]
macro_rules! include_schema {
    ($(#[$attribute:meta])* $visibility:vis mod $name:ident = $file:literal) => {
        $(#[$attribute])*
        $visibility mod $name {
            include!(concat!(env!("OUT_DIR"), "/", $file, ".rs"));
        }
    };
}

/// Implements serde's `Serialize` and `Deserialize` by way of [`Encode`](crate::Encode) and [`Decode`](crate::Decode).
///
/// Generated code calls it once per type. Without the feature `serde` it expands to nothing.
#[cfg(not(feature = "serde"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_serde {
    ($($type:ty),+ $(,)?) => {};
}

/// Implements serde's `Serialize` and `Deserialize` by way of [`Encode`](crate::Encode) and [`Decode`](crate::Decode).
///
/// Generated code calls it once per type. Without the feature `serde` it expands to nothing.
#[cfg(feature = "serde")]
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_serde {
    ($($type:ty),+ $(,)?) => {$(
        impl $crate::private::serde::Serialize for $type {
            fn serialize<S: $crate::private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::private::serde_bridge::serialize(self, serializer)
            }
        }

        impl<'de> $crate::private::serde::Deserialize<'de> for $type {
            fn deserialize<D: $crate::private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::private::serde_bridge::deserialize(deserializer)
            }
        }
    )+};
}

/// Returns the value of a `Result`, or makes the function return its error: `?` without its traits, which take a tenth
/// of the compile time of code that decodes thousands of members.
#[doc(hidden)]
#[macro_export]
macro_rules! __attempt {
    ($result:expr) => {
        match $result {
            ::core::result::Result::Ok(value) => value,
            ::core::result::Result::Err(error) => return ::core::result::Result::Err(error),
        }
    };
}

/// Implements [`Decode`](crate::Decode), [`Encode`](crate::Encode) and serde's traits for a struct with members.
#[doc(hidden)]
#[macro_export]
macro_rules! __record {
    ($name:ident) => {
        impl $crate::Decode for $name {
            #[inline]
            fn decode(input: $crate::Input<'_>) -> $crate::Result<Self> {
                $crate::private::decode_record(input)
            }
        }
        impl $crate::Encode for $name {
            #[inline]
            fn encode(&self, out: &mut $crate::Output) {
                $crate::private::encode_record(self, out);
            }
        }
        $crate::__impl_serde!($name);
    };
}

/// Implements the traits of a command or event whose members are those of another type.
#[doc(hidden)]
#[macro_export]
macro_rules! __newtype {
    ($name:ident, $inner:ty) => {
        impl ::core::ops::Deref for $name {
            type Target = $inner;
            #[inline]
            fn deref(&self) -> &$inner {
                &self.0
            }
        }
        impl ::core::ops::DerefMut for $name {
            #[inline]
            fn deref_mut(&mut self) -> &mut $inner {
                &mut self.0
            }
        }
        impl ::core::convert::From<$inner> for $name {
            #[inline]
            fn from(members: $inner) -> Self {
                Self(members)
            }
        }
        impl $crate::Decode for $name {
            #[inline]
            fn decode(input: $crate::Input<'_>) -> $crate::Result<Self> {
                $crate::Decode::decode(input).map(Self)
            }
        }
        impl $crate::Encode for $name {
            #[inline]
            fn encode(&self, out: &mut $crate::Output) {
                $crate::Encode::encode(&self.0, out);
            }
        }
        $crate::__impl_serde!($name);
    };
}

/// Implements the traits of an enumeration that cannot keep unknown values. `$features` are those of its values, or
/// empty.
#[doc(hidden)]
#[macro_export]
macro_rules! __closed_enum {
    ($name:ident, $features:expr) => {
        impl $crate::Decode for $name {
            #[inline]
            fn decode(input: $crate::Input<'_>) -> $crate::Result<Self> {
                $crate::private::decode_enum(input, Self::NAMES, $features, Self::ALL)
            }
        }
        $crate::__any_enum!($name);
    };
}

/// Implements the traits of an enumeration that keeps unknown values. `$features` are those of its values, or empty.
#[doc(hidden)]
#[macro_export]
macro_rules! __open_enum {
    ($name:ident, $features:expr) => {
        impl $crate::Decode for $name {
            #[inline]
            fn decode(input: $crate::Input<'_>) -> $crate::Result<Self> {
                match $crate::__attempt!(input.enum_index(Self::NAMES, $features)) {
                    ::core::option::Option::Some(index) => {
                        ::core::result::Result::Ok(::core::clone::Clone::clone(&Self::ALL[index]))
                    }
                    ::core::option::Option::None => $crate::Decode::decode(input).map(Self::Unknown),
                }
            }
        }
        $crate::__any_enum!($name);
    };
}

/// Implements the traits that all enumerations have in common.
#[doc(hidden)]
#[macro_export]
macro_rules! __any_enum {
    ($name:ident) => {
        impl ::core::str::FromStr for $name {
            type Err = $crate::Error;
            #[inline]
            fn from_str(name: &str) -> $crate::Result<Self> {
                $crate::private::parse_enum(name, Self::NAMES, Self::ALL)
            }
        }
        impl ::core::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }
        impl $crate::Encode for $name {
            #[inline]
            fn encode(&self, out: &mut $crate::Output) {
                out.string(self.as_str());
            }
        }
        $crate::__impl_serde!($name);
    };
}
