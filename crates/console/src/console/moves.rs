//! Moving a card: drag, click-click and keys end in the same `send`. Also the search and the steps of the focus.

use super::{Console, Other};
use crate::event::{Effect, Focus};
use crate::grid::{Shape, Step, step};
use crate::moving::{Before, Moving, Over};
use crate::orders::Subject;
use crate::pulling::Pulling;
use crate::roster::Roster;
use crate::targets::{Target, Way, targets};
use crate::texts;
use frontdesk_protocol::{LegId, PersonId};

impl Console {
    /// The targets of a person for the card that is being moved.
    pub fn targets_for(&self, person: &PersonId) -> Vec<Target> {
        let card = self.moving.leg().and_then(|leg| self.stream.leg(&self.office, leg));
        let (Some((call, leg)), Some(person)) = (card, self.office.people.get(person)) else {
            return Vec::new();
        };
        targets(&self.office, person, call, leg, self.way(), self.blocked(&leg.id).as_deref())
    }

    /// How a caller is handed over now.
    pub fn way(&self) -> Way {
        Way { extensions: self.settings.transfer, other: self.other.is_wanted() }
    }

    /// The other way of handing over is wanted, or no longer; what would happen now is said.
    pub(super) fn switch(&mut self, other: Other) {
        let before = self.preview();
        self.other = other;
        let after = self.preview();
        if let (true, Some(Ok(text) | Err(text))) = (before != after, after) {
            self.say(text);
        }
    }

    /// What would happen if the card were dropped now.
    pub fn preview(&self) -> Option<Result<String, String>> {
        let (person, at) = self.moving.open()?;
        let target = self.targets_for(person).into_iter().nth(at)?;
        Some(match target.order {
            Ok(_) => Ok(target.sentence),
            Err(why) => Err(texts::cannot(&why)),
        })
    }

    pub(super) fn drag(&mut self, to: (i32, i32), over: Over) {
        let before = self.preview();
        self.moving.drag(to, over);
        let after = self.preview();
        if let (true, Some(Ok(text) | Err(text))) = (before != after, after) {
            self.say(text);
        }
    }

    pub(super) fn drop_on(&mut self, over: Over, out: &mut Vec<Effect>) {
        match std::mem::take(&mut self.moving) {
            Moving::Pressed { leg, before: Before::Idle, .. } => self.choose_card(leg, out),
            Moving::Pressed { before: Before::Chosen, .. } => self.say(texts::NOT_MOVED),
            Moving::Dragging { leg, .. } => {
                self.moving = Moving::Dragging { leg, over };
                match self.moving.open().map(|(person, at)| (person.clone(), at)) {
                    Some((person, at)) => self.send(&person, at, out),
                    None => {
                        self.moving = Moving::Idle;
                        self.say(texts::NOT_MOVED);
                    }
                }
            }
            other @ (Moving::Idle | Moving::Chosen { .. }) => self.moving = other,
        }
        self.follow(out);
    }

    pub(super) fn escape(&mut self, out: &mut Vec<Effect>) {
        if self.handed.pulling.about().is_some() {
            self.handed.pulling = Pulling::Idle;
            self.say(texts::handed::STAYS);
            return self.follow(out);
        }
        match std::mem::take(&mut self.moving) {
            Moving::Idle => {
                if !self.users.search.is_empty() {
                    self.search(String::new());
                    out.push(Effect::Focus(Focus::Search));
                }
            }
            Moving::Chosen { leg, open: Some((person, _)) } => {
                self.moving = Moving::Chosen { leg, open: None };
                out.push(Effect::Focus(Focus::Tile(person)));
            }
            Moving::Pressed { leg, .. }
            | Moving::Dragging { leg, .. }
            | Moving::Chosen { leg, open: None } => {
                self.say(texts::NOT_MOVED);
                self.search(String::new());
                out.push(Effect::Focus(Focus::Card(leg)));
                self.follow(out);
            }
        }
    }

    pub(super) fn choose_card(&mut self, leg: LegId, out: &mut Vec<Effect>) {
        if self.moving.leg() == Some(&leg) {
            self.moving = Moving::Idle;
            self.say(texts::NOT_MOVED);
            return;
        }
        let Some((_, mine)) = self.office.leg(&leg) else { return };
        let who = texts::party(mine.peer.as_deref());
        self.handed.pulling = Pulling::Idle;
        self.stream.focus = Some(leg.clone());
        self.moving = Moving::Chosen { leg, open: None };
        self.say(texts::card_chosen(&who));
        if let Some(person) = self.tab_tile() {
            self.users.focus = Some(person.clone());
            out.push(Effect::Focus(Focus::Tile(person)));
        }
    }

