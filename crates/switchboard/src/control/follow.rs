//! What follows from where a handed caller is: the state that the list shows, and when they come back by themselves.
//! Not how they are brought back; that is `fetch`.

use super::handed::{Aim, ErrandStep, Passage};
use super::whereabouts::{LINE_MS, SILENCE_MS, Seen, failure, seen};
use crate::model::Model;
use crate::switchboard::Switchboard;
use frontdesk_protocol::{HandedState, Millis, PbxLink, Registration, Return};

/// How often it is tried at most to bring a caller back by ourselves.
const TRIES: u8 = 5;

impl Switchboard {
    /// Looks where everybody is who was handed on, and does what is due.
    pub(crate) fn follow(&mut self, now: Millis) {
        if self.control.handed.is_empty() || !self.is_live() {
            return;
        }
        let mut handed = std::mem::take(&mut self.control.handed);
        for passage in &mut handed {
            if passage.is_over() {
                continue;
            }
            let seen = seen(&self.model, passage, now);
            passage.note(&self.model, &seen, now);
            passage.advance(&seen, now);
            if passage.errand.as_ref().is_some_and(|errand| errand.until <= now) {
                passage.in_vain(now);
            }
            self.act_for(passage, &seen, now);
        }
        let kept = self.model.settings.handed_kept_ms;
        handed.retain_mut(|passage| {
            passage.due = passage.next_look(&self.model, now);
            !passage.is_over() || passage.since.plus(kept) > now
        });
        self.control.handed = handed;
        self.show_handed();
    }

    /// Whether facts are live: only then something may follow from them.
    pub(crate) fn is_live(&self) -> bool {
        self.is_whole() && matches!(self.office().link, PbxLink::Up { .. })
    }

    fn act_for(&mut self, passage: &mut Passage, seen: &Seen, now: Millis) {
        if passage.errand.is_some() || passage.again.is_some_and(|at| at > now) {
            return;
        }
        if let HandedState::Closing { at } = passage.state {
            if at <= now && *seen == Seen::Parked {
                self.close_line(passage, now);
            }
        } else if let Some(why) = passage.comes_back(&self.model, seen, now) {
            self.fetch(passage, why, now);
        }
    }
}

impl Passage {
    /// Takes down what is seen of the reasons.
    fn note(&mut self, model: &Model, seen: &Seen, now: Millis) {
        let Some(channel) = model.channels.get(&self.caller) else { return };
        if let Some(call) = model.calls.get(&channel.call) {
            self.call = call.id.clone();
        }
        match seen {
            Seen::Dials | Seen::Rings { .. } | Seen::Talks { .. } => {
                self.dialled = true;
                self.why = None;
                self.failed = None;
            }
            Seen::Nowhere | Seen::Mailbox | Seen::Announcement => {
                if let Some(why) = failure(channel) {
                    self.why = Some(why);
                    self.dialled = true;
                    self.failed.get_or_insert(now);
                } else if self.never_rang(model, seen, now) {
                    self.why = Some(Return::Unreachable);
                } else if self.dialled && *seen != Seen::Nowhere {
                    self.why.get_or_insert(Return::NoAnswer);
                }
            }
            Seen::Parked | Seen::Waits | Seen::Gone => {}
        }
        // Who waits for their turn, or is led by a menu, has arrived.
        let arrived = match seen {
            Seen::Parked | Seen::Waits => true,
            Seen::Announcement | Seen::Mailbox => self.aim == Aim::Place && !self.dialled,
            Seen::Gone | Seen::Nowhere | Seen::Dials | Seen::Rings { .. } | Seen::Talks { .. } => false,
        };
        self.safe &= !arrived;
    }

    /// Whether the phone they were sent to was not even called.
    fn never_rang(&self, model: &Model, seen: &Seen, now: Millis) -> bool {
        let Aim::Phone(extension) = &self.aim else { return false };
        let off = model.registry.registration(extension) == Registration::Unregistered;
        !self.dialled
            && now.since(self.moved) >= SILENCE_MS
            && (*seen == Seen::Mailbox || (*seen == Seen::Nowhere && off))
    }

