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

/// Implements what the generated types of all drivers have in common. The type is a newtype over
/// [`Device`](crate::device::Device).
#[doc(hidden)]
#[macro_export]
macro_rules! __device {
    ($name:ident, $driver:literal) => {
        #[allow(dead_code, unreachable_pub)]
        impl $name {
            /// The device, with the defaults of all its properties.
            pub fn new() -> Self {
                Self($crate::device::Device::new($driver))
            }

            /// Sets the id, by which `device_del` and events name the device.
            pub fn id(self, id: impl ::core::convert::Into<::std::string::String>) -> Self {
                Self(self.0.id(id))
            }

            /// Sets the bus on which the device is placed. Without it, QEMU takes the first that fits.
            pub fn bus(self, bus: impl ::core::convert::Into<::std::string::String>) -> Self {
                Self(self.0.bus(bus))
            }

            /// Sets a property, see [`Device::set`]($crate::device::Device::set).
            pub fn set<T: ::core::convert::Into<$crate::Any>>(
                self,
                property: $crate::device::Property<T>,
                value: impl ::core::convert::Into<T>,
            ) -> Self {
                Self(self.0.set(property, value))
            }

            /// Sets all members of an object, see [`Device::with_members`]($crate::device::Device::with_members).
            ///
            /// # Errors
            ///
            /// Those of `Device::with_members`.
            pub fn with_members(self, members: &impl $crate::Encode) -> $crate::Result<Self> {
                self.0.with_members(members).map(Self)
            }

            /// The device as JSON, as the option `-device` of QEMU takes it.
            ///
            /// # Errors
            ///
            /// A member has a number that JSON cannot express.
            pub fn to_json(&self) -> $crate::Result<::std::string::String> {
                self.0.to_json()
            }
        }

        impl ::core::default::Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl ::core::convert::From<$name> for $crate::device::Device {
            fn from(device: $name) -> Self {
                device.0
            }
        }

        impl $crate::Encode for $name {
            fn encode(&self, out: &mut $crate::Output) {
                $crate::Encode::encode(&self.0, out);
            }
        }

        impl $crate::Decode for $name {
            fn decode(input: $crate::Input<'_>) -> $crate::Result<Self> {
                $crate::device::Device::decode_of($driver, input).map(Self)
            }
        }

        impl $crate::Command for $name {
            const SPEC: $crate::CommandSpec = <$crate::device::Device as $crate::Command>::SPEC;
            type Ok = ();
            type Protocol = <$crate::device::Device as $crate::Command>::Protocol;
        }
    };
}

/// Implements what the generated enumerations of properties need beyond `open_enum`.
#[doc(hidden)]
#[macro_export]
macro_rules! __property_values {
    ($name:ident) => {
        impl ::core::convert::From<$name> for $crate::Any {
            fn from(value: $name) -> Self {
                Self::String(value.as_str().to_owned())
            }
        }
    };
}
