//! Bringing a handed caller back to the phone they were sent from, because nobody took the call or because I want it.
//! Three steps: is there a way back, has nobody answered meanwhile, and only then the caller is moved.
//!
//! The last question is put because an answer may be on its way to us when we decide; after it only the moment in which
//! Asterisk reads one action after another is left.

use super::handed::{Aim, Errand, ErrandStep, Passage};
use super::other_party::leaves_somebody;
use super::whereabouts::tied;
use super::{Job, Step, texts};
use crate::api::{Actor, Ticket};
use crate::model::{BridgeKind, Tie};
use crate::orders::Order;
use crate::switchboard::Switchboard;
use frontdesk_protocol::{HandedId, HandedState, Millis, Reason, Registration, Return, Role};
use std::sync::Arc;

impl Switchboard {
    /// Begins to bring a caller back.
    pub(super) fn fetch(&mut self, passage: &mut Passage, why: Return, now: Millis) {
        let context = &self.model.settings.internal_context;
        let action = self.act(Order::Get(format!("DIALPLAN_EXISTS({context},{},1)", passage.by)));
        let until = now.plus(self.model.settings.command_timeout_ms);
        passage.errand = Some(Errand { step: ErrandStep::Asking, action, why, until });
    }

    /// Somebody orders a caller back to the phone they sent them from.
    pub(super) fn pull_back(
        &mut self,
        by: &Actor,
        id: &HandedId,
        now: Millis,
    ) -> Result<Job, (Reason, String)> {
        let Some(place) = self.control.handed.iter().position(|passage| passage.id == *id) else {
            return Err((Reason::Gone, texts::NOT_HANDED.to_owned()));
        };
        let Some(mut passage) = self.control.handed.get(place).cloned() else {
            return Err((Reason::Gone, texts::NOT_HANDED.to_owned()));
        };
        if !by.extensions.contains(&passage.by) && by.role != Role::Admin {
            return Err((Reason::NotPermitted, texts::NOT_HANDED_BY_YOU.to_owned()));
        }
        if !passage.state.can_be_pulled_back() {
            return Err(texts::cannot_be_pulled_back(&passage.state));
        }
        let Some(channel) = self.model.channels.get(&passage.caller) else {
            return Err((Reason::Gone, texts::CALLER_GONE.to_owned()));
        };
        if self.model.registry.registration(&passage.by) == Registration::Unregistered {
            return Err((Reason::NotReached, texts::nowhere_to_ring(&passage.by)));
        }
        let call = channel.call;
        self.sent_by_now(&passage);
        let closing = matches!(&passage.errand, Some(errand) if errand.step == ErrandStep::Closing);
        if closing || self.control.busy_with(call) {
            return Err((Reason::InProgress, texts::IN_PROGRESS.to_owned()));
        }
        // Who is coming back anyway is only waited for.
        if passage.errand.is_none() {
            self.fetch(&mut passage, Return::PulledBack, now);
        }
        let until = passage.errand.as_ref().map_or(now, |errand| errand.until);
        let job = Job {
            leg: Arc::clone(&passage.caller),
            call: Some(call),
            step: Step::Fetching(passage.id.clone()),
            action: None,
            until,
        };
        if let Some(slot) = self.control.handed.get_mut(place) {
            *slot = passage;
        }
        Ok(job)
    }

    /// The transfer of a caller who is pulled back needs no more watching.
    fn sent_by_now(&mut self, passage: &Passage) {
        let watching =
            self.control.jobs.iter().find(
                |(_, job)| matches!(&job.step, Step::Watching { mover, .. } if *mover == passage.caller),
            );
        if let Some((ticket, _)) = watching {
            self.done(*ticket, format!("Sent to {}.", passage.label));
        }
    }

    /// The PBX answered an action of an errand. Says whether it was one.
    pub(super) fn errand_answered(
        &mut self,
        action: &str,
        success: bool,
        value: &str,
        said: &str,
        now: Millis,
    ) -> bool {
        let Some(place) = self.errand_of(action) else { return false };
        let Some(mut passage) = self.control.handed.get(place).cloned() else { return false };
        let Some(errand) = passage.errand.clone() else { return false };
        match errand.step {
            ErrandStep::Asking if success && value.trim() == "1" => {
                self.ask_again(&mut passage, errand);
            }
            ErrandStep::Asking => {
                let text = texts::no_way_back(&passage.by);
                self.no_errand(&mut passage, Reason::NoSuchDestination, text, now);
            }
            // The item that follows says where the caller is.
            ErrandStep::Looking if success => {}
            ErrandStep::Looking => {
                self.no_errand(&mut passage, Reason::Gone, texts::CALLER_GONE.to_owned(), now);
            }
            ErrandStep::Moving if success => self.comes_home(&mut passage, errand.why, now),
            ErrandStep::Moving => {
                self.no_errand(&mut passage, Reason::Refused, texts::not_moved(said), now);
            }
            ErrandStep::Closing => {
                if !success {
                    passage.in_vain(now);
                }
            }
        }
        if let Some(slot) = self.control.handed.get_mut(place) {
            *slot = passage;
        }
        true
    }

