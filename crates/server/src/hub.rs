//! What all desks see: the office, serialised once, with a ring of deltas for those who return. A desk that does not
//! keep up gets a snapshot, never a queue. Not the sockets.

use crate::clock;
use axum::extract::ws::Utf8Bytes;
use frontdesk_protocol::{Change, Delta, Epoch, Extension, HistoryEntry, Office, Resume, Seq, ServerMessage};
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::broadcast;

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
}

#[derive(Debug)]
struct State {
    epoch: Epoch,
    seq: Seq,
    office: Office,
    ring: VecDeque<(Seq, Utf8Bytes)>,
    ring_bytes: usize,
    /// The office as JSON, once somebody has asked for it since it last changed.
    json: Option<Box<RawValue>>,
}

/// Something for every desk.
#[derive(Debug, Clone)]
pub enum Frame {
    /// A delta.
    Delta(Seq, Utf8Bytes),
    /// A new row of the history, for those who may see that extension's.
    Row(Extension, Utf8Bytes),
}

/// What a desk gets next.
#[derive(Debug)]
pub enum Delivery {
    /// This.
    Frame(Frame),
    /// It lags too far behind: a snapshot is due.
    Lagged,
    /// The server stops.
    End,
}

/// Where a desk begins.
#[derive(Debug)]
pub struct Start {
    /// The present epoch.
    pub epoch: Epoch,
    /// The last delta in `first`.
    pub seq: Seq,
    /// Whether `first` holds the missed deltas, and not a snapshot.
    pub resumed: bool,
    /// What is sent first.
    pub first: Vec<Utf8Bytes>,
    /// All that follows.
    pub rest: Subscription,
}

/// The frames that follow a start.
#[derive(Debug)]
pub struct Subscription(broadcast::Receiver<Frame>);

impl Hub {
    /// A hub with an empty office.
    pub fn new(epoch: Epoch) -> Self {
        let state = State {
            epoch,
            seq: Seq(0),
            office: Office::default(),
            ring: VecDeque::new(),
            ring_bytes: 0,
            json: None,
        };
        Self { state: Mutex::new(state), frames: broadcast::Sender::new(LAG) }
    }

    /// Applies changes and sends them to every desk as one delta; of several changes of one thing only the last.
    pub fn publish(&self, changes: Vec<Change>) {
        let changes = newest(changes);
        if changes.is_empty() {
            return;
        }
        let mut state = self.lock();
        for change in &changes {
            state.office.apply(change.clone());
        }
        state.json = None;
        state.seq = state.seq.next();
        let seq = state.seq;
        let text = text(&ServerMessage::Delta(Delta { seq, changes }));
        state.ring_bytes += text.len();
        state.ring.push_back((seq, text.clone()));
        while state.ring.len() > RING || state.ring_bytes > RING_BYTES {
            let Some((_, old)) = state.ring.pop_front() else { break };
            state.ring_bytes -= old.len();
        }
        // Sent under the lock, so that a desk that starts now misses none and gets none twice. Without any desk
        // there is nobody to tell.
        let _ = self.frames.send(Frame::Delta(seq, text));
    }

    /// Sends a new row of the history to those who may see it.
    pub fn row(&self, entry: HistoryEntry) {
        let extension = entry.extension.clone();
        let _ = self.frames.send(Frame::Row(extension, text(&ServerMessage::HistoryAdded { entry })));
    }

    /// Where a desk begins: with the deltas it missed where the ring still has them, else with a snapshot.
    pub fn start(&self, resume: Option<&Resume>) -> Start {
        let mut state = self.lock();
        let rest = Subscription(self.frames.subscribe());
        let (epoch, seq) = (state.epoch.clone(), state.seq);
        let missed = resume.filter(|resume| resume.epoch == epoch && resume.seq <= seq).and_then(|resume| {
            let reaches =
                resume.seq == seq || state.ring.front().is_some_and(|(first, _)| *first <= resume.seq.next());
            reaches.then(|| {
                let missed = state.ring.iter().filter(|(seq, _)| *seq > resume.seq);
                missed.map(|(_, text)| text.clone()).collect::<Vec<_>>()
            })
        });
        let resumed = missed.is_some();
        let first = missed.unwrap_or_else(|| vec![state.snapshot()]);
        Start { epoch, seq, resumed, first, rest }
    }

