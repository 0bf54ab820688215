//! The sentences that say what became of an order. Each says what happened, where the caller is, and what to do.

use frontdesk_protocol::{Extension, HandedState, Reason};

pub(super) const NO_LINK: &str =
    "There is no connection to the phone system, so nothing was done. Use your phone until it is back.";
pub(super) const LINK_LOST: &str = "The connection to the phone system was lost before it answered. \
    Look at your phone to see where the caller is.";
pub(super) const GONE: &str = "This call has ended, or somebody else has moved it. Nothing was done.";
pub(super) const NOT_YOURS: &str = "This call is not at one of your extensions. Nothing was done.";
pub(super) const NOT_YOUR_EXTENSION: &str =
    "You cannot call from this extension. Choose one of your own and try again.";
pub(super) const IN_PROGRESS: &str =
    "Something is already being done with this call. Wait a moment and look again.";
pub(super) const CHANGED: &str =
    "The call changed before it could be moved. Nothing was done: look at the card and try again.";
pub(super) const TIMEOUT: &str =
    "The phone system did not answer in time. Look where the caller is before you try again.";
pub(super) const UNANSWERED: &str = "The other side has not answered yet, so nobody can be handed on. \
    Wait for the answer, or hang up and call again.";
pub(super) const UNANSWERED_MAILBOX: &str = "The other side has not answered yet, so a mailbox would talk to nobody. Wait for the answer, or hang up.";
pub(super) const QUEUED: &str =
    "You are waiting in a queue yourself, so nobody can be handed on. Wait for the answer, or hang up.";
pub(super) const OWN_PHONE: &str = "Your own phone still rings for this call. Pick up first, or hang up.";
pub(super) const CONFERENCE: &str =
    "A conference with several people cannot be handed on. Hand on the callers one by one.";
pub(super) const NOBODY: &str = "There is nobody at the other end who could be handed on.";
pub(super) const UNKNOWN_CALLER: &str =
    "It cannot be seen yet who is calling. The caller still rings: try again in a moment.";
pub(super) const NOT_RINGING: &str = "This call does not ring any more. Nothing was done.";
pub(super) const NO_SUCH_PERSON: &str =
    "This person or number is not in the office any more. The caller is where they were.";
pub(super) const ALREADY_THERE: &str = "The caller is already talking to this extension. Nothing was done.";
pub(super) const NOT_HANDED: &str =
    "This caller is no longer on the list of those you handed on. Nothing was done.";
pub(super) const NOT_HANDED_BY_YOU: &str =
    "This caller was not handed on from one of your extensions. Nothing was done.";
pub(super) const CALLER_GONE: &str = "The caller has hung up. There is nobody to bring back.";
pub(super) const SENT_ON: &str =
    "Somebody else has just sent this caller on. Look at the list to see where they are now.";
pub(super) const JUST_ANSWERED: &str =
    "Somebody has answered just now and talks to the caller. Nothing was done.";
pub(super) const ENDED: &str = "The call is ended.";
pub(super) const NO_LOT: &str =
    "The call is ended at once: the phone system has no parking lot in which the caller could have waited.";
pub(super) const NOT_PARKED: &str =
    "The call is ended at once: the phone system did not let the caller wait.";

/// Why somebody who was handed on cannot be brought back.
pub(super) fn cannot_be_pulled_back(state: &HandedState) -> (Reason, String) {
    let gone = |text: &str| (Reason::Gone, text.to_owned());
    match state {
        HandedState::Answered { with } => (
            Reason::Gone,
            format!(
                "{} has answered and has the caller. Nothing was done; call them if you need the caller.",
                with.display()
            ),
        ),
        HandedState::SentOn { to } => {
            (Reason::Gone, format!("Somebody else has sent this caller on to {to}. Nothing was done."))
        }
        HandedState::Returning { .. } => {
            (Reason::InProgress, "The caller already rings at your phone. Pick up there.".to_owned())
        }
        HandedState::Back { .. } => gone("You have had this caller back already. Nothing was done."),
        HandedState::NotTaken { .. } => gone("Nobody took the call, and the caller has hung up."),
        HandedState::Ended => gone("The call has ended. There is nobody to bring back."),
        HandedState::Unknown => gone(
            "The connection to the phone system was lost, and the caller is no longer where they were. Nothing was done.",
        ),
        HandedState::Sent
        | HandedState::Ringing
        | HandedState::Waiting
        | HandedState::Mailbox { .. }
        | HandedState::Closing { .. } => (Reason::InProgress, IN_PROGRESS.to_owned()),
    }
}

/// My own extension is none that the PBX can send somebody to.
pub(super) fn no_way_back(by: &Extension) -> String {
    format!(
        "The phone system cannot send anybody to {by}. The caller stays where they are; ask whoever looks after the phone system."
    )
}

/// My own phone is known not to be there.
pub(super) fn nowhere_to_ring(by: &Extension) -> String {
    format!(
        "Your phone {by} is not connected to the phone system, so the caller stays where they are. Check it and try again."
    )
}

/// The PBX refused to bring a caller back.
pub(super) fn not_moved(said: &str) -> String {
    format!("The phone system did not bring the caller back ({said}). They are where they were: try again.")
}

/// The phone of a target is known not to be there.
pub(super) fn not_connected(label: &str) -> String {
    format!(
        "The phone of {label} is not connected, so nobody would hear it ring. The caller is still with you. \
        Send them without return if the phone system is to decide, usually for the mailbox."
    )
}
pub(super) const JUST_PICKED_UP: &str =
    "Your phone was just picked up, so the caller is not sent away. Hang up if the call is to end.";
pub(super) const TALKING_OUTSIDE: &str = "Whoever is at the other end also talks to somebody outside, who would be left alone on the line. \
    Nothing was done.";
