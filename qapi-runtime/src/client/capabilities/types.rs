//! The types of a server's schema. Their names are masked.

use std::collections::{BTreeSet, HashMap};

/// All types by their masked names.
#[derive(Clone, Debug, Default)]
pub(super) struct Table(pub(super) HashMap<String, Entry>);

#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    pub(super) shape: Shape,
    pub(super) features: BTreeSet<String>,
}

#[derive(Clone, Debug)]
pub(super) enum Shape {
    Enum(Vec<Named>),
    /// The name of the elements' type.
    Array(String),
    Object {
        members: Vec<MemberEntry>,
        /// The member that selects the branch.
        tag: Option<String>,
        /// Pairs of the discriminator's value and the name of the branch's type.
        branches: Vec<(String, String)>,
    },
    /// The names of the alternatives' types.
    Alternate(Vec<String>),
    Builtin(Kind),
}

impl Default for Shape {
    /// The shape of a type that this client does not know.
    fn default() -> Shape {
        Shape::Builtin(Kind::Any)
    }
}

/// The kind of a built-in type's values.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Any,
    Null,
    Bool,
    Integer,
    Number,
    String,
}

#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) features: BTreeSet<String>,
}

#[derive(Clone, Debug)]
pub(super) struct MemberEntry {
    pub(super) named: Named,
    pub(super) ty: String,
    pub(super) optional: bool,
}

impl Table {
    pub(super) fn get(&self, name: &str) -> Option<Type<'_>> {
        Some(Type { table: self, entry: self.0.get(name)? })
    }
}

/// A type of a server's schema.
#[derive(Clone, Copy, Debug)]
pub struct Type<'a> {
    pub(super) table: &'a Table,
    pub(super) entry: &'a Entry,
}

/// A member of a type of a server's schema.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    table: &'a Table,
    entry: &'a MemberEntry,
}

