//! The events of channels, dials and bridges. Each handler may come twice, late, or about an unknown channel.

use super::{Bridge, BridgeKind, Ended, Model};
use crate::channel::{Channel, Dialled, End, Facts, Past, Place, Ties, Uid, local_pair, set};
use frontdesk_ami::event::{Bridge as BridgeSnapshot, Channel as Snapshot};
use frontdesk_protocol::{Hold, LegId, Millis, Service};
use smol_str::SmolStr;
use std::sync::Arc;

impl Model {
    /// Takes in a snapshot of a channel and gives its key; `None` where it names none or one that has ended.
    pub(crate) fn channel(&mut self, snapshot: &Snapshot<'_>, now: Millis) -> Option<Uid> {
        if snapshot.uniqueid.is_empty() || snapshot.name.is_empty() {
            return None;
        }
        if let Some(uid) = self.overwrite(snapshot) {
            return Some(uid);
        }
        (!self.gone.has(snapshot.uniqueid)).then(|| self.appear(snapshot, now))
    }

    /// Takes in the snapshot of a known channel and gives its key.
    fn overwrite(&mut self, snapshot: &Snapshot<'_>) -> Option<Uid> {
        let channel = self.channels.get_mut(snapshot.uniqueid)?;
        let uid = Arc::clone(&channel.uid);
        let news = channel.facts.overwrite(snapshot);
        if channel.past.dialled.is_empty() && channel.facts.exten != "s" {
            channel.past.dialled = channel.facts.exten.clone();
        }
        if !news.differs {
            return Some(uid);
        }
        if news.caller {
            channel.seated = None;
        }
        self.dirty.calls.insert(channel.call);
        if news.linkedid {
            let link = Arc::clone(&channel.facts.linkedid);
            self.relink(&uid, &link);
        }
        if news.name {
            self.reclassify(&uid);
        }
        Some(uid)
    }

    /// A known channel only, with its snapshot taken in.
    pub(crate) fn known(&mut self, snapshot: &Snapshot<'_>) -> Option<Uid> {
        if snapshot.name.is_empty() { None } else { self.overwrite(snapshot) }
    }

    /// The same, where the event names one.
    pub(crate) fn known_if(&mut self, snapshot: Option<&Snapshot<'_>>) -> Option<Uid> {
        snapshot.and_then(|snapshot| self.known(snapshot))
    }

    fn appear(&mut self, snapshot: &Snapshot<'_>, now: Millis) -> Uid {
        let uid: Uid = snapshot.uniqueid.into();
        let mut facts = Facts::default();
        facts.overwrite(snapshot);
        if facts.linkedid.is_empty() || facts.linkedid == uid {
            facts.linkedid = Arc::clone(&uid);
        }
        let call = self.call_of_link(&Arc::clone(&facts.linkedid), now);
        let end = self.registry.end_of(&facts.name, &self.settings);
        let dialled = if facts.exten == "s" { SmolStr::default() } else { facts.exten.clone() };
        if facts.name.starts_with("Local/") {
            self.names.insert(Arc::clone(&facts.name), Arc::clone(&uid));
        }
        if let End::Phone(extension) = &end {
            self.at.entry(extension.clone()).or_default().push(Arc::clone(&uid));
            self.registry.heard(extension, &facts, &mut self.dirty);
        }
        let half = local_pair(&facts.name).and_then(|(base, half)| {
            let other = format!("{base};{}", if half == '1' { '2' } else { '1' });
            self.names.get(other.as_str()).cloned()
        });
        if let Some(other) = half.as_ref().and_then(|half| self.channels.get_mut(half)) {
            other.ties.half = Some(Arc::clone(&uid));
        }
        let channel = Channel {
            uid: Arc::clone(&uid),
            leg: LegId::of(&uid).ok(),
            end,
            call,
            facts,
            seated: None,
            ties: Ties { half, ..Ties::default() },
            place: Place { calls: self.expected.remove(&uid), ..Place::default() },
            past: Past { seen: now, dialled, ..Past::default() },
            shown: None,
            passing: None,
        };
        self.channels.insert(Arc::clone(&uid), channel);
        if let Some(entry) = self.calls.get_mut(&call) {
            entry.channels.push(Arc::clone(&uid));
        }
        self.dirty.calls.insert(call);
        self.recall(&uid);
        uid
    }

