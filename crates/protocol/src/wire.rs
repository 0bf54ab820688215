//! The messages between a desk and the server: JSON text frames on a WebSocket. See `docs/protocol.md`.

mod read;

use crate::command::{Command, Outcome};
use crate::hash::StateHash;
use crate::history::{HistoryEntry, HistoryPage, HistoryQuery};
use crate::id::{CommandId, Epoch, Millis, Seq};
use crate::office::{Delta, Office};
use crate::people::Viewer;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The WebSocket subprotocol; its number grows with every change that an old client would misread.
pub const SUBPROTOCOL: &str = "frontdesk.v1";

/// The longest silence of the server on an open socket, in milliseconds: when nothing else is sent it sends
/// [`ServerMessage::Beat`]. A client that hears nothing for three times as long calls its facts stale.
pub const BEAT_MS: u64 = 1_000;

/// How often the server sends [`ServerMessage::Check`], in milliseconds.
pub const CHECK_MS: u64 = 10_000;

/// From a desk to the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "camelCase", deny_unknown_fields)]
pub enum ClientMessage {
    /// The first message: where the client stands.
    Hello {
        /// What the client still has; `None` asks for a snapshot.
        #[serde(default)]
        resume: Option<Resume>,
    },
    /// An order; answered by [`ServerMessage::Result`] with the same id.
    Command {
        /// The client's own name for it. A repeated one is answered again and never acts twice.
        id: CommandId,
        /// The order.
        command: Command,
    },
    /// A question about the history; answered by [`ServerMessage::History`] with the same id.
    History {
        /// The client's own name for it.
        id: CommandId,
        /// Which rows.
        query: HistoryQuery,
    },
    /// Asks for a snapshot.
    Resync {
        /// What the client found; a gap where it does not say.
        #[serde(default)]
        why: ResyncCause,
    },
    /// Sign of life.
    Beat,
}

/// Why a client asks for a snapshot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ResyncCause {
    /// A delta is missing, or nothing is known yet.
    #[default]
    Gap,
    /// Its office has another hash than the server's.
    Differs,
}

/// Where a returning client stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Resume {
    /// The epoch it knows.
    pub epoch: Epoch,
    /// The last delta it applied.
    pub seq: Seq,
}

// Read with `ServerMessage::read`: serde alone knows none of the two large kinds.
/// From the server to a desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum ServerMessage {
    /// The answer to `Hello`. A snapshot follows, or, where `resumed`, the deltas that were missed.
    Ready {
        /// The current epoch.
        epoch: Epoch,
        /// The server's clock.
        now: Millis,
        /// Who is logged in.
        viewer: Viewer,
        /// Whether the client's facts still count.
        resumed: bool,
    },
    /// The whole office; replaces all the client knew.
    Snapshot {
        /// The epoch it belongs to.
        epoch: Epoch,
        /// The delta it already contains.
        seq: Seq,
        /// The server's clock.
        now: Millis,
        /// The office.
        #[serde(deserialize_with = "read::apart")]
        office: Arc<Office>,
    },
    /// What changed.
    #[serde(deserialize_with = "read::apart")]
    Delta(Delta),
    /// The hash of the office after this delta; see [`StateHash`]. Sent every ten seconds.
    Check {
        /// The last delta in it, which is also the last that was sent.
        seq: Seq,
        /// The hash.
        hash: StateHash,
    },
    /// What became of a command.
    Result {
        /// The client's name for it.
        id: CommandId,
        /// What became of it.
        outcome: Outcome,
    },
    /// Rows of the history.
    History {
        /// The client's name for the question.
        id: CommandId,
        /// The rows.
        page: HistoryPage,
    },
    /// A row was added to the history; sent to those who may see it.
    HistoryAdded {
        /// The row.
        entry: HistoryEntry,
    },
    /// Something that the person at the desk should know though it changes no fact of the office, such as a history
    /// that cannot be saved. It stands until the next one; `None` takes it away.
    Notice {
        /// A sentence: what is wrong, what to do.
        #[serde(default, deserialize_with = "crate::text::some_sentence")]
        text: Option<String>,
    },
    /// Sign of life; see [`BEAT_MS`].
    Beat {
        /// The server's clock.
        now: Millis,
        /// The last delta sent.
        seq: Seq,
    },
    /// The server closes the connection, and why.
    Bye {
        /// A sentence for the person at the desk.
        #[serde(deserialize_with = "crate::text::sentence")]
        text: String,
        /// Whether the client should come back by itself.
        again: bool,
        /// In how many milliseconds: each client of a server that stops gets another moment, so that they do not all
        /// come back at once. `None`: as the client's own waits go.
        #[serde(default, rename = "afterMs")]
        after_ms: Option<u32>,
    },
}