impl<'a> Type<'a> {
    /// The member at this path: names joined by dots. Looks into all branches of a union, all alternatives of an
    /// alternate, and the elements of a list.
    #[must_use]
    pub fn member(self, path: &str) -> Option<Member<'a>> {
        let (name, rest) = match path.split_once('.') {
            // Names in QAPI have no dots, except for vendor prefixes: `__com.redhat_x`.
            Some((first, rest)) if !first.starts_with("__") => (first, Some(rest)),
            _ => (path, None),
        };
        let members = self.all_members();
        match rest {
            None => members.into_iter().find(|member| member.name() == name),
            // Several branches may have a member of this name, with different types.
            Some(rest) => {
                let mut named = members.into_iter().filter(|member| member.name() == name);
                named.find_map(|member| member.ty().member(rest))
            }
        }
    }

    /// All members that values of this type may have, including those of branches and alternatives.
    #[must_use]
    pub fn members(self) -> Vec<Member<'a>> {
        self.all_members()
    }

    /// Whether this is an enumeration with this value. Looks into the elements of a list and the alternatives of an
    /// alternate.
    #[must_use]
    pub fn has_value(self, value: &str) -> bool {
        self.value(value).is_some()
    }

    /// Whether this value of the enumeration has this feature.
    #[must_use]
    pub fn value_has_feature(self, value: &str, feature: &str) -> bool {
        self.value(value).is_some_and(|value| value.features.contains(feature))
    }

    /// Whether the type has this feature, or the elements of a list or an alternative of an alternate.
    ///
    /// ```
    /// # fn show(capabilities: &qapi_runtime::client::Capabilities) {
    /// let arguments = capabilities.arguments("blockdev-add");
    /// let file = arguments.and_then(|arguments| arguments.branch("file"));
    /// let can_reopen = file.is_some_and(|file| file.has_feature("dynamic-auto-read-only"));
    /// # let _ = can_reopen;
    /// # }
    /// ```
    #[must_use]
    pub fn has_feature(self, feature: &str) -> bool {
        self.within().into_iter().any(|ty| ty.entry.features.contains(feature))
    }

    /// The values of the enumeration. Empty for other types.
    #[must_use]
    pub fn values(self) -> Vec<&'a str> {
        let enumerations = self.within().into_iter();
        enumerations.flat_map(Type::own_values).map(|value| &value.name[..]).collect()
    }

    fn value(self, name: &str) -> Option<&'a Named> {
        self.within().into_iter().flat_map(Type::own_values).find(|value| value.name == name)
    }

    fn own_values(self) -> &'a [Named] {
        match &self.entry.shape {
            Shape::Enum(values) => values,
            _ => &[],
        }
    }

    /// The branch of a union that this value of the discriminator chooses.
    #[must_use]
    pub fn branch(self, value: &str) -> Option<Type<'a>> {
        let mut types = self.within().into_iter();
        types.find_map(|ty| match &ty.entry.shape {
            Shape::Object { branches, .. } => {
                let (_, branch) = branches.iter().find(|(case, _)| case == value)?;
                self.table.get(branch)
            }
            _ => None,
        })
    }

    /// Whether this is an enumeration, a list of one, or an alternate with one.
    pub(super) fn is_enumeration(self) -> bool {
        self.within().into_iter().any(|ty| matches!(ty.entry.shape, Shape::Enum(_)))
    }

    /// The member of this name: a common one, or else one of a branch.
    pub(super) fn own_member(self, name: &str) -> Option<Member<'a>> {
        let own = self.within().into_iter().find_map(|ty| match &ty.entry.shape {
            Shape::Object { members, .. } => {
                let entry = members.iter().find(|member| member.named.name == name)?;
                Some(Member { table: self.table, entry })
            }
            _ => None,
        });
        own.or_else(|| self.all_members().into_iter().find(|member| member.name() == name))
    }

    fn all_members(self) -> Vec<Member<'a>> {
        let mut found = Vec::new();
        let mut open = self.within();
        // Branches are structs or, since QEMU 8.1, unions. `seen` guards against a server that sends a cycle.
        let mut seen: Vec<*const Entry> = Vec::new();
        while let Some(ty) = open.pop() {
            if seen.contains(&std::ptr::from_ref(ty.entry)) {
                continue;
            }
            seen.push(std::ptr::from_ref(ty.entry));
            if let Shape::Object { members, branches, .. } = &ty.entry.shape {
                found.extend(members.iter().map(|entry| Member { table: self.table, entry }));
                open.extend(branches.iter().filter_map(|(_, branch)| self.table.get(branch)));
            }
        }
        found
    }

    /// The type itself, the element type of a list, and the alternatives of an alternate, recursively.
    fn within(self) -> Vec<Type<'a>> {
        let mut found: Vec<Type<'a>> = vec![self];
        let mut next = 0;
        while let Some(ty) = found.get(next).copied() {
            next += 1;
            let names = match &ty.entry.shape {
                Shape::Array(element) => std::slice::from_ref(element),
                Shape::Alternate(alternatives) => alternatives,
                _ => &[],
            };
            for other in names.iter().filter_map(|name| self.table.get(name)) {
                if !found.iter().any(|ty| std::ptr::eq(ty.entry, other.entry)) {
                    found.push(other);
                }
            }
        }
        found
    }
}

impl<'a> Member<'a> {
    /// The member's name.
    #[must_use]
    pub fn name(self) -> &'a str {
        &self.entry.named.name
    }

    /// The member's type.
    #[must_use]
    pub fn ty(self) -> Type<'a> {
        static UNKNOWN: Entry = Entry { shape: Shape::Builtin(Kind::Any), features: BTreeSet::new() };
        let found = self.table.get(&self.entry.ty);
        found.unwrap_or(Type { table: self.table, entry: &UNKNOWN })
    }

    /// Whether the member may be absent.
    #[must_use]
    pub fn is_optional(self) -> bool {
        self.entry.optional
    }

    /// Whether the member has this feature.
    #[must_use]
    pub fn has_feature(self, feature: &str) -> bool {
        self.entry.named.features.contains(feature)
    }
}
