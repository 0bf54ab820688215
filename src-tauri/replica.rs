//! The desk's copy of the office: the server's messages applied in order. A gap is never papered over.

use frontdesk_protocol::{Epoch, Millis, Office, Resume, Seq, ServerMessage, Viewer};
use serde_json::json;
use std::sync::Arc;

/// What the server has told so far.
#[derive(Debug, Default)]
pub(crate) struct Replica {
    viewer: Option<Viewer>,
    facts: Option<Facts>,
    place: Place,
    /// The server's sentence that stands until the next one.
    notice: Option<String>,
    /// The server's clock, minus this computer's, in milliseconds.
    ahead: i64,
}

#[derive(Debug)]
struct Facts {
    epoch: Epoch,
    seq: Seq,
    office: Arc<Office>,
}

/// Whether the next delta fits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    /// A snapshot has to come first.
    #[default]
    Lost,
    /// The facts are complete up to their `seq`.
    Kept,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// It fits; the view gets it too.
    Taken,
    /// It is old, or waits for a snapshot; the view does not get it.
    Dropped,
    /// Something is missing before it; the server has to be asked for a snapshot.
    Gap,
}

impl Replica {
    /// Applies a message. `wall` is this computer's clock.
    pub(crate) fn apply(&mut self, message: &ServerMessage, wall: Millis) -> Step {
        match message {
            ServerMessage::Ready { epoch, now, viewer, resumed } => {
                self.ahead = now.0 - wall.0;
                self.viewer = Some(viewer.clone());
                let same = self.facts.as_ref().is_some_and(|facts| &facts.epoch == epoch);
                match (resumed, same) {
                    (true, true) => self.place = Place::Kept,
                    (true, false) => return self.gap(),
                    (false, _) => self.place = Place::Lost,
                }
                Step::Taken
            }
            ServerMessage::Snapshot { epoch, seq, now, office } => {
                self.ahead = now.0 - wall.0;
                self.facts = Some(Facts { epoch: epoch.clone(), seq: *seq, office: Arc::clone(office) });
                self.place = Place::Kept;
                Step::Taken
            }
            ServerMessage::Delta(delta) => {
                let (Place::Kept, Some(facts)) = (self.place, self.facts.as_mut()) else {
                    return Step::Dropped;
                };
                if delta.seq <= facts.seq {
                    return Step::Dropped;
                }
                if delta.seq != facts.seq.next() {
                    return self.gap();
                }
                let office = Arc::make_mut(&mut facts.office);
                for change in &delta.changes {
                    office.apply(change.clone());
                }
                facts.seq = delta.seq;
                Step::Taken
            }
            ServerMessage::Beat { now, seq } => {
                self.ahead = now.0 - wall.0;
                match (&self.facts, self.place) {
                    (Some(facts), Place::Kept) if *seq > facts.seq => self.gap(),
                    _ => Step::Taken,
                }
            }
            ServerMessage::Notice { text } => {
                self.notice.clone_from(text);
                Step::Taken
            }
            ServerMessage::Result { .. }
            | ServerMessage::History { .. }
            | ServerMessage::HistoryAdded { .. }
            | ServerMessage::Bye { .. } => Step::Taken,
        }
    }

    fn gap(&mut self) -> Step {
        self.place = Place::Lost;
        Step::Gap
    }

    /// Whether the facts are complete up to the last message.
    pub(crate) fn is_complete(&self) -> bool {
        self.place == Place::Kept && self.facts.is_some()
    }

    /// The office and who looks at it, once both are known.
    pub(crate) fn seen(&self) -> Option<(&Office, &Viewer)> {
        Some((self.facts.as_ref()?.office.as_ref(), self.viewer.as_ref()?))
    }

    /// Where to go on after a break, if the facts were complete then.
    pub(crate) fn resume(&self) -> Option<Resume> {
        let facts = self.facts.as_ref().filter(|_| self.place == Place::Kept)?;
        Some(Resume { epoch: facts.epoch.clone(), seq: facts.seq })
    }

    /// All that is known, as the messages that a server would send to a new client; empty before the first snapshot.
    pub(crate) fn retold(&self, wall: Millis) -> Vec<String> {
        let (Some(facts), Some(viewer)) = (&self.facts, &self.viewer) else { return Vec::new() };
        let now = Millis(wall.0 + self.ahead);
        let epoch = &facts.epoch;
        // Written out rather than through `ServerMessage`, so that nothing has to be cloned for it.
        let mut told = vec![
            json!({ "type": "ready", "epoch": epoch, "now": now, "viewer": viewer, "resumed": false }).to_string(),
            json!({ "type": "snapshot", "epoch": epoch, "seq": facts.seq, "now": now, "office": facts.office })
                .to_string(),
        ];
        if let Some(notice) = &self.notice {
            told.push(json!({ "type": "notice", "text": notice }).to_string());
        }
        told
    }
}
