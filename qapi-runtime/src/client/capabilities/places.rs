//! Finds enumerations by their names in the client's schema.

use super::{Capabilities, Type};
use crate::tables::EnumPlaces;

impl Capabilities {
    /// Adds the places where the client's schema uses its enumerations.
    pub(in crate::client) fn of_schema(mut self, enumerations: &'static [EnumPlaces]) -> Capabilities {
        self.enumerations = enumerations;
        self
    }

    /// The server's version of an enumeration, by its name in the client's schema.
    ///
    /// A server masks the names of types. So this looks where the client's schema uses the enumeration: in arguments
    /// and return values of commands, and in data of events. `None` when the client's schema has no such enumeration,
    /// or the server has no enumeration at any of these places.
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

    /// Whether the server's version of an [`enumeration`](Self::enumeration) has this value.
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
