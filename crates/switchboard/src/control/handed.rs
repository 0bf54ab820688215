//! The callers who were handed on: one passage for each, from that moment until some minutes after it is known what
//! became of them. Not where they are (`whereabouts`), nor what follows from it (`follow`, `fetch`).

use super::{Job, Target, Wish};
use crate::api::Output;
use crate::channel::{CallKey, Uid};
use crate::model::Model;
use crate::switchboard::Switchboard;
use frontdesk_protocol::{
    CallId, Change, Destination, Extension, Handed, HandedId, HandedState, Millis, Party, PartyKind, Return,
};
use std::sync::Arc;

/// How many callers are listed at most; beyond that the oldest is forgotten, and goes on as the PBX says.
const LISTED: usize = 256;

/// One caller who was handed on.
#[derive(Debug, Clone)]
pub(crate) struct Passage {
    pub id: HandedId,
    /// The caller's channel, which stays the same wherever it goes.
    pub caller: Uid,
    /// Whose phone they were sent on from, and come back to.
    pub by: Extension,
    pub to: Option<Destination>,
    pub aim: Aim,
    pub label: String,
    pub party: Arc<Party>,
    pub call: CallId,
    /// Whether they come back by themselves.
    pub safe: bool,
    pub at: Millis,
    pub state: HandedState,
    pub since: Millis,
    /// When an order of ours last moved them, and to whom they were tied before: that is the past.
    pub moved: Millis,
    pub without: Vec<Uid>,
    /// Why an order of ours moved them back to my phone, where one did.
    pub home: Option<Return>,
    /// Whether anybody was dialled for them since.
    pub dialled: bool,
    /// Why nobody has taken the call, as far as it is known.
    pub why: Option<Return>,
    /// When the last dial failed, while none is open.
    pub failed: Option<Millis>,
    pub errand: Option<Errand>,
    /// After an errand in vain: how many, and when the next one may begin.
    pub vain: u8,
    pub again: Option<Millis>,
    /// When it has to be looked at again.
    pub due: Option<Millis>,
}

/// What kind of place they were sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Aim {
    /// An extension with a phone.
    Phone(Extension),
    /// A queue, a ring group, a conference, a menu, a number outside.
    Place,
    Mailbox,
    /// Nowhere: the line is to be closed.
    End,
}

/// What is under way to bring a caller back, or to close their line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Errand {
    pub step: ErrandStep,
    /// The action whose answer it waits for.
    pub action: String,
    pub why: Return,
    pub until: Millis,
}

/// How far an errand has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrandStep {
    /// The PBX is asked whether there is a way back to me.
    Asking,
    /// It is asked once more whether nobody has answered.
    Looking,
    /// The caller is being moved.
    Moving,
    /// The line is being closed.
    Closing,
}

impl Passage {
    pub(super) fn is_over(&self) -> bool {
        self.state.is_over()
    }

    pub(super) fn becomes(&mut self, state: HandedState, now: Millis) {
        if self.state != state {
            self.state = state;
            self.since = now;
        }
    }

    /// Whether it is told otherwise than it is; the rest never changes.
    fn differs(&self, told: &Handed) -> bool {
        let known = (&told.state, told.since, &told.call, told.safe);
        known != (&self.state, self.since, &self.call, self.safe)
    }

    fn drawn(&self) -> Handed {
        Handed {
            id: self.id.clone(),
            by: self.by.clone(),
            call: self.call.clone(),
            party: self.party.clone(),
            to: self.to.clone(),
            label: self.label.clone(),
            safe: self.safe,
            at: self.at,
            state: self.state.clone(),
            since: self.since,
        }
    }
}

impl Aim {
    fn of(model: &Model, wish: &Wish) -> Self {
        match wish {
            Wish::Mailbox => Self::Mailbox,
            Wish::Number => Self::Place,
            Wish::Extension(extension) => {
                let station = model.registry.stations.get(extension);
                if station.is_some_and(|station| !station.devices.is_empty()) {
                    Self::Phone(extension.clone())
                } else {
                    Self::Place
                }
            }
        }
    }
}

impl Switchboard {
    /// The caller was sent on, as ordered: from now on they are watched.
    pub(super) fn handed_on(
        &mut self,
        job: &Job,
        mover: &Uid,
        target: &Target,
        without: Vec<Uid>,
        now: Millis,
    ) {
        let aim = Aim::of(&self.model, &target.wish);
        let to = Some(target.to.clone());
        self.entrust(&job.leg, mover, &target.by, now, |passage| {
            passage.to = to;
            passage.aim = aim;
            passage.label.clone_from(&target.label);
            passage.safe = target.safe;
            passage.without = without;
        });
    }

