//! The rules: what each kind of change means for clients, in one direction.
//!
//! They follow the specification's section on compatibility, in our words. Where the specification says nothing, the
//! verdict follows from what a client may rely on. It is "worth a look" if that depends on facts that a schema does not
//! have.

use super::change::{Direction, Verdict};
use super::kind::Kind;

/// A verdict with its reason.
pub(super) type Ruling = (Verdict, &'static str);

/// The rulings on a kind, for data that clients send and for data that they receive. `None` if the kind does not occur
/// there.
type Rulings = (Option<Ruling>, Option<Ruling>);

/// A mark in the old schema that makes an incompatible change acceptable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Excuse {
    /// It was deprecated, but for fewer releases than the policy demands. Excuses nothing, and says why.
    Recent,
    /// The old schema marked it deprecated, so that it could be removed as a whole.
    Deprecated,
    /// The old schema marked it unstable.
    Unstable,
}

use Verdict::{Compatible as Yes, Incompatible as No, WorthALook as Look};

/// Judges a change for one direction; for [`Direction::Both`] the worse one counts.
pub(super) fn judge(kind: Kind, direction: Direction, excuse: Option<Excuse>) -> Ruling {
    let (sent, received) = rulings(kind);
    let both = [sent, received].into_iter().flatten().min_by_key(|(verdict, _)| *verdict);
    let ruling = match direction {
        Direction::Sent | Direction::CommandLine => sent,
        Direction::Received => received,
        Direction::Both => both,
    };
    let (verdict, rule) =
        ruling.unwrap_or_else(|| unreachable!("'{kind}' does not occur in direction '{direction}'"));
    if direction == Direction::CommandLine && verdict == No {
        return (Look, "only a command line can reach it; whether one does, the schema does not tell");
    }
    match excuse {
        Some(Excuse::Recent) if verdict == No => {
            (No, "it was deprecated, but for fewer releases than the policy demands")
        }
        Some(Excuse::Unstable) if verdict == No => (
            Look,
            "it was marked unstable, so it may change in any way; clients that use it all the same may fail",
        ),
        Some(Excuse::Deprecated) if is_removal(kind) && verdict != Yes => {
            (Look, "it was deprecated before it was removed; clients that ignored the announcement fail")
        }
        Some(Excuse::Deprecated) if verdict == No => (
            Look,
            "it was deprecated, so it could even be removed; clients that ignored the announcement fail",
        ),
        Some(_) | None => (verdict, rule),
    }
}

/// Whether the thing itself was removed.
pub(super) fn is_removal(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::CommandRemoved
            | Kind::EventRemoved
            | Kind::OptionalMemberRemoved
            | Kind::RequiredMemberRemoved
            | Kind::EnumValueRemoved
            | Kind::BranchRemoved
            | Kind::LostBranch
    )
}

const fn sent(verdict: Verdict, rule: &'static str) -> Rulings {
    (Some((verdict, rule)), None)
}

const fn received(verdict: Verdict, rule: &'static str) -> Rulings {
    (None, Some((verdict, rule)))
}

/// The ruling on a mark, which is the same in both directions.
const fn mark(verdict: Verdict, rule: &'static str) -> Rulings {
    (Some((verdict, rule)), Some((verdict, rule)))
}

const fn each(sent: Ruling, received: Ruling) -> Rulings {
    (Some(sent), Some(received))
}

const REFUSED_ARGUMENT: Ruling = (No, "clients that send the argument are refused");
const REFUSED_VALUES: Ruling = (No, "values that were accepted are refused");
const STILL_ACCEPTED: Ruling = (Yes, "every value that was accepted still is");
const REFUSED_ALTERNATIVE: Ruling = (No, "values of a removed alternative are refused");
const UNKNOWN_IGNORED: Ruling = (Yes, "clients ignore members that they do not know");
const UNEXPECTED_TYPE: Ruling = (No, "clients may receive values of a type that they do not expect");
const UNEXPECTED_RANGE: Ruling = (Look, "clients may receive numbers outside the range that they expect");
const RECEIVED_BEFORE: Ruling = (Yes, "every value that may be received could be received before");
const ALTERNATIVE_UNUSED: Ruling =
    (Look, "harmless only if values of the alternative were not sent any more");

