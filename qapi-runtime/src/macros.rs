//! The macros that users and generated code call.

/// Includes generated code as a module: `NAME.rs` of cargo's `OUT_DIR`.
///
/// Attributes and the visibility are those of the module.
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
/// Generated code calls it once a type. Without the feature `serde` it is empty.
#[cfg(not(feature = "serde"))]
#[macro_export]
macro_rules! impl_serde {
    ($($type:ty),+ $(,)?) => {};
}

/// Implements serde's `Serialize` and `Deserialize` by way of [`Encode`](crate::Encode) and [`Decode`](crate::Decode).
///
/// Generated code calls it once a type. Without the feature `serde` it is empty.
#[cfg(feature = "serde")]
#[macro_export]
macro_rules! impl_serde {
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
