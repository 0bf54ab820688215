//! The events of channels, dials and bridges. Each handler may come twice, late, or about an unknown channel.

use super::{Bridge, BridgeKind, Ended, Model};
use crate::channel::{
    BridgeKey, Channel, ChannelKey, Dialled, End, Facts, Past, Place, Ties, Uid, local_pair, set,
};
use crate::maps::Channels;
use frontdesk_ami::event::{Bridge as BridgeSnapshot, Channel as Snapshot};
use frontdesk_protocol::{Extension, Hold, LegId, Millis, Service};
use smol_str::SmolStr;
use std::sync::Arc;

impl Model {
    /// Takes in a snapshot of a channel and gives its key; `None` where it names none or one that has ended.
    pub(crate) fn channel(&mut self, snapshot: &Snapshot<'_>, now: Millis) -> Option<ChannelKey> {
        if snapshot.uniqueid.is_empty() || snapshot.name.is_empty() {
            return None;
        }
        if let Some(key) = self.overwrite(snapshot) {
            return Some(key);
        }
        (!self.gone.has(snapshot.uniqueid)).then(|| self.appear(snapshot, now))
    }

    /// Takes in the snapshot of a known channel and gives its key.
    fn overwrite(&mut self, snapshot: &Snapshot<'_>) -> Option<ChannelKey> {
        let key = self.channels.key(snapshot.uniqueid)?;
        let channel = self.channels.at_mut(key)?;
        let news = channel.facts.overwrite(snapshot);
        if channel.past.dialled.is_empty() && channel.facts.exten != "s" {
            channel.past.dialled = channel.facts.exten.clone();
        }
        if !news.differs {
            return Some(key);
        }
        if news.caller {
            channel.seated = None;
        }
        self.dirty.calls.insert(channel.call);
        if news.linkedid {
            let link = Arc::clone(&channel.facts.linkedid);
            self.relink(key, &link);
        }
        if news.name {
            self.reclassify(key);
        }
        Some(key)
    }

    /// A known channel only, with its snapshot taken in.
    pub(crate) fn known(&mut self, snapshot: &Snapshot<'_>) -> Option<ChannelKey> {
        if snapshot.name.is_empty() { None } else { self.overwrite(snapshot) }
    }

    /// The same, where the event names one.
    pub(crate) fn known_if(&mut self, snapshot: Option<&Snapshot<'_>>) -> Option<ChannelKey> {
        snapshot.and_then(|snapshot| self.known(snapshot))
    }

    fn appear(&mut self, snapshot: &Snapshot<'_>, now: Millis) -> ChannelKey {
        let uid: Uid = snapshot.uniqueid.into();
        let own = snapshot.linkedid.is_empty() || snapshot.linkedid == snapshot.uniqueid;
        let link = if own { Arc::clone(&uid) } else { self.link(snapshot.linkedid) };
        let call = self.call_of_link(&link, now);
        let mut facts = Facts { linkedid: Arc::clone(&link), ..Facts::default() };
        facts.overwrite(snapshot);
        // Where the snapshot says none, it is its own.
        facts.linkedid = link;
        let end = self.registry.end_of(&facts.name, &self.settings);
        let dialled = if facts.exten == "s" { SmolStr::default() } else { facts.exten.clone() };
        if let End::Phone(extension) = &end {
            self.registry.heard(extension, &facts, &mut self.dirty);
        }
        let half = local_pair(&facts.name).and_then(|(base, half)| {
            let other = format!("{base};{}", if half == '1' { '2' } else { '1' });
            self.names.get(other.as_str()).copied()
        });
        let place = Place { calls: self.expected.remove(&uid), ..Place::default() };
        let key = self.channels.insert(|key| Channel {
            key,
            leg: LegId::of(&uid).ok(),
            uid,
            end,
            call,
            facts,
            seated: None,
            ties: Ties { half, ..Ties::default() },
            place,
            past: Past { seen: now, dialled, ..Past::default() },
            shown: None,
            passing: None,
        });
        if let Some(channel) = self.channels.at(key) {
            if let End::Phone(extension) = &channel.end {
                self.at.entry(extension.clone()).or_default().push(key);
            }
            if channel.facts.name.starts_with("Local/") {
                self.names.insert(Arc::clone(&channel.facts.name), key);
            }
        }
        if let Some(other) = half.and_then(|half| self.channels.at_mut(half)) {
            other.ties.half = Some(key);
        }
        if let Some(entry) = self.calls.get_mut(&call) {
            entry.channels.push(key);
        }
        self.dirty.calls.insert(call);
        self.recall(key);
        key
    }