    pub(super) fn choose_tile(&mut self, person: PersonId, out: &mut Vec<Effect>) {
        self.users.focus = Some(person.clone());
        let targets = self.targets_for(&person);
        let Moving::Chosen { open, .. } = &mut self.moving else {
            let mine = self.viewer.as_ref().and_then(|viewer| viewer.person.as_ref()) == Some(&person);
            let again = self.history.person.as_ref() == Some(&person);
            return self.show_history((!mine && !again).then_some(person), out);
        };
        let at = targets.iter().position(|target| target.order.is_ok()).unwrap_or(0);
        *open = Some((person.clone(), at));
        let name = self.office.people.get(&person).map(|p| p.name.clone()).unwrap_or_default();
        self.say(texts::tile_opened(&name, targets.len()));
        out.push(Effect::Focus(Focus::Target(at)));
    }

    pub(super) fn choose_target(&mut self, at: usize, out: &mut Vec<Effect>) {
        let Some((person, _)) = self.moving.open() else { return };
        let person = person.clone();
        self.send(&person, at, out);
    }

    /// The one way from a move to an order.
    fn send(&mut self, person: &PersonId, at: usize, out: &mut Vec<Effect>) {
        let (target, leg) = (self.targets_for(person).into_iter().nth(at), self.moving.leg().cloned());
        let (Some(target), Some(leg)) = (target, leg) else { return };
        match target.order {
            Ok(command) => {
                self.moving = Moving::Idle;
                self.search(String::new());
                self.order(Subject::Leg(leg.clone()), command, &target.sentence, out);
                out.push(Effect::Focus(Focus::Card(leg)));
            }
            Err(why) => {
                let dragged = matches!(self.moving, Moving::Dragging { .. });
                if dragged {
                    self.moving = Moving::Idle;
                }
                self.fail(Subject::Leg(leg), texts::not_sent(&why));
            }
        }
    }

    pub(super) fn search(&mut self, text: String) {
        self.roster.search(&text);
        self.users.search = text;
        self.keep_focus();
    }

    /// Reads the people anew.
    pub(super) fn list_people(&mut self) {
        let Some(viewer) = &self.viewer else { return };
        self.roster = Roster::of(&self.office, viewer, &self.users.search);
    }

    fn keep_focus(&mut self) {
        let focus = self.users.focus.take();
        self.users.focus = focus.filter(|focus| self.roster.place(&self.office, focus).is_some());
    }

    pub(super) fn tile_step(&mut self, way: Step, shape: Shape, out: &mut Vec<Effect>) {
        let focus = self.users.focus.as_ref();
        let at = focus.and_then(|focus| self.roster.place(&self.office, focus)).unwrap_or(0);
        let next = self.roster.get(step(at, self.roster.len(), shape, way));
        if let Some(person) = next.map(|person| person.id.clone()) {
            self.users.focus = Some(person.clone());
            out.push(Effect::Focus(Focus::Tile(person)));
        }
    }

    pub(super) fn target_step(&mut self, way: Step, out: &mut Vec<Effect>) {
        let Some((person, at)) = self.moving.open() else { return };
        let next = step(at, self.targets_for(person).len(), Shape::LIST, way);
        if let Moving::Chosen { open: Some((_, at)), .. } = &mut self.moving {
            *at = next;
            out.push(Effect::Focus(Focus::Target(next)));
        }
    }

    pub(super) fn row_step(&mut self, way: Step, rows: usize, out: &mut Vec<Effect>) {
        let entries = &self.history.entries;
        let at = self.history.place_of_focus();
        let next = step(at.unwrap_or(0), entries.len(), Shape { columns: 1, rows }, way);
        if let Some(entry) = entries.get(next) {
            self.history.focus = Some(entry.id);
            out.push(Effect::Focus(Focus::Row(entry.id)));
        }
        if next + 1 >= self.history.entries.len() {
            self.older(out);
        }
    }

    pub(super) fn first_row(&mut self, out: &mut Vec<Effect>) {
        if self.history.enter() {
            self.row_step(Step::First, 1, out);
        }
    }

    pub(super) fn first_found(&self) -> Option<PersonId> {
        self.roster.get(0).map(|person| person.id.clone())
    }

    /// The tile that Tab reaches: the one with the focus if it is shown, else the first.
    pub(super) fn tab_tile(&self) -> Option<PersonId> {
        let focus = self.users.focus.as_ref();
        let focus = focus.filter(|focus| self.roster.place(&self.office, focus).is_some());
        focus.cloned().or_else(|| self.first_found())
    }
}
