//! Channels, bridges and calls, and the events that change them. Not what is shown of them (`view`), nor
//! extensions and people (`registry`), nor orders (`control`).
//!
//! Channels are told apart by Uniqueid and overwritten by every snapshot; only `Hangup` ends one; a channel that
//! has ended never comes back, whatever arrives late.

mod calls;
mod channels;
mod graph;
mod infer;
mod keyed;
mod memory;
mod services;

pub(crate) use calls::{CallEntry, Origin};
pub(crate) use frontdesk_ami::event::BridgeKind;
pub(crate) use graph::Tie;

use crate::channel::{BridgeKey, CallKey, Channel, ChannelKey, Uid};
use crate::maps::{Calls, Channels, Map, Set};
use crate::model::keyed::{Keyed, Named};
use crate::model::memory::Memory;
use crate::registry::Registry;
use crate::settings::Settings;
use frontdesk_protocol::{CallId, Extension, LotName, MailboxId, Millis, Party, QueueName};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// A bridge and who is in it.
#[derive(Debug)]
pub(crate) struct Bridge {
    pub id: Arc<str>,
    pub kind: BridgeKind,
    pub name: Arc<str>,
    pub members: Channels,
}

impl Named for Bridge {
    fn known_as(&self) -> &Arc<str> {
        &self.id
    }
}

impl Named for Channel {
    fn known_as(&self) -> &Arc<str> {
        &self.uid
    }
}

/// What has to be drawn again.
#[derive(Debug, Default)]
pub(crate) struct Dirty {
    /// Calls of which something changed.
    pub calls: Calls,
    /// Those that were looked at since the last drawing.
    pub looked: Calls,
    pub extensions: BTreeSet<Extension>,
    pub queues: BTreeSet<QueueName>,
    pub lots: BTreeSet<LotName>,
    pub mailboxes: BTreeSet<MailboxId>,
    pub people: bool,
}

/// A member of a queue as the PBX names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub name: String,
    pub state_interface: String,
    pub paused: bool,
}

/// A queue.
#[derive(Debug, Default)]
pub(crate) struct QueueEntry {
    pub waiting: Vec<(ChannelKey, Millis)>,
    pub members: BTreeMap<String, Member>,
}

/// The calls of the PBX.
#[derive(Debug)]
pub(crate) struct Model {
    pub settings: Settings,
    pub registry: Registry,
    pub channels: Keyed<ChannelKey, Channel>,
    pub bridges: Keyed<BridgeKey, Bridge>,
    pub calls: Map<CallKey, CallEntry>,
    pub at: Map<Extension, Channels>,
    pub queues: BTreeMap<QueueName, QueueEntry>,
    pub lots: BTreeMap<LotName, BTreeMap<Extension, (ChannelKey, Millis)>>,
    pub dirty: Dirty,
    /// Channels in a state that may only be passing, by the instant at which it counts.
    pub settling: BTreeSet<(Millis, ChannelKey)>,
    /// Channels that are up somewhere, and no event says where: the PBX is to be asked.
    pub unplaced: Vec<ChannelKey>,
    /// Channels that ended since the last look.
    pub ended: Vec<Ended>,
    /// Calls that became part of an older one since the last look, with that.
    pub united: Vec<(CallKey, CallKey)>,
    /// What was up when the link was lost, until the lists have said what still is.
    pub memory: Memory,
    /// Channels that are going to appear, and whom they are meant to call.
    expected: Map<Uid, Arc<Party>>,
    pub links: Map<Arc<str>, CallKey>,
    pub names: Map<Arc<str>, ChannelKey>,
    gone: Tombs,
    next_call: u64,
}

/// A channel that ended, with why.
#[derive(Debug)]
pub(crate) struct Ended {
    pub channel: Channel,
    /// Its call, and the queue through which that came.
    pub key: CallKey,
    pub call: CallId,
    pub queue: Option<QueueName>,
    pub cause: u32,
    /// Who dialled it.
    pub caller: Option<Uid>,
}

/// The last Uniqueids that ended: what arrives late about them is dropped.
#[derive(Debug, Default)]
struct Tombs {
    order: VecDeque<Uid>,
    set: Set<Uid>,
}

impl Tombs {
    const KEPT: usize = 8_192;

    fn add(&mut self, uid: Uid) {
        if self.set.insert(Arc::clone(&uid)) {
            self.order.push_back(uid);
        }
        while self.order.len() > Self::KEPT {
            if let Some(oldest) = self.order.pop_front() {
                self.set.remove(&oldest);
            }
        }
    }

    fn has(&self, uid: &str) -> bool {
        self.set.contains(uid)
    }
}

impl Model {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            settings,
            registry: Registry::default(),
            channels: Keyed::default(),
            bridges: Keyed::default(),
            calls: Map::default(),
            at: Map::default(),
            queues: BTreeMap::new(),
            lots: BTreeMap::new(),
            dirty: Dirty::default(),
            settling: BTreeSet::new(),
            unplaced: Vec::new(),
            ended: Vec::new(),
            united: Vec::new(),
            memory: Memory::default(),
            expected: Map::default(),
            links: Map::default(),
            names: Map::default(),
            gone: Tombs::default(),
            next_call: 0,
        }
    }

    /// Forgets every call and everything that waits; extensions and people stay. What was up is remembered: of a
    /// channel that the lists name again, the past is known.
    pub(crate) fn forget_calls(&mut self) {
        self.remember();
        self.dirty.calls.extend(self.calls.keys());
        self.dirty.extensions.extend(self.at.keys().cloned());
        self.dirty.queues.extend(self.queues.keys().cloned());
        self.dirty.lots.extend(self.lots.keys().cloned());
        self.bridges.drain().for_each(drop);
        self.calls.clear();
        self.at.clear();
        self.queues.clear();
        self.lots.clear();
        self.settling.clear();
        self.expected.clear();
        self.links.clear();
        self.names.clear();
        // A PBX that starts again counts its Uniqueids from the new second on, but a clock may jump.
        self.gone = Tombs::default();
    }

    /// A channel with this Uniqueid is going to appear, for a call to `party`.
    pub(crate) fn expect(&mut self, uid: &Uid, party: Arc<Party>) {
        self.expected.insert(Arc::clone(uid), party);
    }

    /// That channel is not going to appear.
    pub(crate) fn expected_no_more(&mut self, uid: &Uid) {
        self.expected.remove(uid);
    }

    /// Marks a channel's call, and the extension it sits at, to be drawn again.
    pub(crate) fn touch(&mut self, key: ChannelKey) {
        if let Some(channel) = self.channels.at(key) {
            self.dirty.calls.insert(channel.call);
        }
    }
}
