//! The verdicts that are demanded, written down apart from the code under test.

use qapi_gen::stages::compat::{Direction, Kind};

/// Name of the kind, verdict on what is sent, verdict on what is received; `-` where it cannot occur.
const VERDICTS: &[(&str, &str, &str)] = &[
    ("command-added", "compatible", "-"),
    ("command-removed", "incompatible", "-"),
    ("event-added", "-", "compatible"),
    ("event-removed", "-", "worth a look"),
    ("optional-member-added", "compatible", "compatible"),
    ("required-member-added", "incompatible", "compatible"),
    ("optional-member-removed", "incompatible", "worth a look"),
    ("required-member-removed", "incompatible", "incompatible"),
    ("member-made-optional", "compatible", "incompatible"),
    ("member-made-required", "incompatible", "compatible"),
    ("optional-member-to-branches", "worth a look", "worth a look"),
    ("required-member-to-branches", "incompatible", "incompatible"),
    ("optional-member-from-branches", "compatible", "worth a look"),
    ("required-member-from-branches", "incompatible", "compatible"),
    ("discriminator-changed", "worth a look", "worth a look"),
    ("integer-widened", "compatible", "worth a look"),
    ("integer-narrowed", "incompatible", "compatible"),
    ("integer-changed", "incompatible", "worth a look"),
    ("integer-to-number", "compatible", "incompatible"),
    ("number-to-integer", "incompatible", "compatible"),
    ("enum-to-str", "compatible", "worth a look"),
    ("str-to-enum", "worth a look", "compatible"),
    ("type-to-alternate", "compatible", "incompatible"),
    ("alternate-to-type", "incompatible", "worth a look"),
    ("type-to-any", "compatible", "incompatible"),
    ("any-to-type", "incompatible", "compatible"),
    ("type-changed", "incompatible", "incompatible"),
    ("enum-value-added", "compatible", "worth a look"),
    ("enum-value-removed", "incompatible", "worth a look"),
    ("branch-added", "compatible", "compatible"),
    ("required-branch-added", "incompatible", "compatible"),
    ("branch-removed", "incompatible", "incompatible"),
    ("new-branch", "compatible", "compatible"),
    ("lost-branch", "incompatible", "worth a look"),
    ("alternative-added", "compatible", "incompatible"),
    ("alternative-removed", "incompatible", "worth a look"),
    ("feature-added", "compatible", "compatible"),
    ("feature-removed", "worth a look", "worth a look"),
    ("deprecated", "compatible", "compatible"),
    ("undeprecated", "compatible", "compatible"),
    ("made-unstable", "incompatible", "incompatible"),
    ("made-stable", "compatible", "compatible"),
    ("allow-oob-added", "compatible", "-"),
    ("allow-oob-removed", "incompatible", "-"),
    ("allow-preconfig-added", "compatible", "-"),
    ("allow-preconfig-removed", "incompatible", "-"),
    ("success-response-added", "-", "worth a look"),
    ("success-response-removed", "-", "incompatible"),
    ("default-changed", "worth a look", "worth a look"),
    ("unit-changed", "worth a look", "worth a look"),
    ("since-missing", "worth a look", "worth a look"),
];

/// The mutants have no documentation, so they do not show these.
pub(crate) const DOCUMENTED: [Kind; 3] = [Kind::DefaultChanged, Kind::UnitChanged, Kind::Undated];

/// The direction in which a kind is told, when its place is of `direction`: a command's answer is received, though the
/// command is sent.
pub(crate) fn told(kind: Kind, direction: Direction) -> Direction {
    if occurs(kind).contains(&direction) || direction == Direction::Both {
        direction
    } else {
        occurs(kind)[0]
    }
}

/// The directions in which a kind occurs.
pub(crate) fn occurs(kind: Kind) -> Vec<Direction> {
    let (_, sent, received) = row(kind);
    let cells = [(sent, Direction::Sent), (received, Direction::Received)];
    cells.into_iter().filter(|(verdict, _)| *verdict != "-").map(|(_, direction)| direction).collect()
}

/// The verdict on a kind.
pub(crate) fn verdict(kind: Kind, direction: Direction) -> &'static str {
    let (_, sent, received) = row(kind);
    let order = ["incompatible", "worth a look", "compatible", "-"];
    let rank = |verdict| order.iter().position(|word| *word == verdict).expect("a verdict");
    match direction {
        Direction::Sent => sent,
        Direction::Received => received,
        Direction::CommandLine => unreachable!("only what commands and events reach is mutated"),
        Direction::Both => order[rank(sent).min(rank(received))],
    }
}

fn row(kind: Kind) -> (&'static str, &'static str, &'static str) {
    *VERDICTS.iter().find(|row| row.0 == kind.name()).unwrap_or_else(|| panic!("no verdict for '{kind}'"))
}

#[test]
fn the_table_has_every_kind_once() {
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    let rows: Vec<&str> = VERDICTS.iter().map(|row| row.0).collect();
    assert_eq!(kinds, rows);
}
