//! One desk: its whole state, and `update` for everything that happens to it. It asks for effects and performs none.

mod asking;
mod facts;
mod handing;
mod moves;
mod views;

use crate::announce::Announcements;
use crate::asking::Asking;
use crate::cards::{self, CardAction, CardState};
use crate::clock::Clock;
use crate::event::{Connection, Effect, Event, Focus, Held};
use crate::grid::{Shape, step};
use crate::handed::HandedOver;
use crate::history::{self, History};
use crate::link::{Lamp, Link, LinkView};
use crate::moving::Moving;
use crate::orders::{Orders, Subject, Tone};
use crate::pulling::Pulling;
use crate::roster::Roster;
use crate::settings::Settings;
use crate::stream::Stream;
use crate::texts;
use crate::tiles::Users;
use frontdesk_protocol::{
    CallId, Command, Extension, HistoryId, LegId, Memo, Millis, Office, PersonId, Viewer,
};
use std::collections::BTreeMap;

/// So many facts are hashed at each tick, so that no tick takes long and the server's hash, which comes
/// seconds later, finds most of it done.
const HASHED: usize = 600;

/// The login form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Login {
    /// Whether an answer is awaited.
    pub wait: Option<Millis>,
    /// Why it failed.
    pub error: Option<String>,
    /// The fingerprint of the server's certificate, where nobody vouches for it and the person has to.
    pub certificate: Option<String>,
}

/// Whether the caller who is being moved is handed over the other way than usual.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Other {
    /// By the key that is held.
    pub held: Held,
    /// By choice.
    pub chosen: Held,
}

impl Other {
    /// Whether it is so: the key turns round what was chosen.
    pub fn is_wanted(self) -> bool {
        (self.held == Held::Yes) != (self.chosen == Held::Yes)
    }
}

/// One desk.
#[derive(Debug, Clone)]
pub struct Console {
    /// The connection.
    pub link: Link,
    /// The replica.
    pub office: Office,
    /// What of it was hashed before.
    memo: Memo,
    /// Who is logged in, once known.
    pub viewer: Option<Viewer>,
    /// How instants are read.
    pub clock: Clock,
    /// What the desk remembers.
    pub settings: Settings,
    /// My Stream.
    pub stream: Stream,
    /// Those whom I handed over.
    pub handed: HandedOver,
    /// The users.
    pub users: Users,
    /// The people whose tiles these are.
    roster: Roster,
    /// The history.
    pub history: History,
    /// The move of a card.
    pub moving: Moving,
    /// Whether the caller is to be handed over the other way than usual.
    pub other: Other,
    /// What the notifications say that stand now.
    notices: BTreeMap<LegId, (String, String)>,
    /// The call that is moved and who is in it, for the sentence when it goes meanwhile.
    moved: Option<(CallId, String)>,
    /// Orders and notes.
    pub orders: Orders,
    /// The live regions.
    pub said: Announcements,
    /// How much of each had been said before this event: polite, now.
    heard: (u64, u64),
    /// The link that was followed.
    pub asking: Asking,
    /// The login form.
    pub login: Login,
}

impl Console {
    /// A desk before anything happened. `nonce` tells this run's order ids from every other's; `zone` gives the
    /// local minutes east of UTC at an instant.
    pub fn new(nonce: &str, zone: fn(Millis) -> i32) -> Self {
        Self {
            link: Link::default(),
            office: Office::default(),
            memo: Memo::default(),
            viewer: None,
            clock: Clock::new(zone),
            settings: Settings::default(),
            stream: Stream::default(),
            handed: HandedOver::default(),
            users: Users::default(),
            roster: Roster::default(),
            history: History::default(),
            moving: Moving::default(),
            other: Other::default(),
            notices: BTreeMap::new(),
            moved: None,
            orders: Orders::new(nonce),
            said: Announcements::default(),
            heard: (0, 0),
            asking: Asking::default(),
            login: Login::default(),
        }
    }

    /// Takes in what happened; gives what the desk asks for, in order.
    pub fn update(&mut self, event: Event) -> Vec<Effect> {
        self.update_all([event])
    }

    /// Takes in all that happened since the desk was drawn last: what is said about it is read out together.
    pub fn update_all(&mut self, events: impl IntoIterator<Item = Event>) -> Vec<Effect> {
        self.heard = (self.said.polite.count, self.said.now.count);
        let mut out = Vec::new();
        for event in events {
            self.take_in(event, &mut out);
        }
        out
    }

