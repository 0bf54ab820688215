//! What was up when the link was lost. A channel that is still there when the link is back has its past again; one
//! that is not has ended meanwhile, nobody knows when. Nothing here is shown.

use super::Model;
use crate::channel::{CallKey, Channel, ChannelKey, Dialled, Uid};
use crate::model::{Ended, Origin};
use frontdesk_protocol::{CallId, Millis, QueueName};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Channels and calls as they were last known.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    channels: BTreeMap<Uid, Channel>,
    calls: BTreeMap<CallKey, Known>,
}

/// What a call keeps for life.
#[derive(Debug, Clone)]
struct Known {
    id: CallId,
    links: Vec<Arc<str>>,
    started: Millis,
    origin: Option<Origin>,
    dialled: Option<String>,
    queue: Option<QueueName>,
    went_out: bool,
}

impl Model {
    /// Keeps what is up, beside what is remembered already: a link may be lost again before it was read in full.
    pub(super) fn remember(&mut self) {
        for (key, call) in &self.calls {
            let known = Known {
                id: call.id.clone(),
                links: call.links.clone(),
                started: call.started,
                origin: call.origin.clone(),
                dialled: call.dialled.clone(),
                queue: call.queue.clone(),
                went_out: call.went_out,
            };
            self.memory.calls.insert(*key, known);
        }
        let channels = self.channels.drain().map(|channel| (Arc::clone(&channel.uid), channel));
        self.memory.channels.extend(channels);
    }

    /// The channel has appeared: where it was up before, its past and that of its call are its own again. What it
    /// does now is for the lists to say.
    pub(super) fn recall(&mut self, key: ChannelKey) {
        let Some(uid) = self.channels.at(key).map(|channel| &channel.uid) else { return };
        let Some(before) = self.memory.channels.remove(uid) else { return };
        let known = self.memory.calls.get(&before.call).cloned();
        let Some(channel) = self.channels.at_mut(key) else { return };
        channel.past = before.past;
        channel.shown = before.shown;
        channel.place.calls = before.place.calls.or(channel.place.calls.take());
        channel.place.service = before.place.service;
        // Whether it still is being dialled is inferred from the lists.
        if matches!(before.ties.dialled, Dialled::Answered | Dialled::Over) {
            channel.ties.dialled = Dialled::Over;
        }
        let mut call = channel.call;
        let Some(known) = known else { return };
        for link in &known.links {
            match self.links.get(link).copied() {
                Some(other) => call = self.unite(call, other),
                None => {
                    self.links.insert(Arc::clone(link), call);
                    if let Some(entry) = self.calls.get_mut(&call) {
                        entry.links.push(Arc::clone(link));
                    }
                }
            }
        }
        let Some(entry) = self.calls.get_mut(&call) else { return };
        entry.id = known.id;
        entry.started = entry.started.min(known.started);
        entry.origin = entry.origin.take().or(known.origin);
        entry.dialled = entry.dialled.take().or(known.dialled);
        entry.queue = entry.queue.take().or(known.queue);
        entry.went_out |= known.went_out;
    }

    /// The lists are read: what they did not name is over. The past is forgotten.
    pub(crate) fn lost(&mut self) -> Vec<Ended> {
        let Memory { channels, calls } = std::mem::take(&mut self.memory);
        let ended = channels.into_values().filter_map(|channel| {
            let call = calls.get(&channel.call)?;
            let (id, queue) = (call.id.clone(), call.queue.clone());
            Some(Ended { key: channel.call, channel, call: id, queue, cause: 0, caller: None })
        });
        ended.collect()
    }
}