    fn errand_of(&self, action: &str) -> Option<usize> {
        let of = |passage: &Passage| passage.errand.as_ref().is_some_and(|errand| errand.action == action);
        self.control.handed.iter().position(of)
    }

    fn ask_again(&mut self, passage: &mut Passage, errand: Errand) {
        let Some(channel) = self.model.channels.get(&passage.caller) else {
            passage.errand = None;
            return self.fetched(&passage.id, Err((Reason::Gone, texts::CALLER_GONE.to_owned())));
        };
        let channel = channel.facts.name.as_ref().to_owned();
        let action = self.act(Order::Status { channel });
        passage.errand = Some(Errand { step: ErrandStep::Looking, action, ..errand });
    }

    /// The PBX says in which bridge the caller is at this moment: where it is none of those in which one waits,
    /// somebody has just answered.
    pub(crate) fn errand_saw(&mut self, action: &str, bridge: &str, now: Millis) {
        let Some(place) = self.errand_of(action) else { return };
        let Some(mut passage) = self.control.handed.get(place).cloned() else { return };
        let Some(errand) = passage.errand.clone().filter(|errand| errand.step == ErrandStep::Looking) else {
            return;
        };
        let waits = bridge.is_empty()
            || self.model.bridges.get(bridge).is_some_and(|bridge| {
                bridge.kind == BridgeKind::Parking
                    || (bridge.kind == BridgeKind::Conference && bridge.members.len() < 2)
                    || bridge.members.iter().any(|member| {
                        let member = self.model.channels.at(*member);
                        member.is_some_and(|member| passage.without.contains(&member.uid))
                    })
            });
        match self.model.channels.get(&passage.caller) {
            Some(channel) if waits && !leaves_somebody(&self.model, channel) => {
                let channel = channel.facts.name.as_ref().to_owned();
                let context = self.model.settings.internal_context.clone();
                let exten = passage.by.as_str().to_owned();
                passage.without = tied(&self.model, &passage.caller);
                let action = self.act(Order::Redirect { channel, context, exten });
                passage.errand = Some(Errand { step: ErrandStep::Moving, action, ..errand });
            }
            Some(_) => {
                self.no_errand(&mut passage, Reason::Gone, texts::JUST_ANSWERED.to_owned(), now);
            }
            None => self.no_errand(&mut passage, Reason::Gone, texts::CALLER_GONE.to_owned(), now),
        }
        if let Some(slot) = self.control.handed.get_mut(place) {
            *slot = passage;
        }
    }

    /// The caller is on the way to my phone.
    fn comes_home(&mut self, passage: &mut Passage, why: Return, now: Millis) {
        passage.errand = None;
        passage.safe = false;
        passage.aim = Aim::Phone(passage.by.clone());
        passage.home = Some(why);
        passage.moved = now;
        passage.dialled = false;
        passage.why = None;
        passage.failed = None;
        // Whoever answered in the very moment of the move has lost them again.
        for (tie, other) in self.model.ends(&passage.caller) {
            if tie == Tie::Bridged && !passage.without.contains(&other) {
                passage.without.push(other);
            }
        }
        if let Some(channel) = self.model.channels.get_mut(&passage.caller) {
            channel.ties.failed_dial = None;
            channel.ties.last_cause = None;
        }
        self.model.sent_to(&passage.caller, None);
        passage.becomes(HandedState::Returning { why }, now);
        self.fetched(&passage.id, Ok(format!("{} rings at your phone again.", passage.party.display())));
    }

    fn no_errand(&mut self, passage: &mut Passage, reason: Reason, text: String, now: Millis) {
        passage.in_vain(now);
        self.fetched(&passage.id, Err((reason, text)));
    }

    /// Tells those who ordered a caller back what became of it.
    pub(super) fn fetched(&mut self, id: &HandedId, how: Result<String, (Reason, String)>) {
        let waiting: Vec<Ticket> = self
            .control
            .jobs
            .iter()
            .filter(|(_, job)| matches!(&job.step, Step::Fetching(wanted) if wanted == id))
            .map(|(ticket, _)| *ticket)
            .collect();
        for ticket in waiting {
            match &how {
                Ok(text) => self.done(ticket, text.clone()),
                Err((reason, text)) => self.fail(ticket, *reason, text.clone()),
            }
        }
    }
}