    fn take_in(&mut self, event: Event, out: &mut Vec<Effect>) {
        match event {
            Event::Tick(now) => {
                self.tick(now);
                let id = self.orders.name();
                let query = self.history.tick(now, id.clone());
                out.extend(query.map(|query| Effect::AskHistory(id, query)));
            }
            Event::Message(message) => self.message(message, out),
            Event::SettingsLoaded(loaded) => self.settings_loaded(loaded),
            Event::SettingsChanged(settings) => {
                self.settings = *settings;
                out.push(Effect::Save(Box::new(self.settings.clone())));
            }
            Event::LogIn { server, user, password, remember, trust } => {
                self.login = Login { wait: Some(self.clock.local), ..Login::default() };
                self.settings.server.clone_from(&server);
                self.settings.user.clone_from(&user);
                out.push(Effect::Save(Box::new(self.settings.clone())));
                out.push(Effect::LogIn { server, user, password, remember, trust });
            }
            Event::LoggedIn(answer) => {
                // The question about the certificate may have come before.
                (self.login.wait, self.login.error) = (None, answer.err());
            }
            Event::LogOut => {
                self.asking.close();
                self.forget();
                out.push(Effect::LogOut);
            }
            Event::NotSent(id, why) => self.not_sent(&id, why),
            Event::Search(text) => self.search(text),
            Event::StreamHover(hover) => {
                self.stream.hover = hover;
                self.follow(out);
            }
            Event::HandedHover(hover) => {
                self.handed.hover = hover;
                self.follow(out);
            }
            Event::Press(leg, at) => {
                self.handed.pulling = Pulling::Idle;
                self.moving.press(leg, at);
            }
            Event::PressRow(id, at) => self.press_row(id, at),
            Event::Drag(to, over) if self.handed.pulling.held().is_some() => self.drag_row(to, over),
            Event::Drag(to, over) => self.drag(to, over),
            Event::Drop(over) if self.handed.pulling.held().is_some() => self.drop_row(&over, out),
            Event::Drop(over) => self.drop_on(over, out),
            Event::ClickStream => self.click_stream(out),
            Event::BringBack(id) => {
                self.handed.pulling = Pulling::Idle;
                self.bring_back(&id, out);
            }
            Event::PutRowAway(id) => self.put_row_away(id, out),
            Event::Undo => self.undo(out),
            Event::OtherKey(held) => self.switch(Other { held, ..self.other }),
            Event::OtherWay => self.switch(Other { chosen: !self.other.chosen, ..self.other }),
            Event::GoToHanded => self.go_to_handed(out),
            Event::HandedStep(way) => self.handed_step(way, out),
            Event::Escape if self.escape_tel() => {}
            Event::CancelDrag | Event::Escape => self.escape(out),
            Event::CallTel(id) => self.call_tel(id, out),
            Event::LeaveTel(id) => self.leave_tel(id),
            Event::ChooseCard(leg) => self.choose_card(leg, out),
            Event::ChooseTile(person) => self.choose_tile(person, out),
            Event::ChooseTarget(at) => self.choose_target(at, out),
            Event::Act(leg, action) => self.act(leg, action, out),
            Event::CardStep(way) => {
                let order = &self.stream.order;
                let at = self.stream.focus.as_ref().and_then(|leg| order.iter().position(|it| it == leg));
                if let Some(leg) = order.get(step(at.unwrap_or(0), order.len(), Shape::LIST, way)).cloned() {
                    self.stream.focus = Some(leg.clone());
                    out.push(Effect::Focus(Focus::Card(leg)));
                }
            }
            Event::TileStep(way, shape) => self.tile_step(way, shape, out),
            Event::TargetStep(way) => self.target_step(way, out),
            Event::RowStep(way, rows) => self.row_step(way, rows, out),
            Event::FirstRow => self.first_row(out),
            Event::Focused(Focus::Card(leg)) => self.stream.focus = Some(leg),
            Event::Focused(Focus::Tile(person)) => self.users.focus = Some(person),
            Event::Focused(Focus::Row(row)) => self.history.focused(row),
            Event::Focused(Focus::Handed(id)) => self.handed.focus = Some(id),
            Event::Focused(Focus::Target(at)) => {
                if let Moving::Chosen { open: Some((_, now)), .. } = &mut self.moving {
                    *now = at;
                }
            }
            Event::Focused(Focus::Search) => {}
            Event::ShowHistory(person) => self.show_history(person, out),
            Event::OlderHistory => self.older(out),
            Event::SearchHistory(text) => self.search_history(text, out),
            Event::CallBack(row) => self.call_back(row, out),
            Event::SelectExtension(extension) => {
                self.settings.extension = Some(extension);
                out.push(Effect::Save(Box::new(self.settings.clone())));
            }
            Event::Dismiss(subject) => {
                if subject == Subject::Tel {
                    self.asking.close();
                }
                self.orders.dismiss(&subject);
            }
            Event::SearchEnter => {
                if let Some(person) = self.first_found() {
                    self.users.focus = Some(person.clone());
                    if self.moving.leg().is_some() {
                        self.choose_tile(person, out);
                    } else {
                        out.push(Effect::Focus(Focus::Tile(person)));
                    }
                }
            }
        }
        self.grant_wish(out);
        self.remember_moved();
        self.refresh_notices(out);
    }

