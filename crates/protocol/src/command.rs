//! What a user can order, and what became of it. One closed list for drag, key, menu, IPC and WebSocket.

use crate::id::{Extension, HandedId, LegId, MailboxId, Number, PersonId};
use serde::{Deserialize, Serialize};

/// An order. `leg` is always a leg at one of the user's own extensions, as shown on their card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "do", rename_all = "camelCase")]
pub enum Command {
    /// Hands the party at the other end of `leg` to `to`; my phone is free afterwards.
    Transfer {
        /// My leg.
        leg: LegId,
        /// Where the other party goes.
        to: Destination,
        /// What happens where nobody takes the call there.
        #[serde(default)]
        mode: TransferMode,
    },
    /// Brings back to my phone a caller whom I handed on and nobody has answered yet, or whose line is about to close.
    PullBack {
        /// Which.
        handed: HandedId,
    },
    /// Ends the call of `leg` for both sides.
    HangUp {
        /// My leg.
        leg: LegId,
        /// Whether an outside party is kept on music for three seconds first, in which [`Command::PullBack`] still
        /// brings them back. Where the PBX has no parking lot the line is closed at once.
        #[serde(default)]
        grace: bool,
    },
    /// Stops the ringing of `leg`; the caller goes on as the PBX says.
    Ignore {
        /// My ringing leg.
        leg: LegId,
    },
    /// Rings `from`, then dials `to` from it.
    Originate {
        /// One of my extensions.
        from: Extension,
        /// Whom to call.
        to: Number,
    },
}

/// Where a caller can be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "to", rename_all = "camelCase")]
pub enum Destination {
    /// An extension.
    Extension {
        /// Which.
        extension: Extension,
    },
    /// A further number of a person, dialled as the PBX's outside pattern says.
    Number {
        /// Whose.
        person: PersonId,
        /// Which of theirs.
        number: Number,
    },
    /// A mailbox, without ringing anyone.
    Voicemail {
        /// Which.
        mailbox: MailboxId,
    },
}

/// What happens to a caller whom nobody takes at the place they were sent to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum TransferMode {
    /// `Safe` to an extension, `Blind` to a number or a mailbox.
    #[default]
    Usual,
    /// They come back to the phone they were sent from when the target does not answer in the set time, is busy, refuses or
    /// is not there. A mailbox takes everybody, so there it is `Blind`.
    Safe,
    /// They go on as the PBX says, usually to the mailbox.
    Blind,
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "outcome", rename_all = "camelCase")]
pub enum Outcome {
    /// The PBX did it. `text` says so in a sentence.
    Done {
        /// "Sent to Bob (1002)."
        #[serde(deserialize_with = "crate::text::sentence")]
        text: String,
    },
    /// It was not done; the caller is where they were, unless the sentence says otherwise.
    Failed {
        /// For programs.
        reason: Reason,
        /// For people: what happened, where the caller is now, what to do.
        #[serde(deserialize_with = "crate::text::sentence")]
        text: String,
    },
}

/// Why a command was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// The call or the leg is already gone.
    Gone,
    /// The user may not do that.
    NotPermitted,
    /// The PBX knows no such destination; asked before the caller was moved.
    NoSuchDestination,
    /// The PBX refused.
    Refused,
    /// The target's phone did not take it (busy, declined, unregistered).
    NotReached,
    /// There is no link to the PBX.
    NoLink,
    /// The command does not fit the call's state, or is malformed.
    Invalid,
    /// The PBX did not answer in time; look before trying again.
    Timeout,
    /// Another command for the same call is still running.
    InProgress,
}
