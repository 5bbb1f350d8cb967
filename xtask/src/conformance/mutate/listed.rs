//! The intended differences, each with its reason.

use super::judges::Verdicts;

/// A reason, with the test for its differences.
type Listed = (&'static str, fn(&str, &Verdicts) -> bool);

const LISTED: &[Listed] = &[
    ("QEMU's compiler crashes: there is no verdict to agree with", |_, verdicts| {
        verdicts.qemu.as_deref().is_some_and(|said| said.starts_with("crash: "))
    }),
    (
        "types that QEMU's compiler makes for itself (`q_empty`, `intList`) are no types of the language",
        |_, verdicts| {
            verdicts.ours.iter().any(|(code, message, _)| {
                let name = message.split('\'').rev().nth(1).unwrap_or_default();
                *code == "unknown-type"
                    && (name.starts_with("q_") || name.ends_with("List") || name == "QType")
            })
        },
    ),
    ("the features of an enum value are distinct, as those of everything else", |_, verdicts| {
        verdicts.qemu.is_none()
            && verdicts
                .ours
                .iter()
                .all(|(code, message, _)| *code == "name-clash" && message.starts_with("feature "))
    }),
];

/// The reason for a difference, if it is intended.
pub(super) fn reason(text: &str, verdicts: &Verdicts) -> Option<&'static str> {
    LISTED.iter().find(|(_, has)| has(text, verdicts)).map(|(reason, _)| *reason)
}
