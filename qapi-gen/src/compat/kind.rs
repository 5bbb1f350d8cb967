//! The kinds of changes.

use std::fmt;

macro_rules! kinds {
    ($($variant:ident $name:literal $meaning:literal,)*) => {
        /// The kind of a change. Names are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Kind {
            $(#[doc = $meaning] $variant,)*
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Kind] = &[$(Kind::$variant),*];

            /// The stable name: lower case, words joined by `-`.
            pub const fn name(self) -> &'static str {
                match self { $(Kind::$variant => $name),* }
            }

            /// A description of the change.
            pub const fn meaning(self) -> &'static str {
                match self { $(Kind::$variant => $meaning),* }
            }
        }
    };
}

kinds! {
    CommandAdded "command-added" "A command was added.",
    CommandRemoved "command-removed" "A command was removed.",
    EventAdded "event-added" "An event was added.",
    EventRemoved "event-removed" "An event was removed.",
    OptionalMemberAdded "optional-member-added" "An optional member was added.",
    RequiredMemberAdded "required-member-added" "A required member was added.",
    OptionalMemberRemoved "optional-member-removed" "An optional member was removed.",
    RequiredMemberRemoved "required-member-removed" "A required member was removed.",
    MemberMadeOptional "member-made-optional" "A required member became optional.",
    MemberMadeRequired "member-made-required" "An optional member became required.",
    OptionalMemberToBranches "optional-member-to-branches" "An optional member is now in some branches only.",
    RequiredMemberToBranches "required-member-to-branches" "A required member is now in some branches only.",
    OptionalMemberFromBranches "optional-member-from-branches" "A member of some branches became an optional member of all.",
    RequiredMemberFromBranches "required-member-from-branches" "A member of some branches became a required member of all.",
    DiscriminatorChanged "discriminator-changed" "Another member selects the branch.",
    IntegerWidened "integer-widened" "An integer has a larger range.",
    IntegerNarrowed "integer-narrowed" "An integer has a smaller range.",
    IntegerChanged "integer-changed" "An integer has another range.",
    IntegerToNumber "integer-to-number" "An integer became a number.",
    NumberToInteger "number-to-integer" "A number became an integer.",
    EnumToStr "enum-to-str" "An enumeration became an arbitrary string.",
    StrToEnum "str-to-enum" "An arbitrary string became an enumeration.",
    TypeToAlternate "type-to-alternate" "A type became an alternate that has it.",
    AlternateToType "alternate-to-type" "An alternate became one of its alternatives.",
    TypeToAny "type-to-any" "A type became any value.",
    AnyToType "any-to-type" "Any value became a type.",
    TypeChanged "type-changed" "The type is another one.",
    EnumValueAdded "enum-value-added" "A value was added to an enumeration.",
    EnumValueRemoved "enum-value-removed" "A value was removed from an enumeration.",
    BranchAdded "branch-added" "A value of the discriminator got a branch of optional members.",
    RequiredBranchAdded "required-branch-added" "A value of the discriminator got a branch with required members.",
    BranchRemoved "branch-removed" "A value of the discriminator lost its branch.",
    NewBranch "new-branch" "A branch was added together with its value.",
    LostBranch "lost-branch" "A branch was removed together with its value.",
    AlternativeAdded "alternative-added" "An alternative was added to an alternate.",
    AlternativeRemoved "alternative-removed" "An alternative was removed from an alternate.",
    FeatureAdded "feature-added" "A feature was added.",
    FeatureRemoved "feature-removed" "A feature was removed.",
    Deprecated "deprecated" "The feature 'deprecated' was added.",
    Undeprecated "undeprecated" "The feature 'deprecated' was removed.",
    MadeUnstable "made-unstable" "The feature 'unstable' was added.",
    MadeStable "made-stable" "The feature 'unstable' was removed.",
    OobAllowed "allow-oob-added" "The command may be executed out of band.",
    OobForbidden "allow-oob-removed" "The command may not be executed out of band any more.",
    PreconfigAllowed "allow-preconfig-added" "The command may be executed before the machine is built.",
    PreconfigForbidden "allow-preconfig-removed" "The command may not be executed before the machine is built any more.",
    SuccessAnswered "success-response-added" "The command's success is answered.",
    SuccessSilent "success-response-removed" "The command's success is not answered any more.",
    DefaultChanged "default-changed" "The documentation names another default.",
    UnitChanged "unit-changed" "The documentation names another unit.",
    Undated "since-missing" "Something was added, and the documentation does not say in which version.",
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
