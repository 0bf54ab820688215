//! Callers whom I handed over: bringing them back by button, key, click and drag, undoing the last one, and what is said
//! of each. Which rows there are is in `handed`.

use super::Console;
use crate::event::{Effect, Focus};
use crate::grid::{Shape, Step, step};
use crate::handed::{HandedRow, News, left, mine};
use crate::moving::{Before, Moving, Over};
use crate::orders::{Subject, Tone};
use crate::pulling::Pulling;
use crate::texts::{self, handed as words};
use frontdesk_protocol::{Command, Handed, HandedId, HandedState, LegId, Return};
use std::sync::Arc;

/// For so long after it is over a caller is still the one whom Ctrl+Z is about.
const JUST_NOW_MS: u64 = 30_000;

/// A row that appears was caused just now where it is not older.
const JUST_NEW_MS: u64 = 3_000;

impl Console {
    /// The rows of the callers whom I handed over, top to bottom.
    pub fn handed_rows(&self) -> Vec<HandedRow> {
        let unknown = self.unknown();
        let listed = self.handed.order.iter().filter_map(|id| self.office.handed.get(id));
        listed.map(|it| self.handed.row(it, &self.orders, &self.clock, unknown.as_deref())).collect()
    }

    /// What a drop on My Stream would do, while a row is moved.
    pub fn take_back(&self) -> Option<String> {
        let handed = self.office.handed.get(self.handed.pulling.row()?)?;
        Some(words::drop_here(&texts::party(Some(&handed.party)), handed.by.as_str()))
    }

    /// The seconds that the countdowns show now, for whoever draws them.
    pub fn countdown(&self) -> u64 {
        let now = self.clock.server();
        let closing = mine(&self.office, self.mine()).into_iter().filter_map(|handed| match handed.state {
            HandedState::Closing { at } => Some(left(handed.since, at, now)),
            _ => None,
        });
        closing.sum()
    }

    /// Whether a row is over, or about to be, is told to who does not look.
    pub(super) fn tell_handed(&mut self, news: Vec<News>, rang: &[LegId]) {
        for one in news {
            let (News::New(id) | News::Changed(id)) = &one;
            let Some(handed) = self.office.handed.get(id).cloned() else { continue };
            let (who, label) = (texts::party(Some(&handed.party)), handed.label.as_str());
            match (&handed.state, one) {
                (HandedState::Closing { at }, _) => {
                    let left = left(handed.since, *at, self.clock.server());
                    self.say_now(words::closing(&who, left));
                }
                // Who was listed before this desk came is no news; who was answered at once is.
                (_, News::New(_)) if self.clock.server().since(handed.since) > JUST_NEW_MS => {}
                (HandedState::Answered { with }, _) => self.say(words::answered(&who, with, label)),
                (HandedState::SentOn { to }, _) => self.say(words::sent_on(&who, label, to)),
                (HandedState::Mailbox { why: Some(why) }, _) => {
                    self.say(words::at_mailbox(&who, label, *why));
                }
                (HandedState::NotTaken { why }, _) => {
                    self.say_now(words::not_taken(&who, label, *why));
                }
                (HandedState::Ended, _) if handed.to.is_none() => {
                    self.say(words::closed(&who));
                }
                (HandedState::Ended, _) => self.say(words::hung_up(&who)),
                (HandedState::Unknown, _) => self.say_now(words::lost_sight(&who)),
                (HandedState::Returning { why }, _) => self.tell_return(&handed, *why, rang),
                (
                    HandedState::Sent
                    | HandedState::Ringing
                    | HandedState::Waiting
                    | HandedState::Mailbox { why: None }
                    | HandedState::Back { .. },
                    _,
                ) => {}
            }
        }
    }

    /// A caller comes back. Where the phone rang before the reason was known, the reason is said now; else the ringing
    /// says it, and one whom I called back myself is no news.
    fn tell_return(&mut self, handed: &Handed, why: Return, rang: &[LegId]) {
        let rings = self.office.legs_at(std::slice::from_ref(&handed.by)).any(|(call, leg)| {
            call.id == handed.call && self.stream.rings(&leg.id) && !rang.contains(&leg.id)
        });
        if rings && why != Return::PulledBack {
            let who = texts::party(Some(&handed.party));
            self.say_now(format!("{who}: {}", words::back(&handed.label, why)));
        }
    }

