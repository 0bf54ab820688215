//! Hanging up with three seconds in which it can be undone: the outside party is parked, and only then is their line
//! closed. The PBX itself brings them back to me where nobody closes it: a server that dies meanwhile loses nobody.

use super::handed::{Errand, ErrandStep, Passage};
use super::{Step, other_party, texts};
use crate::api::Ticket;
use crate::channel::{Channel, End, State, Uid};
use crate::orders::Order;
use crate::switchboard::Switchboard;
use frontdesk_protocol::{Extension, HandedState, LotName, Millis, Return};
use std::sync::Arc;

/// How much later than the line would be closed the PBX brings the caller back, where it was not, in milliseconds.
const RESCUE_MS: u64 = 7_000;

impl Switchboard {
    /// Parks the outside party whom this leg talks to, so that their line can be closed in a moment. `None` where it is
    /// no such call, or the PBX has no parking lot.
    pub(super) fn park_to_close(&mut self, leg: &Uid) -> Option<(Step, String)> {
        let channel = self.model.channels.get(leg)?;
        let by = channel.extension()?.clone();
        let mover = self.outside_party(channel)?;
        let lot = self.lot()?;
        let name = self.model.channels.get(&mover)?.facts.name.as_ref().to_owned();
        let order = Order::Park {
            channel: name,
            back_to: channel.facts.name.as_ref().to_owned(),
            timeout_ms: self.model.settings.grace_ms + RESCUE_MS,
            lot: lot.as_str().to_owned(),
        };
        let action = self.act(order);
        Some((Step::Parking { mover, by }, action))
    }

    /// Whether it is an outside party who talks to this leg: then there is something to undo.
    pub(super) fn outside_party(&self, leg: &Channel) -> Option<Uid> {
        if leg.facts.state != State::Up || leg.ties.bridge.is_none() {
            return None;
        }
        let (mover, _) = other_party(&self.model, leg).ok()?;
        let other = self.model.channels.get(&mover)?;
        (other.end == End::Trunk && other.facts.state == State::Up && other.ties.bridge.is_some())
            .then_some(mover)
    }

    /// Where a caller can be parked: the lot that is called `default`, or the first.
    fn lot(&self) -> Option<&LotName> {
        let lots = &self.model.lots;
        lots.keys().find(|lot| lot.as_str() == "default").or_else(|| lots.keys().next())
    }

    /// My phone is hung up on only when the caller is seen in the parking space: before, its end would be theirs as
    /// well. A full lot takes a caller as if it had room, and ends the call.
    pub(super) fn look_whether_parked(
        &mut self,
        ticket: Ticket,
        mover: &Uid,
        by: &Extension,
        late: bool,
        now: Millis,
    ) {
        match self.model.channels.get(mover) {
            Some(caller) if caller.place.parked.is_some() => self.parked_to_close(ticket, mover, by, now),
            Some(_) if !late => {}
            Some(_) | None => self.end_at_once(ticket, now),
        }
    }

    /// The caller hears music now: my phone is free, and their line is closed in a moment.
    fn parked_to_close(&mut self, ticket: Ticket, mover: &Uid, by: &Extension, now: Millis) {
        let Some(leg) = self.control.jobs.get(&ticket).map(|job| Arc::clone(&job.leg)) else { return };
        let grace = self.model.settings.grace_ms;
        let without = vec![Arc::clone(&leg)];
        self.entrust(&leg, mover, by, now, |passage| {
            passage.state = HandedState::Closing { at: now.plus(grace) };
            passage.without = without;
            passage.dialled = true;
        });
        self.end(&leg);
        self.done(ticket, format!("The line will be closed in {} seconds.", grace.div_ceil(1_000)));
        self.show_handed();
    }

    /// The caller could not be parked: the call ends as without the three seconds.
    pub(super) fn end_at_once(&mut self, ticket: Ticket, now: Millis) {
        let Some(leg) = self.control.jobs.get(&ticket).map(|job| Arc::clone(&job.leg)) else { return };
        let Some(action) = self.end(&leg) else {
            return self.done(ticket, texts::NOT_PARKED);
        };
        let until = now.plus(self.model.settings.command_timeout_ms);
        if let Some(job) = self.control.jobs.get_mut(&ticket) {
            job.action = Some(action);
            job.until = until;
            job.step = Step::HangingUp { remark: texts::NOT_PARKED };
        }
    }

    /// Hangs up my own leg, where it is still there.
    fn end(&mut self, leg: &Uid) -> Option<String> {
        let channel = self.model.channels.get(leg)?.facts.name.as_ref().to_owned();
        Some(self.act(Order::Hangup { channel }))
    }

    /// Closes the line of a caller who was hung up on.
    pub(super) fn close_line(&mut self, passage: &mut Passage, now: Millis) {
        let Some(channel) = self.model.channels.get(&passage.caller) else { return };
        let channel = channel.facts.name.as_ref().to_owned();
        let action = self.act(Order::Hangup { channel });
        let until = now.plus(self.model.settings.command_timeout_ms);
        passage.errand = Some(Errand { step: ErrandStep::Closing, action, why: Return::PulledBack, until });
    }
}