    /// A new passage of the caller on the channel `mover`, whom the user of `leg` talked to.
    pub(super) fn entrust(
        &mut self,
        leg: &Uid,
        mover: &Uid,
        by: &Extension,
        now: Millis,
        more: impl FnOnce(&mut Passage),
    ) {
        let channel = self.model.channels.get(mover);
        let peer = self.model.channels.get(leg).and_then(|leg| leg.shown.as_ref()?.peer.clone());
        let peer = peer.filter(|peer| !matches!(peer.kind, PartyKind::Service(_)));
        let party = peer
            .or_else(|| Some(self.model.registry.party_at_channel(channel?, &self.model.settings).party()))
            .unwrap_or_else(|| {
                Arc::new(Party { name: None, number: None, kind: PartyKind::Outside, person: None })
            });
        let call =
            channel.and_then(|channel| self.model.calls.get(&channel.call)).map(|call| call.id.clone());
        self.control.made += 1;
        let id = HandedId::parse(&format!("{}-{}", self.control.started.0, self.control.made));
        let (Ok(id), Some(call)) = (id, call.or_else(|| CallId::parse(mover).ok())) else { return };
        let mut passage = Passage {
            id,
            caller: Arc::clone(mover),
            by: by.clone(),
            to: None,
            aim: Aim::End,
            label: String::new(),
            party,
            call,
            safe: false,
            at: now,
            state: HandedState::Sent,
            since: now,
            moved: now,
            without: Vec::new(),
            home: None,
            dialled: false,
            why: None,
            failed: None,
            errand: None,
            vain: 0,
            again: None,
            due: None,
        };
        more(&mut passage);
        self.supersede(&passage, now);
        self.control.handed.push(passage);
        if self.control.handed.len() > LISTED {
            let over = self.control.handed.iter().position(Passage::is_over).unwrap_or_default();
            self.control.handed.remove(over);
        }
    }

    /// A caller is listed once: who hands them on anew has the newer entry alone, and to whoever handed them on before
    /// is told that somebody else sent them on.
    fn supersede(&mut self, new: &Passage, now: Millis) {
        let mut lost = Vec::new();
        self.control.handed.retain_mut(|old| {
            if old.caller != new.caller || old.is_over() {
                return true;
            }
            lost.push(old.id.clone());
            old.errand = None;
            old.becomes(HandedState::SentOn { to: new.label.clone() }, now);
            old.by != new.by
        });
        for id in lost {
            self.fetched(&id, Err((frontdesk_protocol::Reason::Gone, super::texts::SENT_ON.to_owned())));
        }
    }

    /// The link is gone: what is under way for callers who were handed on is not known to have happened. A line that
    /// was about to be closed is not closed any more.
    pub(super) fn lose_errands(&mut self, now: Millis) {
        for passage in &mut self.control.handed {
            passage.errand = None;
            if matches!(passage.state, HandedState::Closing { .. }) {
                passage.becomes(HandedState::Waiting, now);
            }
        }
        self.show_handed();
    }

    /// The office is read anew: of whom the lists do not name, nobody knows what became.
    pub(crate) fn handed_found(&mut self, now: Millis) {
        for passage in self.control.handed.iter_mut().filter(|passage| !passage.is_over()) {
            if !self.model.channels.contains_key(&passage.caller) {
                passage.becomes(HandedState::Unknown, now);
            }
        }
    }

    /// Whether a caller of this call is being brought back just now.
    pub(super) fn errand_on(&self, call: CallKey) -> bool {
        self.control.handed.iter().any(|passage| {
            passage.errand.is_some()
                && self.model.channels.get(&passage.caller).is_some_and(|channel| channel.call == call)
        })
    }

    /// Tells what changed in the list.
    pub(super) fn show_handed(&mut self) {
        let mut changes = Vec::new();
        let (listed, shown) = (&self.control.handed, &mut self.view.office.handed);
        for passage in listed {
            if shown.get(&passage.id).is_none_or(|before| passage.differs(before)) {
                let drawn = Arc::new(passage.drawn());
                shown.insert(passage.id.clone(), Arc::clone(&drawn));
                changes.push(Change::Handed(drawn));
            }
        }
        if shown.len() > listed.len() {
            let gone = |id: &&HandedId| !listed.iter().any(|passage| passage.id == **id);
            let gone: Vec<HandedId> = shown.keys().filter(gone).cloned().collect();
            for id in gone {
                shown.remove(&id);
                changes.push(Change::HandedGone(id));
            }
        }
        if !changes.is_empty() {
            self.outputs.push_back(Output::Changed(changes));
        }
    }
}
