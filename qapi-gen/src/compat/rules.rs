//! The rules: what a change of some kind means for clients, in one direction.
//!
//! They are those of the specification's section on compatibility, in our words. Where it says nothing, the
//! verdict follows from what a client may rely on, and is "worth a look" when that depends on what a schema does
//! not tell.

use super::change::{Direction, Verdict};
use super::kind::Kind;

/// A verdict with its reason.
pub(super) type Ruling = (Verdict, &'static str);

/// What keeps an incompatible change from being a broken promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Excuse {
    /// The old schema called it unstable.
    Unstable,
    /// The old schema called it deprecated. Excuses removal only.
    Deprecated,
}

use Verdict::{Compatible as Yes, Incompatible as No, WorthALook as Look};

/// Judges a change for one direction; for [`Direction::Both`] the worse one counts.
pub(super) fn judge(kind: Kind, direction: Direction, excuse: Option<Excuse>) -> Ruling {
    let (verdict, rule) = match direction {
        Direction::Sent => sent(kind),
        Direction::Received => received(kind),
        Direction::Both => {
            let (sent, received) = (sent(kind), received(kind));
            if received.0 < sent.0 { received } else { sent }
        }
    };
    match excuse {
        Some(Excuse::Unstable) if verdict == No => (
            Look,
            "it was marked unstable, so it may change in any way; clients that use it all the same may fail",
        ),
        Some(Excuse::Deprecated) if is_removal(kind) && verdict != Yes => {
            (Look, "it was deprecated before it was removed; clients that ignored the announcement fail")
        }
        Some(_) | None => (verdict, rule),
    }
}

/// Whether the thing itself is gone.
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

fn sent(kind: Kind) -> Ruling {
    match kind {
        Kind::CommandAdded => (Yes, "a new command is opt-in: clients that do not know it do not send it"),
        Kind::CommandRemoved => (No, "clients that send the command are refused"),
        Kind::OptionalMemberAdded => (Yes, "a new optional argument is opt-in: it may be left out"),
        Kind::RequiredMemberAdded => {
            (No, "clients that do not send the argument are refused: it is mandatory")
        }
        Kind::OptionalMemberRemoved | Kind::RequiredMemberRemoved => {
            (No, "clients that send the argument are refused")
        }
        Kind::MemberMadeOptional => (Yes, "clients may go on sending the argument"),
        Kind::MemberMadeRequired => (No, "clients that left the argument out are refused"),
        Kind::OptionalMemberToBranches => {
            (Look, "clients that send the argument with another branch are refused")
        }
        Kind::RequiredMemberToBranches => {
            (No, "clients had to send the argument with every branch; now some branches refuse it")
        }
        Kind::OptionalMemberFromBranches => (Yes, "the branches that had the argument still take it"),
        Kind::RequiredMemberFromBranches => {
            (No, "the argument is now mandatory for branches that did not have it")
        }
        Kind::DiscriminatorChanged => (Look, "which arguments are accepted depends on another argument"),
        Kind::IntegerWidened | Kind::IntegerToNumber | Kind::EnumToStr | Kind::TypeToAny => {
            (Yes, "every value that was accepted still is")
        }
        Kind::IntegerNarrowed | Kind::IntegerChanged | Kind::NumberToInteger | Kind::AnyToType => {
            (No, "values that were accepted are refused")
        }
        Kind::StrToEnum => {
            (Look, "only listed strings are accepted; compatible if the command refused the others already")
        }
        Kind::TypeToAlternate => (Yes, "an alternate of the old type accepts every old value"),
        Kind::AlternateToType | Kind::AlternativeRemoved => {
            (No, "values of a removed alternative are refused")
        }
        Kind::TypeChanged => (No, "values of the old type are refused"),
        Kind::EnumValueAdded => (Yes, "a new value is opt-in: clients need not send it"),
        Kind::EnumValueRemoved => (No, "clients that send the value are refused"),
        Kind::BranchAdded => (Yes, "a new branch of optional arguments is opt-in"),
        Kind::NewBranch => (Yes, "a new branch is opt-in: clients need not select it"),
        Kind::RequiredBranchAdded => (No, "the value now demands arguments that clients do not send"),
        Kind::BranchRemoved => (No, "clients that send the branch's arguments are refused"),
        Kind::LostBranch => (No, "clients that select the branch are refused"),
        Kind::AlternativeAdded => (Yes, "a new alternative is opt-in: clients need not use it"),
        Kind::OobForbidden => (No, "clients that execute the command out of band are refused"),
        Kind::PreconfigForbidden => {
            (No, "clients that send the command before the machine is built are refused")
        }
        Kind::OobAllowed | Kind::PreconfigAllowed => (Yes, "clients may go on using the command as before"),
        Kind::ConditionNarrowed => (Look, "builds where the condition does not hold refuse it"),
        Kind::ConditionChanged => (Look, "some builds that accepted it refuse it"),
        Kind::ConditionWidened => (Yes, "it is accepted wherever it was"),
        Kind::EventAdded
        | Kind::EventRemoved
        | Kind::SuccessAnswered
        | Kind::SuccessSilent
        | Kind::FeatureAdded
        | Kind::FeatureRemoved
        | Kind::Deprecated
        | Kind::Undeprecated
        | Kind::MadeUnstable
        | Kind::MadeStable => in_any_direction(kind),
    }
}

