//! Enumerations by the names that the client's schema has for them.

use super::{Capabilities, Type};
use crate::tables::EnumPlaces;

impl Capabilities {
    /// The same, of a client whose schema uses its enumerations there.
    #[cfg_attr(not(any(feature = "threads", feature = "tokio")), allow(dead_code, reason = "clients use it"))]
    pub(in crate::client) fn of_schema(mut self, enumerations: &'static [EnumPlaces]) -> Capabilities {
        self.enumerations = enumerations;
        self
    }

    /// The enumeration that the client's schema calls so, as the server has it.
    ///
    /// A server masks the names of types. So the enumeration is looked for where the client's schema uses it: in the
    /// arguments and the return values of its commands, in the data of its events. None when the schema has no such
    /// enumeration, or none of the places is one in the server's schema.
    ///
    /// ```
    /// # fn show(capabilities: &qapi_runtime::client::Capabilities) {
    /// if let Some(actions) = capabilities.enumeration("PanicAction") {
    ///     println!("a panic can do: {}", actions.values().join(", "));
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn enumeration(&self, name: &str) -> Option<Type<'_>> {
        let (_, places) = self.enumerations.iter().find(|(enumeration, _)| *enumeration == name)?;
        places.iter().find_map(|place| self.at(place)).filter(|ty| ty.is_enumeration())
    }

    /// Whether the enumeration that the client's schema calls so has this value in the server's; see
    /// [`enumeration`](Self::enumeration).
    #[must_use]
    pub fn has_enum_value(&self, enumeration: &str, value: &str) -> bool {
        self.enumeration(enumeration).is_some_and(|ty| ty.has_value(value))
    }

    /// The type at a place, as [`ClientSchema::ENUMERATIONS`](crate::client::ClientSchema::ENUMERATIONS) writes it.
    fn at(&self, place: &str) -> Option<Type<'_>> {
        let (root, mut rest) = place.split_at(place.find(['/', '=']).unwrap_or(place.len()));
        let mut ty = match root.split_at_checked(1)? {
            (">", command) => self.arguments(command),
            ("<", command) => self.returns(command),
            (_, event) => self.data(event),
        }?;
        while let Some((separator, path)) = rest.split_at_checked(1) {
            let (step, behind) = path.split_at(path.find(['/', '=']).unwrap_or(path.len()));
            ty = if separator == "=" { ty.branch(step)? } else { ty.own_member(step)?.ty() };
            rest = behind;
        }
        Some(ty)
    }
}
