//! What the server and the connection say: the replica, gaps, results, what begins to ring. No gestures.

use super::Console;
use crate::cards::back;
use crate::event::{Connection, Effect, Hover, Message};
use crate::history::{Came, History};
use crate::moving::Moving;
use crate::orders::{Subject, Tone};
use crate::texts;
use frontdesk_protocol::{
    Change, CommandId, Extension, HistoryPage, LegId, LegState, Outcome, Reason, ServerMessage, Step, Viewer,
};

impl Console {
    pub(super) fn message(&mut self, message: Message, out: &mut Vec<Effect>) {
        let before = self.light();
        match message {
            Message::Connection { state, text, since, server, user } => {
                self.link.connection = state;
                self.link.text = text.unwrap_or_default();
                self.link.since = since;
                if let Some(server) = server.filter(|it| !it.is_empty()) {
                    self.settings.server = server;
                }
                if let Some(user) = user.filter(|it| !it.is_empty()) {
                    self.settings.user = user;
                }
                match state {
                    // The core says online before its replica arrives: the silence is counted from here.
                    Connection::Online => self.link.heard = self.clock.local,
                    Connection::Login => {
                        let text = self.link.text.clone();
                        // The question about it comes just before.
                        let certificate = self.login.certificate.take();
                        self.forget();
                        self.login.certificate = certificate;
                        self.login.error = (!text.is_empty()).then_some(text);
                    }
                    Connection::Connecting | Connection::Offline => {}
                }
            }
            Message::Message { message } => {
                self.link.heard = self.clock.local;
                self.server(*message, out);
            }
            Message::Remark { text } => self.remark(text),
            Message::Untrusted { fingerprint } => self.login.certificate = Some(fingerprint),
            Message::Tel { link } => self.follow_tel(&link),
        }
        self.told(&before);
    }

    fn server(&mut self, message: ServerMessage, out: &mut Vec<Effect>) {
        let mut step = self.link.at.take(&message);
        if let (Step::Taken, ServerMessage::Check { hash, .. }) = (step, &message) {
            step = self.link.at.compare(*hash, || self.memo.hash(&self.office));
        }
        if let Step::Resync(why) = step {
            out.push(Effect::Resync(why));
        }
        match message {
            ServerMessage::Ready { now, viewer, resumed, .. } => {
                self.link.connection = Connection::Online;
                self.clock.lead = now.0.saturating_sub(self.clock.local.0);
                self.login = super::Login::default();
                self.welcome(viewer);
                // Without `resumed` a snapshot follows, and before it the desktop core takes no question.
                if resumed {
                    self.read_history_again(out);
                }
            }
            ServerMessage::Snapshot { now, office, .. } => {
                self.clock.lead = now.0.saturating_sub(self.clock.local.0);
                self.office = std::sync::Arc::unwrap_or_clone(office);
                self.list_people();
                self.memo.begin();
                self.follow(out);
                // Rows that were added before it are not told again.
                self.read_history_again(out);
            }
            ServerMessage::Delta(delta) => {
                if step == Step::Taken {
                    let people =
                        |change: &Change| matches!(change, Change::Person(_) | Change::PersonGone(_));
                    let people = delta.changes.iter().any(people);
                    for change in delta.changes {
                        self.memo.changes(&change);
                        self.office.apply(change);
                    }
                    if people {
                        self.list_people();
                    }
                    self.follow(out);
                }
            }
            ServerMessage::Check { .. } => {}
            ServerMessage::Result { id, outcome } => self.result(&id, &outcome),
            ServerMessage::History { id, page } => self.history_came(&id, page, out),
            ServerMessage::HistoryAdded { entry } => {
                let (shown, id) = (self.shown_extensions(), self.orders.name());
                let ask = self.history.added(entry, &shown, id.clone());
                out.extend(ask.map(|query| Effect::AskHistory(id, query)));
            }
            ServerMessage::Beat { now, .. } => {
                self.clock.lead = now.0.saturating_sub(self.clock.local.0);
            }
            ServerMessage::Notice { text } => {
                if let Some(text) = &text {
                    self.say(text.clone());
                }
                self.link.notice = text;
            }
            ServerMessage::Bye { text, .. } => self.link.text = text,
        }
    }

    fn welcome(&mut self, viewer: Viewer) {
        if self.viewer.as_ref() != Some(&viewer) {
            self.history = History::default();
        }
        self.settings.user = viewer.user.to_string();
        self.viewer = Some(viewer);
        self.list_people();
    }