    /// Ctrl+Z: the caller whom I handed over last comes back. Where it is too late for that one, it is said first, and
    /// only once more brings back another.
    pub(super) fn undo(&mut self, out: &mut Vec<Effect>) {
        if let Some((leg, who)) = self.being_sent() {
            self.handed.wish = Some(leg);
            return self.say_now(words::wanted_back(&who));
        }
        let all: Vec<Arc<Handed>> = mine(&self.office, self.mine()).into_iter().cloned().collect();
        let next = all.iter().find(|handed| handed.can_be_pulled_back());
        let Some(last) = all.first() else { return self.fail(Subject::Desk, words::NOBODY.into()) };
        let just_now = self.clock.server().since(last.since) < JUST_NOW_MS;
        let late = !last.can_be_pulled_back() && just_now && self.handed.told.as_ref() != Some(&last.id);
        match next {
            Some(next) if !late => self.bring_back(&next.id.clone(), out),
            next => {
                let next = next.map(|next| texts::party(Some(&next.party)));
                self.handed.told = Some(last.id.clone());
                self.too_late(last, next.as_deref());
            }
        }
    }

    /// A caller who was ordered away and is not listed yet: the phone system is still at it.
    fn being_sent(&self) -> Option<(LegId, String)> {
        let all = mine(&self.office, self.mine());
        // The answer to the order and the list come one after the other.
        let under_way = |leg: &LegId| {
            let note = self.orders.about(&Subject::Leg(leg.clone()));
            self.orders.running(leg) || note.is_some_and(|note| note.tone == Tone::Done)
        };
        let sent = self.handed.sent.iter().filter(|(leg, _)| under_way(leg));
        let unlisted = sent.filter(|(leg, _)| self.handed.of_card(leg, &all).is_none());
        let last = unlisted.max_by_key(|(_, sent)| sent.at)?;
        Some((last.0.clone(), last.1.who.clone()))
    }

    /// Brings back whoever was wanted back while they were being sent, as soon as that can be ordered.
    pub(super) fn grant_wish(&mut self, out: &mut Vec<Effect>) {
        let Some(leg) = self.handed.wish.clone() else { return };
        if self.orders.running(&leg) {
            return;
        }
        let all = mine(&self.office, self.mine());
        if let Some(handed) = self.handed.of_card(&leg, &all).map(Arc::clone) {
            self.handed.wish = None;
            if handed.can_be_pulled_back() {
                self.bring_back(&handed.id, out);
            } else {
                self.too_late(&handed, None);
            }
            return;
        }
        let note = self.orders.about(&Subject::Leg(leg.clone()));
        match note.map(|note| note.tone) {
            // They are still here, and the note says why.
            Some(Tone::Failed) => self.handed.wish = None,
            // The server has sent them, and may list them a moment later.
            Some(Tone::Done | Tone::Pending) => {}
            None => {
                self.handed.wish = None;
                let who =
                    self.handed.sent.get(&leg).map_or(texts::THIS_CALLER.to_owned(), |it| it.who.clone());
                self.fail(Subject::Desk, words::not_followed(&who));
            }
        }
    }

    /// Says where a caller is who cannot be brought back.
    fn too_late(&mut self, handed: &Handed, next: Option<&str>) {
        let who = texts::party(Some(&handed.party));
        let text = words::too_late(&handed.state, &who, &handed.label, next);
        let listed = self.handed.order.contains(&handed.id);
        self.fail(if listed { Subject::Handed(handed.id.clone()) } else { Subject::Desk }, text);
    }

    /// Orders a caller back to my phone.
    pub(super) fn bring_back(&mut self, id: &HandedId, out: &mut Vec<Effect>) {
        let Some(handed) = self.office.handed.get(id).cloned() else { return };
        let (who, subject) = (texts::party(Some(&handed.party)), Subject::Handed(id.clone()));
        if let Some(why) = self.held_back() {
            return self.fail(subject, why);
        }
        if self.orders.waits(&subject) {
            return self.say_now(words::already_coming(&who));
        }
        if !handed.can_be_pulled_back() {
            return self.too_late(&handed, None);
        }
        self.order(subject, Command::PullBack { handed: id.clone() }, &words::bringing_back(&who), out);
    }