    /// The linkedid, as it is known already where it is.
    fn link(&self, link: &str) -> Arc<str> {
        self.links.get_key_value(link).map_or_else(|| link.into(), |(link, _)| Arc::clone(link))
    }

    fn relink(&mut self, key: ChannelKey, link: &Arc<str>) {
        let Some(channel) = self.channels.at(key) else { return };
        // All parked callers share one bridge, and are no call for that.
        if link.is_empty() || channel.place.parked.is_some() {
            return;
        }
        let call = channel.call;
        match self.links.get(link).copied() {
            Some(other) => {
                self.unite(call, other);
            }
            None => {
                self.links.insert(Arc::clone(link), call);
                if let Some(entry) = self.calls.get_mut(&call) {
                    entry.links.push(Arc::clone(link));
                }
            }
        }
    }

    /// Asks the registry again what a channel leads to.
    pub(crate) fn reclassify(&mut self, key: ChannelKey) {
        let Some(channel) = self.channels.at_mut(key) else { return };
        let end = self.registry.end_of(&channel.facts.name, &self.settings);
        if end == channel.end {
            return;
        }
        let before = std::mem::replace(&mut channel.end, end.clone());
        channel.seated = None;
        self.dirty.calls.insert(channel.call);
        if let End::Phone(extension) = before {
            self.leave_extension(&extension, key);
            self.dirty.extensions.insert(extension);
        }
        if let End::Phone(extension) = end {
            // Of this phone nothing may have been heard before.
            self.registry.station(&extension, &mut self.dirty);
            self.dirty.extensions.insert(extension.clone());
            self.at.entry(extension).or_default().push(key);
        }
    }

    fn leave_extension(&mut self, extension: &Extension, key: ChannelKey) {
        if let Some(at) = self.at.get_mut(extension) {
            at.retain(|other| *other != key);
            if at.is_empty() {
                self.at.remove(extension);
            }
        }
    }

    /// The channel is over. The only end there is.
    pub(crate) fn hangup(&mut self, snapshot: &Snapshot<'_>, cause: u32) {
        let uid = snapshot.uniqueid;
        if uid.is_empty() {
            return;
        }
        let known = self.known(snapshot);
        match known.or_else(|| self.channels.key(uid)) {
            Some(key) => self.over(key, cause),
            None if self.gone.has(uid) => {}
            None => self.gone.add(uid.into()),
        }
    }

    /// The PBX has this channel no more, though it has not said so.
    pub(crate) fn vanish(&mut self, uid: Uid) {
        match self.channels.key(&uid) {
            Some(key) => self.over(key, 0),
            None => self.gone.add(uid),
        }
    }

    fn over(&mut self, key: ChannelKey, cause: u32) {
        let caller = self.channels.at(key).and_then(|channel| {
            channel.past.caller.clone().or_else(|| self.dialler_of(channel).map(|it| Arc::clone(&it.uid)))
        });
        self.dial_came_to(key, cause);
        self.leave_bridge(key);
        self.end_dials_of(key);
        let Some(channel) = self.channels.remove(key) else { return };
        self.gone.add(Arc::clone(&channel.uid));
        let call = self.calls.get(&channel.call).map(|call| (call.id.clone(), call.queue.clone()));
        self.leave_call(channel.call, key);
        if self.names.get(&channel.facts.name) == Some(&key) {
            self.names.remove(&channel.facts.name);
        }
        if let Some(since) = channel.passing {
            self.settling.remove(&(since.plus(self.settings.settle_ms), key));
        }
        if let Some(half) = channel.ties.half.and_then(|half| self.channels.at_mut(half)) {
            half.ties.half = None;
        }
        if let Some(extension) = channel.extension() {
            self.leave_extension(extension, key);
            self.dirty.extensions.insert(extension.clone());
        }
        if let Some(name) = &channel.place.queue {
            self.leave_queue(name, key);
        }
        if let Some(place) = &channel.place.parked {
            self.leave_space(place, key);
        }
        if let Some((call, queue)) = call {
            self.ended.push(Ended { key: channel.call, channel, call, queue, cause, caller });
        }
    }