fn received(kind: Kind) -> Ruling {
    match kind {
        Kind::EventAdded => (Yes, "clients ignore events that they do not know"),
        Kind::EventRemoved => (Look, "harmless only if the event could not happen any more"),
        Kind::OptionalMemberAdded | Kind::RequiredMemberAdded => {
            (Yes, "clients ignore members that they do not know")
        }
        Kind::OptionalMemberRemoved => (Look, "harmless only if the member was not sent any more"),
        Kind::RequiredMemberRemoved => (No, "clients rely on a member that was always there"),
        Kind::MemberMadeOptional => {
            (No, "clients rely on a member that was always there; now it may be absent")
        }
        Kind::MemberMadeRequired => (Yes, "clients had to expect the member"),
        Kind::OptionalMemberToBranches => (Look, "harmless only if other branches did not have the member"),
        Kind::RequiredMemberToBranches => (No, "clients rely on a member that was there in every branch"),
        Kind::OptionalMemberFromBranches => {
            (Look, "branches where the member was always there may now lack it")
        }
        Kind::RequiredMemberFromBranches => (Yes, "clients ignore members that they do not know"),
        Kind::DiscriminatorChanged => (Look, "which members are there depends on another member"),
        Kind::IntegerWidened | Kind::IntegerChanged => {
            (Look, "clients may receive numbers outside the range that they expect")
        }
        Kind::IntegerToNumber => (No, "clients that expect an integer may receive a fraction"),
        Kind::EnumToStr => (Look, "clients may receive strings that they do not know"),
        Kind::TypeToAny | Kind::TypeToAlternate | Kind::AlternativeAdded => {
            (No, "clients may receive values of a type that they do not expect")
        }
        Kind::IntegerNarrowed | Kind::NumberToInteger | Kind::StrToEnum | Kind::AnyToType => {
            (Yes, "every value that may be received could be received before")
        }
        Kind::AlternateToType | Kind::AlternativeRemoved => {
            (Look, "harmless only if values of the alternative were not sent any more")
        }
        Kind::TypeChanged => (No, "clients receive values of a type that they do not expect"),
        Kind::EnumValueAdded => (Look, "clients may receive a value that they do not know"),
        Kind::EnumValueRemoved => (Look, "harmless only if the value was not sent any more"),
        Kind::BranchAdded | Kind::RequiredBranchAdded => {
            (Yes, "clients ignore members that they do not know")
        }
        Kind::NewBranch => (Yes, "its members come only with a value that is new"),
        Kind::BranchRemoved => (No, "clients rely on the members of the branch"),
        Kind::LostBranch => (Look, "harmless only if the branch was not sent any more"),
        Kind::SuccessSilent => (No, "clients wait for an answer that does not come"),
        Kind::SuccessAnswered => (Look, "clients receive an answer that they do not expect"),
        Kind::ConditionNarrowed => (Look, "builds where the condition does not hold do not send it"),
        Kind::ConditionChanged => (Look, "some builds that sent it do not send it any more"),
        Kind::ConditionWidened => (Yes, "builds that sent it still do"),
        Kind::CommandAdded
        | Kind::CommandRemoved
        | Kind::OobAllowed
        | Kind::OobForbidden
        | Kind::PreconfigAllowed
        | Kind::PreconfigForbidden
        | Kind::FeatureAdded
        | Kind::FeatureRemoved
        | Kind::Deprecated
        | Kind::Undeprecated
        | Kind::MadeUnstable
        | Kind::MadeStable => in_any_direction(kind),
    }
}

/// Marks, and kinds that occur in the other direction only.
fn in_any_direction(kind: Kind) -> Ruling {
    match kind {
        Kind::FeatureAdded => (Yes, "a feature tells clients of what they may use"),
        Kind::FeatureRemoved => (Look, "clients that look for the feature take the behaviour to be gone"),
        Kind::Deprecated => (Yes, "nothing changes yet; it may be removed after the deprecation period"),
        Kind::Undeprecated => (Yes, "it is here to stay"),
        Kind::MadeUnstable => (Look, "nothing changes yet, but from now on it may change in any way"),
        Kind::MadeStable => (Yes, "from now on it keeps to the rules"),
        other => unreachable!("'{other}' does not occur in this direction"),
    }
}