    /// A button went down on a row.
    pub(super) fn press_row(&mut self, id: HandedId, at: (i32, i32)) {
        self.moving = Moving::Idle;
        self.handed.focus = Some(id.clone());
        self.handed.pulling.press(id, at);
    }

    /// The pointer moved; a drop that would bring somebody back is said.
    pub(super) fn drag_row(&mut self, to: (i32, i32), over: Over) {
        let there =
            |console: &Self| matches!(console.handed.pulling, Pulling::Dragging { over: Over::Stream, .. });
        let before = there(self);
        self.handed.pulling.drag(to, over);
        if let (false, true, Some(text)) = (before, there(self), self.take_back()) {
            self.say(text);
        }
    }

    /// The button went up over this. A click on a row chooses it, a second one leaves it.
    pub(super) fn drop_row(&mut self, over: &Over, out: &mut Vec<Effect>) {
        match std::mem::take(&mut self.handed.pulling) {
            Pulling::Pressed { handed, before: Before::Idle, .. } => self.choose_row(handed),
            Pulling::Pressed { before: Before::Chosen, .. } => self.say(words::STAYS),
            Pulling::Dragging { handed, .. } if *over == Over::Stream => self.bring_back(&handed, out),
            Pulling::Dragging { .. } => self.say(words::STAYS),
            other @ (Pulling::Idle | Pulling::Chosen { .. }) => self.handed.pulling = other,
        }
        self.follow(out);
    }

    fn choose_row(&mut self, id: HandedId) {
        let Some(handed) = self.office.handed.get(&id).filter(|it| it.can_be_pulled_back()) else { return };
        self.say(words::chosen(&texts::party(Some(&handed.party))));
        self.handed.pulling = Pulling::Chosen { handed: id };
    }

    /// My Stream was clicked: a chosen row comes back.
    pub(super) fn click_stream(&mut self, out: &mut Vec<Effect>) {
        if let Pulling::Chosen { handed } = std::mem::take(&mut self.handed.pulling) {
            self.bring_back(&handed, out);
        }
    }

    pub(super) fn put_row_away(&mut self, id: HandedId, out: &mut Vec<Effect>) {
        if self.office.handed.get(&id).is_none_or(|handed| !handed.is_over()) {
            return;
        }
        let at = self.handed.order.iter().position(|it| *it == id).unwrap_or(0);
        self.orders.dismiss(&Subject::Handed(id.clone()));
        self.handed.put_away(id.clone());
        self.handed.order.retain(|it| *it != id);
        let next = at.min(self.handed.order.len().saturating_sub(1));
        if let Some(next) = self.handed.order.get(next).cloned() {
            self.handed.focus = Some(next.clone());
            out.push(Effect::Focus(Focus::Handed(next)));
        }
    }

    /// The focus goes to the topmost caller who can be brought back, wherever in the list it was before.
    pub(super) fn go_to_handed(&mut self, out: &mut Vec<Effect>) {
        let order = &self.handed.order;
        let can = |id: &&HandedId| self.office.handed.get(*id).is_some_and(|it| it.can_be_pulled_back());
        if let Some(id) = order.iter().find(can).or(order.first()).cloned() {
            self.handed.focus = Some(id.clone());
            out.push(Effect::Focus(Focus::Handed(id)));
        }
    }

    pub(super) fn handed_step(&mut self, way: Step, out: &mut Vec<Effect>) {
        let order = &self.handed.order;
        let at = self.handed.focus.as_ref().and_then(|id| order.iter().position(|it| it == id));
        if let Some(id) = order.get(step(at.unwrap_or(0), order.len(), Shape::LIST, way)).cloned() {
            self.handed.focus = Some(id.clone());
            out.push(Effect::Focus(Focus::Handed(id)));
        }
    }
}
