//! Which channels make one call: by linkedid, united where the PBX unites them. Not what a call shows.

use super::Model;
use crate::channel::{CallKey, ChannelKey, Uid};
use crate::maps::Channels;
use frontdesk_protocol::{CallId, Millis, Party, QueueName};
use std::sync::Arc;

/// One call.
#[derive(Debug)]
pub(crate) struct CallEntry {
    /// Stable for its life.
    pub id: CallId,
    /// Its channels, the oldest first.
    pub channels: Channels,
    /// Every linkedid it had.
    pub links: Vec<Arc<str>>,
    pub started: Millis,
    /// Who began it; kept for life.
    pub origin: Option<Origin>,
    /// What was dialled first.
    pub dialled: Option<String>,
    /// The last queue it came through.
    pub queue: Option<QueueName>,
    /// Whether an outside line was ever dialled in it.
    pub went_out: bool,
}

/// Who began a call.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    /// At which channel; the key as it was when that was last looked at.
    pub channel: ChannelKey,
    pub uid: Uid,
    pub party: Arc<Party>,
}

impl Model {
    /// The call with this linkedid, made where there is none.
    pub(super) fn call_of_link(&mut self, link: &Arc<str>, now: Millis) -> CallKey {
        if let Some(key) = self.links.get(link) {
            return *key;
        }
        let key = CallKey(self.next_call);
        self.next_call += 1;
        let entry = CallEntry {
            id: CallId::of(link).unwrap_or_else(|_| own_id(key)),
            channels: Channels::new(),
            links: vec![Arc::clone(link)],
            started: now,
            origin: None,
            dialled: None,
            queue: None,
            went_out: false,
        };
        self.calls.insert(key, entry);
        self.links.insert(Arc::clone(link), key);
        key
    }

    /// Makes one call of two; the older one stays. Says which.
    pub(super) fn unite(&mut self, one: CallKey, other: CallKey) -> CallKey {
        if one == other {
            return one;
        }
        let (old, young) = (one.min(other), one.max(other));
        let Some(gone) = self.calls.remove(&young) else { return old };
        self.united.push((young, old));
        self.dirty.calls.insert(old);
        self.dirty.calls.insert(young);
        for key in &gone.channels {
            if let Some(channel) = self.channels.at_mut(*key) {
                channel.call = old;
            }
        }
        for link in &gone.links {
            self.links.insert(Arc::clone(link), old);
        }
        if let Some(entry) = self.calls.get_mut(&old) {
            entry.channels.extend(gone.channels);
            entry.links.extend(gone.links);
            entry.started = entry.started.min(gone.started);
            entry.origin = entry.origin.take().or(gone.origin);
            entry.dialled = entry.dialled.take().or(gone.dialled);
            entry.queue = entry.queue.take().or(gone.queue);
            entry.went_out |= gone.went_out;
        }
        old
    }

    /// Takes a channel out of its call; a call without channels is no call.
    pub(super) fn leave_call(&mut self, key: CallKey, channel: ChannelKey) {
        self.dirty.calls.insert(key);
        let Some(entry) = self.calls.get_mut(&key) else { return };
        entry.channels.retain(|other| *other != channel);
        if entry.channels.is_empty() {
            for link in std::mem::take(&mut entry.links) {
                self.links.remove(&link);
            }
            self.calls.remove(&key);
        }
    }
}

/// A name for a call whose linkedid is no text that could be one.
fn own_id(key: CallKey) -> CallId {
    #[expect(clippy::expect_used, reason = "letters and digits, and never empty")]
    CallId::parse(&format!("call-{}", key.0)).expect("a valid id")
}
