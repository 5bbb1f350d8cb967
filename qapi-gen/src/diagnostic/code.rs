//! The table of all diagnostic codes. Names are stable: users filter and test by them.

use std::fmt;

macro_rules! codes {
    ($($variant:ident $name:literal $explanation:literal,)*) => {
        /// What rule a diagnostic is about.
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

// One line a code: variant, name, the rule. Every code has a fixture in `tests/diagnostics`.
codes! {
    // Files.
    UnreadableFile "unreadable-file" "A file that was named by the user must be readable.",
    FileNotUtf8 "file-not-utf8" "Schema files are UTF-8.",
    FileTooLarge "file-too-large" "A schema file is smaller than 4 GiB.",

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
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
