//! The table of rules that differ between versions.

use super::Language;

macro_rules! rules {
    ($($variant:ident $since:expr, $until:expr, $text:literal;)*) => {
        /// A rule that only some versions of the language have.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $(#[doc = $text] $variant,)*
        }

        impl Rule {
            /// Every rule, in the order of the table.
            pub const ALL: &'static [Rule] = &[$(Rule::$variant),*];

            /// The first language that has the rule; `None` if the oldest has it.
            pub const fn since(self) -> Option<Language> {
                match self { $(Rule::$variant => $since),* }
            }

            /// The first language that no longer has the rule; `None` if the newest has it.
            pub const fn until(self) -> Option<Language> {
                match self { $(Rule::$variant => $until),* }
            }

            /// The rule as a sentence.
            pub const fn text(self) -> &'static str {
                match self { $(Rule::$variant => $text),* }
            }
        }
    };
}

const V10_0: Option<Language> = Some(Language::V10_0);
const V10_2: Option<Language> = Some(Language::V10_2);

// One entry for each rule: since, until, text. `None` means that the oldest or the newest language has it.
rules! {
    HeadingInDefinition None, V10_2, "The documentation of a definition has no line that begins with `=`.";
    HeadingFirst V10_0, V10_2, "A line that begins with `=` is a heading, and the first line of its comment.";
    LineLength V10_2, None, "A line of documentation has at most 70 characters. Literal blocks and lone addresses may be longer.";
    SentenceSpacing V10_2, None, "Two spaces stand between sentences of documentation.";
    OlderSections None, V10_0, "A tag or a description begins on any line, its further lines are indented as its text is, and `Errors:` is no tag.";
    LegacyTags V10_0, None, "`Note:`, `Notes:`, `Example:` and `Examples:` are no tags: rST directives say the same.";
    DescribedMembers V10_0, None, "The documentation of a definition describes all of its members.";
    ReturnsNothing V10_0, None, "The documentation of a command that returns nothing has no section `Returns:`.";
    StructBranches None, V10_0, "A branch of a union is a struct, and not a union.";
    BoxedConditions V10_0, None, "Arguments and data with conditional members are boxed.";
    NoDocumentationExceptions None, V10_0, "There is no pragma `documentation-exceptions`.";
    FaultsAtComment None, V10_0, "QEMU names the first line of the comment when documentation does not fit its definition.";
}

impl Rule {
    /// The releases that refuse the form, for the note below an error that the rule caused.
    pub(crate) fn history(self) -> String {
        match (self.since(), self.until()) {
            (Some(since), None) => format!("refused since QEMU {since}"),
            (None, Some(until)) => format!("accepted since QEMU {until}"),
            (Some(since), Some(until)) => {
                format!("refused since QEMU {since}, and accepted since QEMU {until}")
            }
            (None, None) => unreachable!("a rule that never changes is not in the table"),
        }
    }
}