    /// Follows the office: the order of the cards, what rings, and whether the moved call is still there.
    pub(super) fn follow(&mut self, out: &mut Vec<Effect>) {
        let mine = self.mine().to_vec();
        let still = if self.moving.about().is_some() { Hover::Inside } else { Hover::Outside };
        let began = self.stream.follow(&self.office, &mine, still);
        for leg in &began {
            if let Some((title, _)) = self.notice(leg) {
                self.say_now(title);
            }
        }
        let news = self.handed.follow(&self.office, &mine);
        self.tell_handed(news, &began);
        let Some(leg) = self.moving.about() else { return };
        if self.office.leg(leg).is_none() {
            let who = self.stream.focus.as_ref().and_then(|leg| self.office.leg(leg));
            let focus = who.map(|(_, leg)| leg.id.clone());
            let moved = matches!(self.moving, Moving::Dragging { .. } | Moving::Chosen { .. });
            let subject = Subject::Leg(leg.clone());
            self.moving = Moving::Idle;
            if moved && self.orders.about(&subject).is_none_or(|note| note.tone != Tone::Pending) {
                let text = self.gone_while_moving();
                self.fail(Subject::Desk, text);
            }
            if let Some(leg) = focus {
                out.push(Effect::Focus(crate::event::Focus::Card(leg)));
            }
        }
    }

    /// What became of the call that was about to be moved, and where it is now.
    fn gone_while_moving(&self) -> String {
        let Some((call, who)) = &self.moved else { return texts::ended_while_moving(texts::THIS_CALLER) };
        let Some(call) = self.office.calls.get(call) else { return texts::ended_while_moving(who) };
        let elsewhere = call.legs.iter().filter_map(|leg| Some((leg, leg.extension.as_ref()?)));
        let with: Vec<String> = elsewhere
            .filter(|(leg, extension)| !self.mine().contains(extension) && leg.state != LegState::Parked)
            .map(|(leg, extension)| {
                let person = self.office.person_at(extension);
                person.map_or_else(|| texts::party(Some(&leg.party)), |person| person.name.clone())
            })
            .collect();
        let with = (!with.is_empty()).then(|| with.join(", "));
        texts::left_while_moving(who, with.as_deref())
    }

    /// What a notification of a ringing call says: who, and through what; or that they are back, and why.
    pub(super) fn notice(&self, id: &LegId) -> Option<(String, String)> {
        let (call, leg) = self.stream.leg(&self.office, id)?;
        let who = texts::party_full(leg.peer.as_deref());
        let extension = leg.extension.as_ref().map(ToString::to_string).unwrap_or_default();
        let title = match back(&self.office, call, leg) {
            Some(back) => texts::handed::rings_again(&who, &extension, &back),
            None => texts::rings(&who, &extension),
        };
        let via = texts::via(call.via.queue.as_ref().map(|q| q.as_str()), call.via.dialled.as_deref());
        Some((title, via.unwrap_or_default()))
    }

    fn history_came(&mut self, id: &CommandId, page: HistoryPage, out: &mut Vec<Effect>) {
        let next = self.orders.name();
        let Came { ask, found, enter } = self.history.page(id, page, next.clone());
        out.extend(ask.map(|query| Effect::AskHistory(next, query)));
        if let Some((count, more)) = found {
            let text = texts::history_found(count, more);
            // Said when it changes: who types on hears one sentence, not one for each letter.
            if self.said.polite.text != text {
                self.say(text);
            }
        }
        if enter {
            self.first_row(out);
        }
    }

    fn result(&mut self, id: &CommandId, outcome: &Outcome) {
        if let Outcome::Failed { text, .. } = outcome
            && self.history.refuse(id, text)
        {
            return;
        }
        let Some(note) = self.orders.end(id, outcome, self.clock.local) else { return };
        match note.tone {
            Tone::Failed => self.say_now(note.text),
            Tone::Done | Tone::Pending => self.say(note.text),
        }
    }

    pub(super) fn not_sent(&mut self, id: &CommandId, text: String) {
        self.result(id, &Outcome::Failed { reason: Reason::NoLink, text });
    }

    /// The extensions whose history is shown.
    fn shown_extensions(&self) -> Vec<Extension> {
        match &self.history.person {
            None => self.mine().to_vec(),
            Some(person) => self.office.people.get(person).map(|p| p.extensions.clone()).unwrap_or_default(),
        }
    }
}
