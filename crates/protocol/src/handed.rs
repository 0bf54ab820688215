//! Callers that somebody handed on: who watches over them, and what became of each. Not how they are moved.

use crate::call::Party;
use crate::command::Destination;
use crate::id::{CallId, Extension, HandedId, Millis};
use crate::office::Office;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A caller who was sent on from a phone, from that moment until some minutes after it is known what became of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Handed {
    /// Stable key; what [`crate::Command::PullBack`] names.
    pub id: HandedId,
    /// The extension from which the caller was sent on, and to whose phone they come back.
    pub by: Extension,
    /// The call that the caller is in now, or was in last.
    pub call: CallId,
    /// The caller.
    pub party: Arc<Party>,
    /// Where they were sent; `None` for one whose line is about to be closed.
    #[serde(default)]
    pub to: Option<Destination>,
    /// That place in words: "Bob (1002)", "the mailbox of Bob (1002)"; hostile text as names are.
    #[serde(deserialize_with = "crate::text::sentence")]
    pub label: String,
    /// Whether the caller comes back by themselves where nobody takes the call.
    pub safe: bool,
    /// When they were sent on.
    pub at: Millis,
    /// Where they are, or what became of them.
    pub state: HandedState,
    /// Since when.
    pub since: Millis,
}

/// Where somebody is who was handed on, or what became of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "is", rename_all = "camelCase")]
pub enum HandedState {
    /// On the way: nothing rings there yet.
    Sent,
    /// It rings there.
    Ringing,
    /// They wait where nobody has answered yet: in a queue, in a parking space, with an announcement.
    Waiting,
    /// They are at a mailbox: nobody's phone rings.
    Mailbox {
        /// Why nobody took the call before; `None` where the mailbox was the aim.
        #[serde(default)]
        why: Option<Return>,
    },
    /// On music until `at`; then the line is closed.
    Closing {
        /// When.
        at: Millis,
    },
    /// On the way back: my phone rings for them.
    Returning {
        /// Why.
        why: Return,
    },
    /// Over: somebody answered.
    Answered {
        /// Who: in a queue, in a ring group or after a pick-up it may be another than the one they were sent to.
        with: Arc<Party>,
    },
    /// Over: somebody else, at whose phone they rang or waited, sent them on.
    SentOn {
        /// Where to, in words as in [`Handed::label`].
        #[serde(deserialize_with = "crate::text::sentence")]
        to: String,
    },
    /// Over: nobody took the call, and the caller went on as the PBX says; `why` is what is known of the reason.
    NotTaken {
        /// Why.
        why: Return,
    },
    /// Over: they came back, and were answered at my phone.
    Back {
        /// Why they came back.
        why: Return,
    },
    /// Over: the caller hung up before anybody answered, or the line was closed as ordered.
    Ended,
    /// Over: it cannot be told, for the link to the PBX was lost meanwhile.
    Unknown,
}

/// Why a caller comes back, or was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Return {
    /// It rang, and nobody answered in time.
    NoAnswer,
    /// Busy.
    Busy,
    /// Declined at the phone.
    Refused,
    /// No phone rang there: none is connected, it takes no calls now, or no line was free.
    Unreachable,
    /// Whoever handed them on pulled them back.
    PulledBack,
}

impl Return {
    /// The reason in a word or two, as it stands behind a place: "Bob (1002): no answer".
    pub fn words(self) -> &'static str {
        match self {
            Self::NoAnswer => "no answer",
            Self::Busy => "busy",
            Self::Refused => "declined",
            Self::Unreachable => "not reachable",
            Self::PulledBack => "brought back",
        }
    }
}

impl Handed {
    /// Whether [`crate::Command::PullBack`] can still bring the caller back.
    pub fn can_be_pulled_back(&self) -> bool {
        self.state.can_be_pulled_back()
    }

    /// Whether it is known what became of the caller.
    pub fn is_over(&self) -> bool {
        self.state.is_over()
    }
}

impl HandedState {
    /// As [`Handed::can_be_pulled_back`].
    pub fn can_be_pulled_back(&self) -> bool {
        match self {
            Self::Sent | Self::Ringing | Self::Waiting | Self::Mailbox { .. } | Self::Closing { .. } => true,
            Self::Returning { .. }
            | Self::Answered { .. }
            | Self::SentOn { .. }
            | Self::NotTaken { .. }
            | Self::Back { .. }
            | Self::Ended
            | Self::Unknown => false,
        }
    }

    /// As [`Handed::is_over`].
    pub fn is_over(&self) -> bool {
        match self {
            Self::Sent
            | Self::Ringing
            | Self::Waiting
            | Self::Mailbox { .. }
            | Self::Closing { .. }
            | Self::Returning { .. } => false,
            Self::Answered { .. }
            | Self::SentOn { .. }
            | Self::NotTaken { .. }
            | Self::Back { .. }
            | Self::Ended
            | Self::Unknown => true,
        }
    }
}

impl Office {
    /// Whether the caller who is in `call` at the phone `at` was handed on from there and came back, or is coming: who
    /// that was, and why.
    pub fn came_back(&self, call: &CallId, at: &Extension) -> Option<(&Handed, Return)> {
        let of_call = self.handed.values().filter(|handed| handed.call == *call && handed.by == *at);
        let last = of_call.max_by(|a, b| a.at.cmp(&b.at).then_with(|| a.id.cmp(&b.id)))?;
        match last.state {
            HandedState::Returning { why } | HandedState::Back { why } => Some((last, why)),
            _ => None,
        }
    }
}