    /// Tells whoever dialled a channel that has ended, through Local pairs, why it has.
    fn dial_came_to(&mut self, key: ChannelKey, cause: u32) {
        let Some(ended) = self.channels.at(key) else { return };
        // Who took the call did not refuse it; the end of their leg may be told when the caller is already sent on.
        if ended.past.answered.is_some() {
            return;
        }
        // Whoever has it ignored has declined.
        let cause = if ended.past.ignored { 21 } else { cause };
        let mut dialler = ended.ties.dialled_by;
        for _ in 0..8 {
            let Some(channel) = dialler.and_then(|dialler| self.channels.at(dialler)) else { return };
            if channel.end != End::Local {
                break;
            }
            let half = channel.ties.half.and_then(|half| self.channels.at(half));
            dialler = half.and_then(|half| half.ties.dialled_by);
        }
        if let Some(channel) = dialler.and_then(|dialler| self.channels.at_mut(dialler)) {
            channel.ties.last_cause = Some(cause);
        }
    }

    /// Whoever was believed to dial it does so no more.
    fn dialled_no_more(&mut self, dest: ChannelKey) {
        let dialler = self.channels.at(dest).and_then(|channel| channel.ties.dialled_by);
        if let Some(dialler) = dialler.and_then(|dialler| self.channels.at_mut(dialler)) {
            dialler.ties.dials.retain(|other| *other != dest);
            self.dirty.calls.insert(dialler.call);
        }
    }

    fn end_dials_of(&mut self, key: ChannelKey) {
        let Some(channel) = self.channels.at_mut(key) else { return };
        let dials = std::mem::take(&mut channel.ties.dials);
        for dest in dials {
            if let Some(dest) = self.channels.at_mut(dest) {
                if dest.ties.dialled == Dialled::Open {
                    dest.ties.dialled = Dialled::Over;
                }
                self.dirty.calls.insert(dest.call);
            }
        }
        self.dialled_no_more(key);
    }

    /// `source` dials `dest`; without a source the PBX does, for a click to call.
    pub(crate) fn dial_begin(&mut self, source: Option<ChannelKey>, dest: ChannelKey) {
        let Some(channel) = self.channels.at(dest) else { return };
        // One dials it, and not two: the end of the dial before was not told.
        if channel.ties.dialled_by != source {
            self.dialled_no_more(dest);
        }
        let Some(channel) = self.channels.at_mut(dest) else { return };
        channel.ties.dialled_by = source;
        channel.ties.dialled = Dialled::Open;
        if source.is_none() && channel.place.calls.is_none() && channel.visible() {
            channel.place.calls = Some(self.registry.unknown_target(&channel.facts, &self.settings));
        }
        let (call, out) = (channel.call, channel.end == End::Trunk);
        self.dirty.calls.insert(call);
        if let Some(entry) = self.calls.get_mut(&call) {
            entry.went_out |= out;
        }
        if let Some(source) = source.and_then(|source| self.channels.at_mut(source)) {
            if !source.ties.dials.contains(&dest) {
                source.ties.dials.push(dest);
            }
            source.ties.failed_dial = None;
            source.ties.last_cause = None;
            source.displaced();
            self.dirty.calls.insert(source.call);
        }
    }

    /// A dial ended with this `DialStatus`.
    pub(crate) fn dial_end(&mut self, source: Option<ChannelKey>, dest: Option<ChannelKey>, status: &str) {
        if let Some(dest) = dest
            && let Some(channel) = self.channels.at_mut(dest)
        {
            if channel.ties.dialled == Dialled::Open {
                channel.ties.dialled = if status == "ANSWER" { Dialled::Answered } else { Dialled::Over };
            }
            self.dirty.calls.insert(channel.call);
            self.dialled_no_more(dest);
        }
        if let Some(source) = source.and_then(|source| self.channels.at_mut(source)) {
            if let Some(dest) = dest {
                source.ties.dials.retain(|other| *other != dest);
            }
            // `CANCEL` is the end of a dial from which the caller was taken away.
            if !matches!(status, "ANSWER" | "CANCEL") {
                source.ties.failed_dial = Some(status.into());
            }
            self.dirty.calls.insert(source.call);
        }
    }

