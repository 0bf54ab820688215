//! The call history: one row per call and extension. Not how it is stored.

use crate::call::{Direction, Party};
use crate::id::{CallId, Extension, HistoryId, Millis, PersonId, QueueName};
use serde::{Deserialize, Serialize};

/// One call as one extension had it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct HistoryEntry {
    /// Row key; later calls have greater ones.
    pub id: HistoryId,
    /// The call it was.
    pub call: CallId,
    /// Whose.
    pub extension: Extension,
    /// Inbound: it was called. Outbound: it called.
    pub direction: Direction,
    /// The other party.
    pub party: Party,
    /// When it began to ring or to dial.
    pub started: Millis,
    /// How long it rang, in milliseconds.
    pub ring_ms: u64,
    /// How long they talked, in milliseconds; zero where nobody answered.
    pub talk_ms: u64,
    /// What became of it.
    pub outcome: HistoryOutcome,
    /// The queue it came through.
    #[serde(default)]
    pub queue: Option<QueueName>,
}

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum HistoryOutcome {
    /// They talked, and then hung up.
    Answered,
    /// Nobody answered here.
    Missed,
    /// The caller went to a mailbox.
    Voicemail,
    /// It was handed on.
    Transferred {
        /// To whom: name or number.
        #[serde(deserialize_with = "crate::text::sentence")]
        to: String,
    },
    /// The called side was busy.
    Busy,
    /// It was ignored here.
    Ignored,
    /// Another phone took it.
    AnsweredElsewhere,
    /// The server stopped, or had no link to the PBX, when the call ended: what is told is what was last known.
    Interrupted,
}

/// Which rows to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct HistoryQuery {
    /// Whose; `None`: the user's own extensions.
    #[serde(default)]
    pub person: Option<PersonId>,
    /// Only rows older than this one (the last of the page before).
    #[serde(default)]
    pub before: Option<HistoryId>,
    /// How many at most, 1 to 200.
    pub limit: u16,
    /// Only rows whose other party's name or number holds each of these words. Capitals, marks on letters and what is
    /// neither letter nor digit do not count: `o'hara` finds `O’Hara`, and `030 12` finds `030/123456`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Rows, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct HistoryPage {
    /// Newest first.
    pub entries: Vec<HistoryEntry>,
    /// Whether older ones exist.
    pub more: bool,
}
