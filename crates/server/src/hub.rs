//! What all desks see: the office, serialised once, with a ring of deltas for those who return. A desk that does not
//! keep up gets a snapshot, never a queue. Not the sockets, and no clock.

mod feed;
#[cfg(test)]
mod tests;
mod view;

pub use feed::{Delivery, Feed};

use crate::meters::Served;
use crate::privacy::Sight;
use frontdesk_protocol::{
    Change, Delta, Digest, Epoch, Extension, HistoryEntry, Millis, Office, Resume, Seq, ServerMessage,
    StateHash,
};
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::sync::broadcast;
use tokio_tungstenite::tungstenite::Utf8Bytes;
use view::{Commons, Hashes, Texts, View};

/// How many frames a desk may lag behind before it gets a snapshot instead.
const LAG: usize = 256;
/// How many deltas are kept for those who return.
const RING: usize = 1_024;
/// How many bytes of deltas are kept for those who return.
const RING_BYTES: usize = 8 * 1024 * 1024;

/// The one place from which all desks are fed.
#[derive(Debug)]
pub struct Hub {
    state: Mutex<State>,
    frames: broadcast::Sender<Frame>,
    /// What is counted of it.
    pub served: Served,
}

#[derive(Debug)]
struct State {
    epoch: Epoch,
    seq: Seq,
    office: Office,
    digest: Digest,
    /// What colleagues see alike.
    commons: Commons,
    ring: VecDeque<Arc<Published>>,
    ring_bytes: usize,
    /// The office as JSON, once somebody has asked for it since it last changed.
    json: Option<Box<RawValue>>,
}

/// A delta, its text for everybody who sees all, and for everybody else whom it does not concern.
#[derive(Debug)]
pub(crate) struct Published {
    delta: Delta,
    text: Utf8Bytes,
    concerned: OnceLock<BTreeSet<Extension>>,
    commons: Texts,
}

/// Something for every desk.
#[derive(Debug, Clone)]
enum Frame {
    Delta(Arc<Published>),
    /// The hash of the office at the present place: as the text for those who see all, and as colleagues see it alike.
    Check(Seq, Utf8Bytes, Hashes),
    /// A new row of the history, for those who may see that extension's.
    Row(Extension, Utf8Bytes),
}

/// Where a desk begins.
#[derive(Debug)]
pub struct Start {
    /// The present epoch, as this desk knows it.
    pub epoch: Epoch,
    /// Whether `first` holds the missed deltas, and not a snapshot.
    pub resumed: bool,
    /// What is sent first.
    pub first: Vec<Utf8Bytes>,
    /// All that follows.
    pub feed: Feed,
}

impl Hub {
    /// A hub with an empty office.
    pub fn new(epoch: Epoch) -> Self {
        let state = State {
            epoch,
            seq: Seq(0),
            office: Office::default(),
            digest: Digest::default(),
            commons: Commons::default(),
            ring: VecDeque::new(),
            ring_bytes: 0,
            json: None,
        };
        Self { state: Mutex::new(state), frames: broadcast::Sender::new(LAG), served: Served::default() }
    }

    /// Applies changes and sends them to every desk as one delta; of several changes of one thing only the last.
    pub fn publish(&self, changes: Vec<Change>) {
        let changes = newest(changes);
        if changes.is_empty() {
            return;
        }
        let mut state = self.lock();
        for change in &changes {
            state.digest.apply(change);
            state.commons.apply(change);
            state.office.apply(change.clone());
        }
        state.json = None;
        state.seq = state.seq.next();
        let message = ServerMessage::Delta(Delta { seq: state.seq, changes });
        let text = text(&message);
        let ServerMessage::Delta(delta) = message else { return };
        let published =
            Arc::new(Published { delta, text, concerned: OnceLock::new(), commons: Texts::default() });
        state.ring_bytes += published.text.len();
        state.ring.push_back(Arc::clone(&published));
        while state.ring.len() > RING || state.ring_bytes > RING_BYTES {
            let Some(old) = state.ring.pop_front() else { break };
            state.ring_bytes -= old.text.len();
        }
        self.served.deltas.inc();
        // Sent under the lock, so that a desk that starts now misses none and gets none twice. Without any desk
        // there is nobody to tell.
        let _ = self.frames.send(Frame::Delta(published));
    }

