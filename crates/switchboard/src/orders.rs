//! The AMI actions that the switchboard sends, by what they are for. Not their encoding.

use frontdesk_ami::action::Originate;

/// One action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Order {
    /// A list action without parameters.
    List(&'static str),
    /// A tree of the PBX's own database.
    DbTree(&'static str),
    /// The value of a function or variable.
    Get(String),
    /// Where one channel is in the dialplan, and in which application.
    Status { channel: String },
    /// Sends a channel elsewhere in the dialplan.
    Redirect { channel: String, context: String, exten: String },
    /// Sends the party that talks to `channel` elsewhere.
    BlindTransfer { channel: String, context: String, exten: String },
    /// Parks a channel; where nobody fetches it, it comes back to the phone of the channel `back_to`.
    Park { channel: String, back_to: String, timeout_ms: u64, lot: String },
    /// Ends a channel.
    Hangup { channel: String },
    /// Rings a phone, then dials.
    Originate(Box<Originate>),
}