fn rulings(kind: Kind) -> Rulings {
    match kind {
        Kind::CommandAdded => {
            sent(Yes, "a new command is opt-in: clients that do not know it do not send it")
        }
        Kind::CommandRemoved => sent(No, "clients that send the command are refused"),
        Kind::EventAdded => received(Yes, "clients ignore events that they do not know"),
        Kind::EventRemoved => received(Look, "harmless only if the event could not happen any more"),
        Kind::OptionalMemberAdded => {
            each((Yes, "a new optional argument is opt-in: it may be left out"), UNKNOWN_IGNORED)
        }
        Kind::RequiredMemberAdded => {
            each((No, "clients that do not send the argument are refused: it is mandatory"), UNKNOWN_IGNORED)
        }
        Kind::OptionalMemberRemoved => {
            each(REFUSED_ARGUMENT, (Look, "harmless only if the member was not sent any more"))
        }
        Kind::RequiredMemberRemoved => {
            each(REFUSED_ARGUMENT, (No, "clients rely on a member that was always there"))
        }
        Kind::MemberMadeOptional => each(
            (Yes, "clients may go on sending the argument"),
            (No, "clients rely on a member that was always there; now it may be absent"),
        ),
        Kind::MemberMadeRequired => each(
            (No, "clients that left the argument out are refused"),
            (Yes, "clients had to expect the member"),
        ),
        Kind::OptionalMemberToBranches => each(
            (Look, "clients that send the argument with another branch are refused"),
            (Look, "harmless only if other branches did not have the member"),
        ),
        Kind::RequiredMemberToBranches => each(
            (No, "clients had to send the argument with every branch; now some branches refuse it"),
            (No, "clients rely on a member that was there in every branch"),
        ),
        Kind::OptionalMemberFromBranches => each(
            (Yes, "the branches that had the argument still take it"),
            (Look, "branches where the member was always there may now lack it"),
        ),
        Kind::RequiredMemberFromBranches => {
            each((No, "the argument is now mandatory for branches that did not have it"), UNKNOWN_IGNORED)
        }
        Kind::DiscriminatorChanged => each(
            (Look, "which arguments are accepted depends on another argument"),
            (Look, "which members are there depends on another member"),
        ),
        Kind::IntegerWidened => each(STILL_ACCEPTED, UNEXPECTED_RANGE),
        Kind::IntegerNarrowed => each(REFUSED_VALUES, RECEIVED_BEFORE),
        Kind::IntegerChanged => each(REFUSED_VALUES, UNEXPECTED_RANGE),
        Kind::IntegerToNumber => {
            each(STILL_ACCEPTED, (No, "clients that expect an integer may receive a fraction"))
        }
        Kind::NumberToInteger => each(REFUSED_VALUES, RECEIVED_BEFORE),
        Kind::EnumToStr => each(STILL_ACCEPTED, (Look, "clients may receive strings that they do not know")),
        Kind::StrToEnum => each(
            (Look, "only listed strings are accepted; compatible if the command refused the others already"),
            RECEIVED_BEFORE,
        ),
        Kind::TypeToAlternate => {
            each((Yes, "an alternate of the old type accepts every old value"), UNEXPECTED_TYPE)
        }
        Kind::AlternateToType | Kind::AlternativeRemoved => each(REFUSED_ALTERNATIVE, ALTERNATIVE_UNUSED),
        Kind::TypeToAny => each(STILL_ACCEPTED, UNEXPECTED_TYPE),
        Kind::AnyToType => each(REFUSED_VALUES, RECEIVED_BEFORE),
        Kind::TypeChanged => each(
            (No, "values of the old type are refused"),
            (No, "clients receive values of a type that they do not expect"),
        ),
        Kind::EnumValueAdded => each(
            (Yes, "a new value is opt-in: clients need not send it"),
            (Look, "clients may receive a value that they do not know"),
        ),
        Kind::EnumValueRemoved => each(
            (No, "clients that send the value are refused"),
            (Look, "harmless only if the value was not sent any more"),
        ),
        Kind::BranchAdded => each((Yes, "a new branch of optional arguments is opt-in"), UNKNOWN_IGNORED),
        Kind::RequiredBranchAdded => {
            each((No, "the value now demands arguments that clients do not send"), UNKNOWN_IGNORED)
        }
        Kind::BranchRemoved => each(
            (No, "clients that send the branch's arguments are refused"),
            (No, "clients rely on the members of the branch"),
        ),
        Kind::NewBranch => each(
            (Yes, "a new branch is opt-in: clients need not select it"),
            (Yes, "its members come only with a value that is new"),
        ),
        Kind::LostBranch => each(
            (No, "clients that select the branch are refused"),
            (Look, "harmless only if the branch was not sent any more"),
        ),
        Kind::AlternativeAdded => {
            each((Yes, "a new alternative is opt-in: clients need not use it"), UNEXPECTED_TYPE)
        }
        Kind::FeatureAdded => mark(Yes, "a feature tells clients of what they may use"),
        Kind::FeatureRemoved => mark(Look, "clients that look for the feature take the behaviour to be gone"),
        Kind::Deprecated => mark(Yes, "nothing changes yet; it may be removed after the deprecation period"),
        Kind::Undeprecated => mark(Yes, "it is here to stay"),
        Kind::MadeUnstable => mark(
            No,
            "it leaves the stable interface, which takes a deprecation: from now on it may change in any way",
        ),
        Kind::MadeStable => mark(Yes, "from now on it keeps to the rules"),
        Kind::OobAllowed | Kind::PreconfigAllowed => {
            sent(Yes, "clients may go on using the command as before")
        }
        Kind::OobForbidden => sent(No, "clients that execute the command out of band are refused"),
        Kind::PreconfigForbidden => {
            sent(No, "clients that send the command before the machine is built are refused")
        }
        Kind::SuccessAnswered => received(Look, "clients receive an answer that they do not expect"),
        Kind::SuccessSilent => received(No, "clients wait for an answer that does not come"),
        Kind::DefaultChanged => each(
            (Look, "clients that leave the argument out get another behaviour"),
            (Look, "clients take an absent member for another value"),
        ),
        Kind::UnitChanged => mark(Look, "clients take the same number for another amount"),
        Kind::Undated => mark(Look, "clients cannot tell which versions have it"),
    }
}
