//! The table of all diagnostic codes. Names are stable: users filter and test by them.

use std::fmt;

macro_rules! codes {
    ($($variant:ident $name:literal $explanation:literal,)*) => {
        /// The rule that a diagnostic is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $explanation] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the stages.
            pub const ALL: &'static [Code] = &[$(Code::$variant),*];

            /// The stable name: lower case, words joined by `-`.
            pub const fn name(self) -> &'static str {
                match self { $(Code::$variant => $name),* }
            }

            /// The rule, in one line.
            pub const fn explanation(self) -> &'static str {
                match self { $(Code::$variant => $explanation),* }
            }
        }
    };
}

// One line for each code: variant, name, rule. Every code has a fixture in `tests/diagnostics`.
codes! {
    // Files.
    UnreadableFile "unreadable-file" "A file that was named by the user must be readable.",
    FileNotUtf8 "file-not-utf8" "Schema files are UTF-8.",
    FileTooLarge "file-too-large" "A schema file is smaller than 4 GiB.",
    UnknownLanguage "unknown-language" "A comment that names the language of a schema names one that there is.",
    UnknownIntegers "unknown-integers" "A comment about the integers of a schema says that they are 'wide'.",

    // Tokens.
    StrayText "stray-text" "Outside of strings and comments there are only `{ } [ ] : ,`, `true` and `false`.",
    UnterminatedString "unterminated-string" "A string ends on the line on which it starts.",
    UnknownEscape "unknown-escape" "The only escape sequence in strings is `\\\\`.",
    NonPrintableString "non-printable-string" "Strings consist of printable ASCII characters.",

    // Form.
    UnexpectedToken "unexpected-token" "Objects and lists follow JSON's rules, without trailing commas.",
    DuplicateKey "duplicate-key" "A key appears once in an object.",
    TooDeep "too-deep" "Objects and lists are nested at most 200 deep.",
    NotAnObject "not-an-object" "Every top-level expression is an object.",
    TooManySyntaxErrors "too-many-syntax-errors" "After 500 syntax errors the rest of a file is not read.",

    // Directives.
    InvalidInclude "invalid-include" "An include directive has the one key 'include'; its value is a string.",
    IncludeUnreadable "include-unreadable" "An included file must exist and be readable.",
    IncludeCycle "include-cycle" "A file must not include itself, not even through others.",
    InvalidPragma "invalid-pragma" "A pragma directive has the one key 'pragma'; its value is an object.",
    UnknownPragma "unknown-pragma" "There are five pragmas, and no others.",
    InvalidPragmaValue "invalid-pragma-value" "A pragma's value has the type of that pragma.",

    // Form of documentation.
    DocUnterminated "doc-unterminated" "A documentation comment ends with a line `##`; every line of it starts with `#`.",
    DocJunkAfterMark "doc-junk-after-mark" "The lines that start and end a documentation comment consist of `##` alone.",
    DocLongLine "doc-long-line" "A line of documentation has at most 70 characters.",
    DocSentenceSpacing "doc-sentence-spacing" "Two spaces stand between sentences of documentation.",
    DocMissingSpace "doc-missing-space" "In a documentation comment a space follows the `#`.",
    DocMissingColon "doc-missing-colon" "The line that names the documented definition ends with `:`.",
    DocMissingName "doc-missing-name" "A name follows the `@`.",
    DocDuplicateDescription "doc-duplicate-description" "A member or feature is described once.",
    DocDuplicateFeatures "doc-duplicate-features" "The line `Features:` appears once in a documentation comment.",
    DocEmptyFeatures "doc-empty-features" "Descriptions of features follow the line `Features:`.",
    DocDuplicateSection "doc-duplicate-section" "The sections Returns, Errors and Since appear once each.",
    DocEmptySection "doc-empty-section" "A tagged section has a text.",
    DocInterleavedMember "doc-interleaved-member" "Descriptions of members stand before all sections.",
    DocBadIndent "doc-bad-indent" "All lines of a description are indented alike.",
    DocHeadingInDefinition "doc-heading-in-definition" "Headings (`=`) belong in free-form documentation.",
    DocHeadingNotFirst "doc-heading-not-first" "A heading is the first line of its comment.",
    DocMemberInFreeForm "doc-member-in-free-form" "Free-form documentation describes no members.",
    DocLegacySection "doc-legacy-section" "Notes and examples are written as rST directives, not as tagged sections.",
    DocNotADefinition "doc-not-a-definition" "Documentation that stands before a definition names it in its first line.",
    DocWithoutDefinition "doc-without-definition" "Documentation of a definition is followed by that definition.",

    // Form of definitions.
    DefinitionKind "definition-kind" "A definition has exactly one of the keys 'enum', 'struct', 'union', 'alternate', 'command' and 'event'.",
    MissingKey "missing-key" "Keys that are not optional must be there.",
    UnknownKey "unknown-key" "Every part of a definition has its keys, and no others.",
    WrongValueType "wrong-value-type" "The value of a key has the form that the key asks for.",
    FlagValue "flag-value" "A flag is stated only with the value that is not its default.",
    IncompatibleFlags "incompatible-flags" "A command is not both a coroutine and out-of-band.",
    BoxedWithoutData "boxed-without-data" "What is boxed has data.",
    ArrayForm "array-form" "An array type consists of exactly one type name.",
    ConditionForm "condition-form" "A condition is the name of a define, or an object with the one key 'all', 'any' or 'not'.",
    ConditionName "condition-name" "The names of defines are upper case letters, digits and `_`.",

    // Names.
    NameNotAString "name-not-a-string" "Names are strings.",
    InvalidName "invalid-name" "A name begins with a letter and consists of letters, digits, `-` and `_`; `__RFQDN_` may precede it.",
    ReservedName "reserved-name" "Some names are reserved for generated code.",
    NameCase "name-case" "Types are in CamelCase, events in upper case, everything else in lower case with `-` between words.",
    DuplicateDefinition "duplicate-definition" "Types, commands and events have distinct names.",
    NameClash "name-clash" "What stands in one object or list has distinct names, in C too.",

    // References.
    UnknownType "unknown-type" "A type that is referred to is defined somewhere in the schema.",
    BaseNotStruct "base-not-struct" "A base is a struct.",
    ContainsItself "contains-itself" "An object does not contain itself through its base or its branches.",
    DiscriminatorUnknown "discriminator-unknown" "A union's discriminator is one of its common members.",
    DiscriminatorNotEnum "discriminator-not-enum" "A union's discriminator is of an enum.",
    DiscriminatorOptional "discriminator-optional" "A union's discriminator is not optional.",
    DiscriminatorConditional "discriminator-conditional" "A union's discriminator is not conditional.",
    UnionWithoutBranches "union-without-branches" "A union has at least one branch.",
    BranchUnknownValue "branch-unknown-value" "A branch is a value of the discriminator's enum.",
    BranchType "branch-type" "A branch is of a struct or union.",
    AlternateEmpty "alternate-empty" "An alternate has at least one alternative.",
    AlternativeType "alternative-type" "An alternative is of a type that can be told by its form in JSON.",
    AlternativesAmbiguous "alternatives-ambiguous" "Alternatives differ in their form in JSON.",
    DataType "data-type" "Arguments of commands and data of events are objects.",
    UnionNotBoxed "union-not-boxed" "Arguments and data of a union type are boxed.",
    ConditionalNotBoxed "conditional-not-boxed" "Arguments and data with conditional members are boxed.",
    ReturnsType "returns-type" "A command returns an object or an array of objects.",
    SpecialFeatureOnType "special-feature-on-type" "Types are not deprecated or unstable; what uses them is.",
    TooManyFeatures "too-many-features" "A schema has at most 64 features.",

    // Documentation of definitions.
    DocRequired "doc-required" "Where the pragma 'doc-required' says so, every definition is documented.",
    DocWrongName "doc-wrong-name" "Documentation names the definition that follows it.",
    DocUnknownMember "doc-unknown-member" "What is described is a member of the definition.",
    DocUnknownFeature "doc-unknown-feature" "What is described below `Features:` is a feature of the definition.",
    DocMissingMember "doc-missing-member" "The documentation of a definition describes all of its members.",
    DocMissingFeature "doc-missing-feature" "The documentation of a definition describes all of its features.",
    DocSectionNotCommand "doc-section-not-command" "Only the documentation of commands has sections Returns and Errors.",
    DocReturnsNothing "doc-returns-nothing" "Only the documentation of a command that returns something has a section Returns.",

    // Generated Rust.
    RustUnknownName "rust-unknown-name" "An option names something that the schema has.",
    RustExternMismatch "rust-extern-mismatch" "A module that is generated elsewhere has the same definitions there.",
    RustOption "rust-option" "Paths, attributes and predicates in options are Rust, and options agree with the schema.",

    // Warnings.
    ConditionNotImplied "condition-not-implied" "What refers to a conditional type depends on the type's condition.",
    UnusedDefine "unused-define" "A define that is set is one that the schema asks for.",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