    /// Says something when there is time.
    fn say(&mut self, text: impl AsRef<str>) {
        self.said.polite.say(text.as_ref(), self.heard.0);
    }

    /// Says something at once.
    fn say_now(&mut self, text: impl AsRef<str>) {
        self.said.now.say(text.as_ref(), self.heard.1);
    }

    /// What the notifications should say: nothing rings in facts that may be old.
    fn refresh_notices(&mut self, out: &mut Vec<Effect>) {
        let live = self.light().lamp == Lamp::Live;
        let ringing = self.stream.ringing().filter(|_| live);
        let wanted: BTreeMap<LegId, (String, String)> =
            ringing.filter_map(|leg| Some((leg.clone(), self.notice(leg)?))).collect();
        for leg in self.notices.keys().filter(|leg| !wanted.contains_key(*leg)) {
            out.push(Effect::Withdraw(leg.clone()));
        }
        for (leg, (title, body)) in &wanted {
            if self.notices.get(leg) != Some(&(title.clone(), body.clone())) {
                out.push(Effect::Notify { leg: leg.clone(), title: title.clone(), body: body.clone() });
            }
        }
        self.notices = wanted;
    }

    fn remember_moved(&mut self) {
        let card = self.moving.about().and_then(|leg| self.office.leg(leg));
        self.moved = card.map(|(call, leg)| (call.id.clone(), texts::party(leg.peer.as_deref())));
        if self.moved.is_none() {
            self.other = Other { held: self.other.held, chosen: Held::No };
        }
    }

    /// The connection light.
    pub fn light(&self) -> LinkView {
        self.link.view(&self.office.link, &self.clock)
    }

    /// Whether somebody has to log in.
    pub fn needs_login(&self) -> bool {
        self.link.connection == Connection::Login
    }

    /// Whether no second that passes changes anything on the desk: nobody is on a card or handed over, no note stands, no
    /// question is open, and the facts are live. The clocks of the tiles are not looked at.
    pub fn rests(&self) -> bool {
        self.stream.order.is_empty()
            && self.handed.order.is_empty()
            && self.orders.rest()
            && !self.asks()
            && self.light().lamp == Lamp::Live
    }

    /// The viewer's extensions.
    pub fn mine(&self) -> &[Extension] {
        self.viewer.as_ref().map_or(&[], |viewer| &viewer.extensions)
    }

    /// The extension that calls go out from.
    pub fn selected_extension(&self) -> Option<&Extension> {
        let chosen = self.settings.extension.as_ref().filter(|chosen| self.mine().contains(chosen));
        chosen.or_else(|| self.mine().first())
    }

    /// Why no order goes out now.
    fn held_back(&self) -> Option<String> {
        let light = self.light();
        (light.lamp != Lamp::Live).then(|| texts::held_back(&light.text))
    }

    /// Why no order about this leg goes out now.
    fn blocked(&self, leg: &LegId) -> Option<String> {
        self.held_back().or_else(|| self.orders.running(leg).then(|| texts::IN_PROGRESS.to_owned()))
    }

    fn tick(&mut self, now: Millis) {
        let before = self.light();
        // Somebody set this machine's clock back: the silence lasts on and does not begin anew.
        let back = self.clock.local.0.saturating_sub(now.0).max(0);
        self.link.heard.0 -= back;
        self.clock.local = now;
        self.told(&before);
        if self.asking.tick(now) {
            self.fail(Subject::Tel, texts::dial::TOO_OLD.into());
        }
        for note in self.orders.tick(now) {
            self.say_now(note.text);
        }
        self.handed.forget_sent(&self.orders);
        self.memo.go_on(&self.office, HASHED);
    }

