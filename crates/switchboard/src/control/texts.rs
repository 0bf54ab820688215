//! The sentences that say what became of an order. Each says what happened, where the caller is, and what to do.

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