    fn advance(&mut self, seen: &Seen, now: Millis) {
        let (returning, coming) = match self.state {
            HandedState::Returning { why } => (true, Some(why)),
            _ => (false, self.home),
        };
        let closing = matches!(self.state, HandedState::Closing { .. });
        let state = match seen {
            Seen::Gone => self.ended(),
            Seen::Talks { with, at } => match coming {
                Some(why) if at.as_ref() == Some(&self.by) => HandedState::Back { why },
                // An answer that crossed our move is told after it, and undone by it in the same moment.
                Some(_) if self.home.is_some() && now.since(self.moved) < LINE_MS => return,
                _ => HandedState::Answered { with: with.clone() },
            },
            Seen::Nowhere | Seen::Dials => return,
            Seen::Rings { .. } if returning => return,
            // Parked callers whom nobody fetches ring at whoever parked them.
            Seen::Rings { mine: true }
                if self.home.is_some() || closing || self.state == HandedState::Waiting =>
            {
                HandedState::Returning { why: self.home.unwrap_or(Return::NoAnswer) }
            }
            Seen::Rings { .. } => HandedState::Ringing,
            Seen::Parked if closing => return,
            Seen::Parked | Seen::Waits | Seen::Announcement => HandedState::Waiting,
            Seen::Mailbox => HandedState::Mailbox { why: self.why },
        };
        self.becomes(state, now);
    }

    /// What became of a caller whose channel has ended.
    fn ended(&self) -> HandedState {
        match (&self.state, self.why) {
            (HandedState::Closing { .. }, _) | (_, None) => HandedState::Ended,
            (_, Some(why)) => HandedState::NotTaken { why },
        }
    }

    /// Why the caller has to be brought back now, where they have.
    fn comes_back(&self, model: &Model, seen: &Seen, now: Millis) -> Option<Return> {
        let waits = matches!(
            self.state,
            HandedState::Sent | HandedState::Ringing | HandedState::Waiting | HandedState::Mailbox { .. }
        );
        // Where my phone is not there either, the PBX knows better than we do.
        let home = model.registry.registration(&self.by) != Registration::Unregistered;
        let at_a_phone = matches!(self.aim, Aim::Phone(_));
        if !self.safe || !waits || !home || self.vain >= TRIES || !(at_a_phone || self.dialled) {
            return None;
        }
        let late = now.since(self.moved) >= model.settings.safe_transfer_ms;
        // Why a phone did not take the call is told with the end of its channel, a moment after the end of the dial.
        let told = model.channels.get(&self.caller).is_some_and(|channel| channel.ties.last_cause.is_some());
        let patience = if told { model.settings.settle_ms } else { SILENCE_MS };
        let settled = self.failed.is_some_and(|at| now.since(at) >= patience);
        let off = at_a_phone && self.why == Some(Return::Unreachable);
        let not_there = if self.dialled { Return::NoAnswer } else { Return::Unreachable };
        match seen {
            Seen::Mailbox => Some(self.why.unwrap_or(not_there)),
            Seen::Nowhere | Seen::Announcement if settled || off || late => {
                Some(self.why.unwrap_or(not_there))
            }
            Seen::Dials | Seen::Rings { .. } if late => Some(Return::NoAnswer),
            Seen::Nowhere
            | Seen::Announcement
            | Seen::Dials
            | Seen::Rings { .. }
            | Seen::Gone
            | Seen::Talks { .. }
            | Seen::Parked
            | Seen::Waits => None,
        }
    }

    /// An errand came to nothing: the next one may begin in a moment. Whom somebody wanted back is not hung up on.
    pub(super) fn in_vain(&mut self, now: Millis) {
        let wanted = self.errand.take().is_some_and(|errand| errand.step != ErrandStep::Closing);
        if wanted && matches!(self.state, HandedState::Closing { .. }) {
            self.becomes(HandedState::Waiting, now);
        }
        self.vain = self.vain.saturating_add(1);
        self.again = Some(now.plus(1_000));
    }

    /// When something may have changed without an event.
    fn next_look(&self, model: &Model, now: Millis) -> Option<Millis> {
        let settings = &model.settings;
        if self.is_over() {
            return Some(self.since.plus(settings.handed_kept_ms));
        }
        let closing = match (&self.state, &self.errand) {
            (_, Some(errand)) if errand.step == ErrandStep::Closing => None,
            (HandedState::Closing { at }, _) => Some(*at),
            _ => None,
        };
        let steps = [settings.settle_ms, SILENCE_MS, LINE_MS].map(|after| self.moved.plus(after));
        let others = [
            closing,
            self.safe.then(|| self.moved.plus(settings.safe_transfer_ms)),
            self.failed.map(|at| at.plus(settings.settle_ms)),
            self.failed.map(|at| at.plus(SILENCE_MS)),
            self.again,
            self.errand.as_ref().map(|errand| errand.until),
        ];
        steps.into_iter().chain(others.into_iter().flatten()).filter(|at| *at > now).min()
    }
}