    fn relink(&mut self, uid: &str, link: &Arc<str>) {
        let Some(channel) = self.channels.get(uid) else { return };
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
    pub(crate) fn reclassify(&mut self, uid: &str) {
        let Some(channel) = self.channels.get_mut(uid) else { return };
        let end = self.registry.end_of(&channel.facts.name, &self.settings);
        if end == channel.end {
            return;
        }
        let before = std::mem::replace(&mut channel.end, end.clone());
        channel.seated = None;
        let (call, uid) = (channel.call, Arc::clone(&channel.uid));
        self.dirty.calls.insert(call);
        if let End::Phone(extension) = before {
            if let Some(at) = self.at.get_mut(&extension) {
                at.retain(|other| *other != uid);
                if at.is_empty() {
                    self.at.remove(&extension);
                }
            }
            self.dirty.extensions.insert(extension);
        }
        if let End::Phone(extension) = end {
            // Of this phone nothing may have been heard before.
            self.registry.station(&extension, &mut self.dirty);
            self.dirty.extensions.insert(extension.clone());
            self.at.entry(extension).or_default().push(uid);
        }
    }

    /// The channel is over. The only end there is.
    pub(crate) fn hangup(&mut self, snapshot: &Snapshot<'_>, cause: u32) {
        let uid = snapshot.uniqueid;
        if uid.is_empty() {
            return;
        }
        let known = self.known(snapshot);
        match known.or_else(|| self.channels.get(uid).map(|channel| Arc::clone(&channel.uid))) {
            Some(uid) => {
                self.gone.add(Arc::clone(&uid));
                self.over(uid, cause);
            }
            None if self.gone.has(uid) => {}
            None => self.gone.add(uid.into()),
        }
    }

    /// The PBX has this channel no more, though it has not said so.
    pub(crate) fn vanish(&mut self, uid: Uid) {
        self.gone.add(Arc::clone(&uid));
        self.over(uid, 0);
    }

    fn over(&mut self, uid: Uid, cause: u32) {
        let caller = self
            .channels
            .get(&uid)
            .and_then(|channel| channel.past.caller.clone().or_else(|| self.dialler_of(channel)));
        self.dial_came_to(&uid, cause);
        self.leave_bridge(&uid);
        self.end_dials_of(&uid);
        let Some(channel) = self.channels.remove(&uid) else { return };
        let call = self.calls.get(&channel.call).map(|call| (call.id.clone(), call.queue.clone()));
        self.leave_call(channel.call, &uid);
        self.names.remove(&channel.facts.name);
        if let Some(since) = channel.passing {
            self.settling.remove(&(since.plus(self.settings.settle_ms), Arc::clone(&uid)));
        }
        if let Some(half) = channel.ties.half.as_ref().and_then(|half| self.channels.get_mut(half)) {
            half.ties.half = None;
        }
        if let Some(extension) = channel.extension() {
            if let Some(at) = self.at.get_mut(extension) {
                at.retain(|other| *other != uid);
                if at.is_empty() {
                    self.at.remove(extension);
                }
            }
            self.dirty.extensions.insert(extension.clone());
        }
        if let Some(name) = &channel.place.queue {
            self.leave_queue(name, &uid);
        }
        if let Some(place) = &channel.place.parked {
            self.leave_space(place, &uid);
        }
        if let Some((call, queue)) = call {
            self.ended.push(Ended { key: channel.call, channel, call, queue, cause, caller });
        }
    }

    /// Tells whoever dialled a channel that has ended, through Local pairs, why it has.
    fn dial_came_to(&mut self, uid: &Uid, cause: u32) {
        let Some(ended) = self.channels.get(uid) else { return };
        // Who took the call did not refuse it; the end of their leg may be told when the caller is already sent on.
        if ended.past.answered.is_some() {
            return;
        }
        // Whoever has it ignored has declined.
        let cause = if ended.past.ignored { 21 } else { cause };
        let mut dialler = ended.ties.dialled_by.clone();
        for _ in 0..8 {
            let Some(channel) = dialler.as_ref().and_then(|dialler| self.channels.get(dialler)) else {
                return;
            };
            if channel.end != End::Local {
                break;
            }
            let half = channel.ties.half.as_ref().and_then(|half| self.channels.get(half));
            dialler = half.and_then(|half| half.ties.dialled_by.clone());
        }
        if let Some(channel) = dialler.and_then(|dialler| self.channels.get_mut(&dialler)) {
            channel.ties.last_cause = Some(cause);
        }
    }

    /// Whoever was believed to dial it does so no more.
    fn dialled_no_more(&mut self, dest: &Uid) {
        let dialler = self.channels.get(dest).and_then(|channel| channel.ties.dialled_by.clone());
        if let Some(dialler) = dialler.and_then(|dialler| self.channels.get_mut(&dialler)) {
            dialler.ties.dials.retain(|other| other != dest);
            self.dirty.calls.insert(dialler.call);
        }
    }

    fn end_dials_of(&mut self, uid: &Uid) {
        let Some(channel) = self.channels.get_mut(uid) else { return };
        let dials = std::mem::take(&mut channel.ties.dials);
        for dest in dials {
            if let Some(dest) = self.channels.get_mut(&dest) {
                if dest.ties.dialled == Dialled::Open {
                    dest.ties.dialled = Dialled::Over;
                }
                self.dirty.calls.insert(dest.call);
            }
        }
        self.dialled_no_more(uid);
    }

    /// `source` dials `dest`; without a source the PBX does, for a click to call.
    pub(crate) fn dial_begin(&mut self, source: Option<&Uid>, dest: &Uid) {
        let Some(channel) = self.channels.get_mut(dest) else { return };
        // One dials it, and not two: the end of the dial before was not told.
        if channel.ties.dialled_by.as_ref() != source {
            self.dialled_no_more(dest);
        }
        let Some(channel) = self.channels.get_mut(dest) else { return };
        channel.ties.dialled_by = source.cloned();
        channel.ties.dialled = Dialled::Open;
        if source.is_none() && channel.place.calls.is_none() && channel.visible() {
            channel.place.calls = Some(self.registry.unknown_target(&channel.facts, &self.settings));
        }
        let (call, out) = (channel.call, channel.end == End::Trunk);
        self.dirty.calls.insert(call);
        if let Some(entry) = self.calls.get_mut(&call) {
            entry.went_out |= out;
        }
        if let Some(source) = source.and_then(|source| self.channels.get_mut(source)) {
            if !source.ties.dials.contains(dest) {
                source.ties.dials.push(Arc::clone(dest));
            }
            source.ties.failed_dial = None;
            source.ties.last_cause = None;
            source.displaced();
            self.dirty.calls.insert(source.call);
        }
    }

    /// A dial ended with this `DialStatus`.
    pub(crate) fn dial_end(&mut self, source: Option<&Uid>, dest: Option<&Uid>, status: &str) {
        if let Some(dest) = dest
            && let Some(channel) = self.channels.get_mut(dest)
        {
            if channel.ties.dialled == Dialled::Open {
                channel.ties.dialled = if status == "ANSWER" { Dialled::Answered } else { Dialled::Over };
            }
            self.dirty.calls.insert(channel.call);
            self.dialled_no_more(dest);
        }
        if let Some(source) = source.and_then(|source| self.channels.get_mut(source)) {
            if let Some(dest) = dest {
                source.ties.dials.retain(|other| other != dest);
            }
            // `CANCEL` is the end of a dial from which the caller was taken away.
            if !matches!(status, "ANSWER" | "CANCEL") {
                source.ties.failed_dial = Some(status.into());
            }
            self.dirty.calls.insert(source.call);
        }
    }

    /// Notes what kind a bridge is; an empty id is no bridge.
    pub(crate) fn bridge(&mut self, snapshot: &BridgeSnapshot<'_>) -> Option<Arc<str>> {
        let BridgeSnapshot { id, kind, name } = *snapshot;
        if id.is_empty() {
            return None;
        }
        if let Some((id, _)) = self.bridges.get_key_value(id) {
            let id = Arc::clone(id);
            if let Some(bridge) = self.bridges.get_mut(&id) {
                // What a bridge is for does not change; it may only be told late.
                let differs = bridge.kind == BridgeKind::Talk && kind != BridgeKind::Talk;
                if differs {
                    bridge.kind = kind;
                }
                if set(&mut bridge.name, name) || differs {
                    let calls = bridge.members.iter().filter_map(|uid| self.channels.get(uid));
                    self.dirty.calls.extend(calls.map(|channel| channel.call));
                }
            }
            return Some(id);
        }
        let id: Arc<str> = id.into();
        let bridge = Bridge { kind, name: name.into(), members: Vec::new() };
        self.bridges.insert(Arc::clone(&id), bridge);
        Some(id)
    }

    /// The channel is in this bridge now, and in no other.
    pub(crate) fn enter_bridge(&mut self, uid: &Uid, bridge: &Arc<str>) {
        if !self.channels.contains_key(uid) {
            return;
        }
        self.leave_bridge(uid);
        let entry = self.bridges.entry(Arc::clone(bridge)).or_insert_with(|| Bridge {
            kind: BridgeKind::Talk,
            name: Arc::default(),
            members: Vec::new(),
        });
        entry.members.push(Arc::clone(uid));
        let (kind, members) = (entry.kind, entry.members.clone());
        if let Some(channel) = self.channels.get_mut(uid) {
            channel.ties.bridge = Some(Arc::clone(bridge));
            channel.displaced();
            if channel.ties.dialled == Dialled::Answered || channel.ties.dialled == Dialled::Open {
                channel.ties.dialled = Dialled::Over;
            }
            self.dirty.calls.insert(channel.call);
            self.dialled_no_more(uid);
        }
        if kind != BridgeKind::Parking {
            for other in members {
                let calls =
                    (self.channels.get(uid).map(|c| c.call), self.channels.get(&other).map(|c| c.call));
                if let (Some(one), Some(other)) = calls {
                    self.dirty.calls.insert(other);
                    self.unite(one, other);
                }
            }
        }
    }

    /// The channel is in no bridge; whoever held there, holds no more.
    pub(crate) fn leave_bridge(&mut self, uid: &Uid) {
        let Some(channel) = self.channels.get_mut(uid) else { return };
        let Some(id) = channel.ties.bridge.take() else { return };
        channel.place.hold = Hold::None;
        self.dirty.calls.insert(channel.call);
        let Some(bridge) = self.bridges.get_mut(&id) else { return };
        bridge.members.retain(|other| other != uid);
        for other in &bridge.members {
            if let Some(other) = self.channels.get(other) {
                self.dirty.calls.insert(other.call);
            }
        }
        let parking = bridge.kind == BridgeKind::Parking;
        if bridge.members.is_empty() && bridge.kind == BridgeKind::Talk {
            self.bridges.remove(&id);
        }
        if parking {
            self.unpark(uid);
        }
    }

    /// The bridge is no more.
    pub(crate) fn bridge_destroyed(&mut self, id: &str) {
        let members = self.bridges.get(id).map(|bridge| bridge.members.clone()).unwrap_or_default();
        for uid in &members {
            self.leave_bridge(uid);
        }
        self.bridges.remove(id);
    }

    /// The phone pressed hold, or took it back.
    pub(crate) fn hold(&mut self, uid: &Uid, hold: Hold) {
        if let Some(channel) = self.channels.get_mut(uid) {
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