    /// Sends the hash of the office to every desk. Due every [`frontdesk_protocol::CHECK_MS`].
    pub fn check(&self) {
        let state = self.lock();
        let check = check(state.seq, state.digest.hash());
        let _ = self.frames.send(Frame::Check(state.seq, check, state.commons.hashes()));
    }

    /// Sends a new row of the history to those who may see it.
    pub fn row(&self, entry: HistoryEntry) {
        let extension = entry.extension.clone();
        let _ = self.frames.send(Frame::Row(extension, text(&ServerMessage::HistoryAdded { entry })));
    }

    /// Where a desk begins that sees the office so: with the deltas it missed where the ring still has them, else with a
    /// snapshot.
    pub fn start(&self, resume: Option<&Resume>, sight: Sight, now: Millis) -> Start {
        let mut state = self.lock();
        let frames = self.frames.subscribe();
        let (epoch, seq) = (sight.epoch(&state.epoch), state.seq);
        let missed = resume.filter(|resume| resume.epoch == epoch && resume.seq <= seq).and_then(|resume| {
            let first = state.ring.front().map(|published| published.delta.seq);
            let reaches = resume.seq == seq || first.is_some_and(|first| first <= resume.seq.next());
            let missed = state.ring.iter().filter(|published| published.delta.seq > resume.seq);
            reaches.then(|| missed.cloned().collect::<Vec<_>>())
        });
        let resumed = missed.is_some();
        if resumed { &self.served.resumes } else { &self.served.snapshots }.inc();
        let first = match (missed, &sight) {
            (Some(missed), _) => missed.iter().map(|published| published.to(&sight)).collect(),
            (None, Sight::Full) => vec![state.snapshot(now)],
            (None, Sight::Masked { .. }) => {
                let office = Arc::new(sight.office(&state.office));
                vec![text(&ServerMessage::Snapshot { epoch: epoch.clone(), seq, now, office })]
            }
        };
        let state = &mut *state;
        state.commons.keep(&sight, &state.office);
        Start { epoch, resumed, first, feed: Feed::new(frames, seq, View::new(sight, &state.office)) }
    }

    /// Looks at the office.
    pub fn office<T>(&self, look: impl FnOnce(&Office) -> T) -> T {
        look(&self.lock().office)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn snapshot(&mut self, now: Millis) -> Utf8Bytes {
        #[derive(Serialize)]
        #[serde(tag = "type", rename = "snapshot")]
        struct Snapshot<'a> {
            epoch: &'a Epoch,
            seq: Seq,
            now: Millis,
            office: &'a RawValue,
        }
        let json = self.json.take().unwrap_or_else(|| raw(&self.office));
        let text = text(&Snapshot { epoch: &self.epoch, seq: self.seq, now, office: &json });
        self.json = Some(json);
        text
    }
}

fn check(seq: Seq, hash: StateHash) -> Utf8Bytes {
    text(&ServerMessage::Check { seq, hash })
}

/// A message as the text that is sent.
pub fn text(message: &impl Serialize) -> Utf8Bytes {
    #[expect(
        clippy::expect_used,
        reason = "our own types have string keys only and cannot fail to serialise"
    )]
    serde_json::to_string(message).expect("a message serialises").into()
}

fn raw(office: &Office) -> Box<RawValue> {
    #[expect(
        clippy::expect_used,
        reason = "our own types have string keys only and cannot fail to serialise"
    )]
    serde_json::value::to_raw_value(office).expect("an office serialises")
}

/// Only the last change of each thing, in the order of those.
fn newest(changes: Vec<Change>) -> Vec<Change> {
    let mut told = BTreeSet::new();
    let mut kept: Vec<_> = changes.into_iter().rev().filter(|change| told.insert(subject(change))).collect();
    kept.reverse();
    kept
}

fn subject(change: &Change) -> (u8, Arc<str>) {
    let (kind, key) = change.subject();
    (kind, key.into())
}