    /// Notes what kind a bridge is; an empty id is no bridge.
    pub(crate) fn bridge(&mut self, snapshot: &BridgeSnapshot<'_>) -> Option<BridgeKey> {
        let BridgeSnapshot { id, kind, name } = *snapshot;
        if id.is_empty() {
            return None;
        }
        let Some(key) = self.bridges.key(id) else { return Some(self.new_bridge(id, kind, name)) };
        if let Some(bridge) = self.bridges.at_mut(key) {
            // What a bridge is for does not change; it may only be told late.
            let differs = bridge.kind == BridgeKind::Talk && kind != BridgeKind::Talk;
            if differs {
                bridge.kind = kind;
            }
            if set(&mut bridge.name, name) || differs {
                let calls = bridge.members.iter().filter_map(|key| self.channels.at(*key));
                self.dirty.calls.extend(calls.map(|channel| channel.call));
            }
        }
        Some(key)
    }

    /// The bridge with this id, of which nothing else may be known.
    pub(crate) fn bridge_of_id(&mut self, id: &str) -> BridgeKey {
        self.bridges.key(id).unwrap_or_else(|| self.new_bridge(id, BridgeKind::Talk, ""))
    }

    fn new_bridge(&mut self, id: &str, kind: BridgeKind, name: &str) -> BridgeKey {
        let name = if name.is_empty() { Arc::default() } else { name.into() };
        self.bridges.insert(|_| Bridge { id: id.into(), kind, name, members: Channels::new() })
    }

    /// The channel is in this bridge now, and in no other.
    pub(crate) fn enter_bridge(&mut self, key: ChannelKey, bridge: BridgeKey) {
        self.leave_for(key, Some(bridge));
        let Some(channel) = self.channels.at_mut(key) else { return };
        let Some(entry) = self.bridges.at_mut(bridge) else { return };
        entry.members.push(key);
        channel.ties.bridge = Some(bridge);
        channel.displaced();
        if channel.ties.dialled == Dialled::Answered || channel.ties.dialled == Dialled::Open {
            channel.ties.dialled = Dialled::Over;
        }
        self.dirty.calls.insert(channel.call);
        let (kind, count) = (entry.kind, entry.members.len());
        self.dialled_no_more(key);
        if kind == BridgeKind::Parking {
            return;
        }
        for at in 0..count {
            let other = self.bridges.at(bridge).and_then(|bridge| bridge.members.get(at)).copied();
            let other = other.and_then(|other| self.channels.at(other));
            if let (Some(one), Some(other)) = (self.channels.at(key), other) {
                let (one, other) = (one.call, other.call);
                self.dirty.calls.insert(other);
                self.unite(one, other);
            }
        }
    }

    /// The channel is in no bridge; whoever held there, holds no more.
    pub(crate) fn leave_bridge(&mut self, key: ChannelKey) {
        self.leave_for(key, None);
    }

    /// The same, of a channel that is about to enter `next`, which stays. Where that is the bridge it is in, as a list said
    /// before the event, it stays where it waits.
    fn leave_for(&mut self, key: ChannelKey, next: Option<BridgeKey>) {
        let Some(channel) = self.channels.at_mut(key) else { return };
        let Some(left) = channel.ties.bridge.take() else { return };
        channel.place.hold = Hold::None;
        self.dirty.calls.insert(channel.call);
        let Some(bridge) = self.bridges.at_mut(left) else { return };
        bridge.members.retain(|other| *other != key);
        for other in &bridge.members {
            if let Some(other) = self.channels.at(*other) {
                self.dirty.calls.insert(other.call);
            }
        }
        let parking = bridge.kind == BridgeKind::Parking;
        if next == Some(left) {
            return;
        }
        if bridge.members.is_empty() && bridge.kind == BridgeKind::Talk {
            self.bridges.remove(left);
        }
        if parking {
            self.unpark(key);
        }
    }

    /// The bridge is no more.
    pub(crate) fn bridge_destroyed(&mut self, id: &str) {
        let Some(bridge) = self.bridges.key(id) else { return };
        let members = self.bridges.at(bridge).map(|bridge| bridge.members.clone()).unwrap_or_default();
        for key in members {
            self.leave_bridge(key);
        }
        self.bridges.remove(bridge);
    }

    /// The phone pressed hold, or took it back.
    pub(crate) fn hold(&mut self, key: ChannelKey, hold: Hold) {
        if let Some(channel) = self.channels.at_mut(key) {
            channel.place.hold = hold;
            self.dirty.calls.insert(channel.call);
        }
    }

    /// An order of ours sent it to this service.
    pub(crate) fn sent_to(&mut self, uid: &Uid, service: Option<Service>) {
        if let Some(channel) = self.channels.get_mut(uid) {
            channel.place.service = service;
            self.dirty.calls.insert(channel.call);
        }
    }
}