    /// Looks at the office.
    pub fn office<T>(&self, look: impl FnOnce(&Office) -> T) -> T {
        look(&self.lock().office)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscription {
    /// Waits for what comes next. Dropping the wait loses nothing.
    pub async fn next(&mut self) -> Delivery {
        match self.0.recv().await {
            Ok(frame) => Delivery::Frame(frame),
            Err(broadcast::error::RecvError::Lagged(_)) => Delivery::Lagged,
            Err(broadcast::error::RecvError::Closed) => Delivery::End,
        }
    }
}

impl State {
    fn snapshot(&mut self) -> Utf8Bytes {
        #[derive(Serialize)]
        #[serde(tag = "type", rename = "snapshot")]
        struct Snapshot<'a> {
            epoch: &'a Epoch,
            seq: Seq,
            now: frontdesk_protocol::Millis,
            office: &'a RawValue,
        }
        let json = self.json.take().unwrap_or_else(|| raw(&self.office));
        let snapshot = Snapshot { epoch: &self.epoch, seq: self.seq, now: clock::now(), office: &json };
        let text = text(&snapshot);
        self.json = Some(json);
        text
    }
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
    let mut seen = BTreeSet::new();
    let mut kept: Vec<_> = changes.into_iter().rev().filter(|change| seen.insert(subject(change))).collect();
    kept.reverse();
    kept
}

fn subject(change: &Change) -> (u8, Arc<str>) {
    let (kind, key) = match change {
        Change::Link(_) => (0, ""),
        Change::Person(person) => (1, person.id.as_str()),
        Change::PersonGone(id) => (1, id.as_str()),
        Change::Extension(state) => (2, state.extension.as_str()),
        Change::ExtensionGone(extension) => (2, extension.as_str()),
        Change::Call(call) => (3, call.id.as_str()),
        Change::CallGone(id) => (3, id.as_str()),
        Change::Queue(queue) => (4, queue.name.as_str()),
        Change::QueueGone(name) => (4, name.as_str()),
        Change::Lot(lot) => (5, lot.name.as_str()),
        Change::LotGone(name) => (5, name.as_str()),
        Change::Mailbox(mailbox) => (6, mailbox.id.as_str()),
        Change::MailboxGone(id) => (6, id.as_str()),
        Change::Handed(handed) => (7, handed.id.as_str()),
        Change::HandedGone(id) => (7, id.as_str()),
    };
    (kind, key.into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::specimen;
    use frontdesk_protocol::{CallId, Millis, PbxLink};

    fn hub() -> Hub {
        Hub::new(Epoch::parse("e").unwrap())
    }

    fn up(since: i64) -> Vec<Change> {
        vec![Change::Link(PbxLink::Up { since: Millis(since) })]
    }

    fn replica(first: &[Utf8Bytes]) -> (Seq, Office) {
        let (mut at, mut office) = (Seq(0), Office::default());
        for text in first {
            match serde_json::from_str(text).unwrap() {
                ServerMessage::Snapshot { seq, office: whole, .. } => (at, office) = (seq, (*whole).clone()),
                ServerMessage::Delta(delta) => {
                    at = delta.seq;
                    delta.changes.into_iter().for_each(|change| office.apply(change));
                }
                other => panic!("{other:?}"),
            }
        }
        (at, office)
    }

    #[tokio::test]
    async fn snapshot_and_deltas_give_the_office() {
        let hub = hub();
        hub.publish(Office::default().changes_to(&specimen::office()));
        let mut start = hub.start(None);
        assert!(!start.resumed);
        hub.publish(vec![Change::CallGone(CallId::parse("c").unwrap())]);
        let Delivery::Frame(Frame::Delta(Seq(2), delta)) = start.rest.next().await else {
            panic!("no delta")
        };
        let mut all = start.first.clone();
        all.push(delta);
        assert_eq!(replica(&all), (Seq(2), hub.office(Clone::clone)));
    }

    #[test]
    fn who_returns_gets_the_missed_deltas_while_the_ring_reaches() {
        let hub = hub();
        for n in 0..=RING {
            hub.publish(up(i64::try_from(n).unwrap()));
        }
        let newest = Seq(RING as u64 + 1);
        let back = |seq| hub.start(Some(&Resume { epoch: Epoch::parse("e").unwrap(), seq }));
        assert_eq!(back(newest).first.len(), 0);
        assert_eq!(back(Seq(newest.0 - 3)).first.len(), 3);
        assert_eq!(back(Seq(1)).first.len(), RING);
        assert!(back(Seq(1)).resumed);
        assert!(!back(Seq(0)).resumed, "the ring no longer reaches");
        assert!(!back(Seq(newest.0 + 1)).resumed, "from the future");
        let other = Resume { epoch: Epoch::parse("other").unwrap(), seq: newest };
        assert!(!hub.start(Some(&other)).resumed, "of another epoch");
    }

    #[tokio::test]
    async fn who_does_not_keep_up_gets_a_snapshot_and_no_queue() {
        let hub = hub();
        let mut slow = hub.start(None);
        for n in 0..10 * LAG {
            hub.publish(up(i64::try_from(n).unwrap()));
        }
        assert!(matches!(slow.rest.next().await, Delivery::Lagged));
        let again = hub.start(None);
        assert_eq!(replica(&again.first), (Seq(10 * LAG as u64), hub.office(Clone::clone)));
    }

    #[test]
    fn of_several_changes_of_one_thing_the_last_is_sent() {
        let hub = hub();
        hub.publish([up(1), up(2), up(3)].concat());
        let start = hub.start(Some(&Resume { epoch: Epoch::parse("e").unwrap(), seq: Seq(0) }));
        let ServerMessage::Delta(delta) = serde_json::from_str(&start.first[0]).unwrap() else { panic!() };
        assert_eq!(delta.changes, up(3));
    }
}