    /// Says when the light changed.
    fn told(&mut self, before: &LinkView) {
        let after = self.light();
        if after.lamp == Lamp::Live {
            self.link.lived = Some(self.clock.local);
        }
        if before.lamp == after.lamp || self.viewer.is_none() {
            return;
        }
        match after.lamp {
            Lamp::Stale | Lamp::Offline => self.say_now(after.text),
            Lamp::Live => self.say(texts::LIVE_AGAIN),
            Lamp::Connecting => {}
        }
    }

    fn settings_loaded(&mut self, loaded: Result<Option<Box<Settings>>, String>) {
        match loaded {
            Ok(Some(settings)) => {
                self.settings = *settings;
                self.settings.layout = self.settings.layout.usable();
            }
            Ok(None) => {}
            Err(why) => self.remark(texts::settings_unreadable(&why)),
        }
    }

    fn act(&mut self, leg: LegId, action: CardAction, out: &mut Vec<Effect>) {
        let Some((_, mine)) = self.office.leg(&leg) else { return };
        let who = texts::party(mine.peer.as_deref());
        let (command, text) = match action {
            CardAction::Transfer => return self.choose_card(leg, out),
            CardAction::Ignore => (Command::Ignore { leg: leg.clone() }, texts::ignoring(&who)),
            CardAction::HangUp => {
                let up = matches!(cards::state(mine), CardState::Talking | CardState::Held);
                let grace = self.settings.grace && up;
                (Command::HangUp { leg: leg.clone(), grace }, texts::hanging_up(&who))
            }
        };
        match self.blocked(&leg) {
            Some(why) => self.fail(Subject::Leg(leg), why),
            None => self.order(Subject::Leg(leg), command, &text, out),
        }
    }

    fn call_back(&mut self, row: HistoryId, out: &mut Vec<Effect>) {
        let Some(entry) = self.history.entries.iter().find(|entry| entry.id == row) else { return };
        let (who, subject) = (texts::party(Some(&entry.party)), Subject::Row(row));
        let number = self.held_back().map_or_else(|| history::number(entry), Err);
        match number.and_then(|to| self.originate(&to)) {
            Err(why) => self.fail(subject, why),
            Ok((from, to)) => {
                let text = texts::calling(&who, from.as_str());
                self.order(subject, Command::Originate { from, to }, &text, out);
            }
        }
    }

    fn order(&mut self, subject: Subject, command: Command, text: &str, out: &mut Vec<Effect>) {
        if let (Subject::Leg(leg), Command::Transfer { .. } | Command::HangUp { grace: true, .. }) =
            (&subject, &command)
            && let Some((call, mine)) = self.office.leg(leg)
        {
            let who = texts::party(mine.peer.as_deref());
            self.handed.send(leg.clone(), call.id.clone(), who, self.clock.server());
        }
        let id = self.orders.begin(subject, &command, texts::sending(text), self.clock.local);
        self.say(texts::sending(text));
        out.push(Effect::Order(id, command));
    }

    fn fail(&mut self, subject: Subject, why: String) {
        self.say_now(why.clone());
        self.orders.note(subject, Tone::Failed, why, self.clock.local);
    }

    fn remark(&mut self, text: String) {
        if let Some(note) = self.orders.remark(text, self.clock.local) {
            self.say_now(note.text);
        }
    }

    fn show_history(&mut self, person: Option<PersonId>, out: &mut Vec<Effect>) {
        let id = self.orders.name();
        let query = self.history.show(person, id.clone());
        out.push(Effect::AskHistory(id, query));
    }

    fn read_history_again(&mut self, out: &mut Vec<Effect>) {
        let id = self.orders.name();
        let query = self.history.again(id.clone());
        out.push(Effect::AskHistory(id, query));
    }

    fn search_history(&mut self, text: String, out: &mut Vec<Effect>) {
        let id = self.orders.name();
        let query = self.history.search(text, id.clone());
        out.extend(query.map(|query| Effect::AskHistory(id, query)));
    }

    fn older(&mut self, out: &mut Vec<Effect>) {
        let id = self.orders.name();
        if let Some(query) = self.history.older(id.clone()) {
            out.push(Effect::AskHistory(id, query));
        }
    }

    fn forget(&mut self) {
        let (mut fresh, clock) = (Self::new("", self.clock.zone), self.clock);
        fresh.clock.local = clock.local;
        std::mem::swap(&mut fresh.asking, &mut self.asking);
        std::mem::swap(&mut fresh.orders, &mut self.orders);
        fresh.orders.forget();
        std::mem::swap(&mut fresh.settings, &mut self.settings);
        fresh.link.connection = Connection::Login;
        *self = fresh;
    }
}
