//! The desk's copy of the office, who looks at it, and the server's clock; and all of it told again to a page that loads
//! late. What follows what is `frontdesk_protocol::Replica`.

use frontdesk_protocol::{Epoch, Millis, Office, Resume, Seq, ServerMessage, Step, Viewer};
use serde::Serialize;
use serde_json::json;

/// What the server has told so far.
#[derive(Debug, Default)]
pub(crate) struct Replica {
    viewer: Option<Viewer>,
    facts: frontdesk_protocol::Replica,
    /// The server's sentence that stands until the next one.
    notice: Option<String>,
    /// The server's clock, minus this computer's, in milliseconds.
    ahead: i64,
}

/// As `ServerMessage::Snapshot` is written, so that the office does not have to be cloned for it.
#[derive(Serialize)]
struct Snapshot<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    epoch: &'a Epoch,
    seq: &'a Seq,
    now: Millis,
    office: &'a Office,
}

impl Replica {
    /// Applies a message. `wall` is this computer's clock.
    pub(crate) fn apply(&mut self, message: &ServerMessage, wall: Millis) -> Step {
        match message {
            ServerMessage::Ready { now, viewer, .. } => {
                self.ahead = now.0 - wall.0;
                self.viewer = Some(viewer.clone());
            }
            ServerMessage::Snapshot { now, .. } | ServerMessage::Beat { now, .. } => {
                self.ahead = now.0 - wall.0;
            }
            ServerMessage::Notice { text } => self.notice.clone_from(text),
            ServerMessage::Delta(_)
            | ServerMessage::Check { .. }
            | ServerMessage::Result { .. }
            | ServerMessage::History { .. }
            | ServerMessage::HistoryAdded { .. }
            | ServerMessage::Bye { .. } => {}
        }
        self.facts.take(message)
    }

    /// Whether the facts are complete up to the last message.
    pub(crate) fn is_complete(&self) -> bool {
        self.facts.cursor().is_complete()
    }

    /// The office and who looks at it, once both are known.
    pub(crate) fn seen(&self) -> Option<(&Office, &Viewer)> {
        self.facts.cursor().at()?;
        Some((self.facts.office(), self.viewer.as_ref()?))
    }

    /// Where to go on after a break, if the facts were complete then.
    pub(crate) fn resume(&self) -> Option<Resume> {
        self.facts.cursor().resume()
    }

    /// All that is known, as the messages that a server would send to a new client; empty before the first snapshot.
    pub(crate) fn retold(&self, wall: Millis) -> Vec<String> {
        let (Some(Resume { epoch, seq }), Some(viewer)) = (self.facts.cursor().at(), &self.viewer) else {
            return Vec::new();
        };
        let (now, office) = (Millis(wall.0 + self.ahead), self.facts.office());
        let mut told = vec![
            json!({ "type": "ready", "epoch": epoch, "now": now, "viewer": viewer, "resumed": false })
                .to_string(),
        ];
        // Ids, numbers and texts always become JSON.
        told.extend(serde_json::to_string(&Snapshot { kind: "snapshot", epoch, seq, now, office }));
        if let Some(notice) = &self.notice {
            told.push(json!({ "type": "notice", "text": notice }).to_string());
        }
        told
    }
}
