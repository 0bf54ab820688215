//! The callers whom I handed over, as data: which are listed, in which order, and what a row says. Orders about them and
//! what is said aloud are in `console`.

use crate::Known;
use crate::clock::Clock;
use crate::event::Hover;
use crate::orders::{Note, Orders, Subject, Tone};
use crate::pulling::Pulling;
use crate::texts::{self, handed as words};
use frontdesk_protocol::{CallId, Extension, Handed, HandedId, HandedState, LegId, Millis, Office};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The server may date what follows an order so much earlier than we think the order was given.
const SLACK_MS: i64 = 1_000;

/// The list and what is being done with it.
#[derive(Debug, Clone)]
pub struct HandedOver {
    /// Top to bottom.
    pub order: Vec<HandedId>,
    /// Whether the pointer is inside: nothing changes places meanwhile.
    pub hover: Hover,
    /// The row that Tab reaches.
    pub focus: Option<HandedId>,
    /// The row that is dragged or chosen.
    pub pulling: Pulling,
    /// Rows that were put away here.
    away: BTreeSet<HandedId>,
    /// What was known before.
    before: BTreeMap<HandedId, HandedState>,
    /// Cards whose caller was ordered away from here.
    pub(crate) sent: BTreeMap<LegId, Sent>,
    /// A caller who is to come back as soon as they are listed.
    pub(crate) wish: Option<LegId>,
    /// The row of which it was said that it is too late.
    pub(crate) told: Option<HandedId>,
}

/// A caller who was ordered away from a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    /// Their call.
    pub(crate) call: CallId,
    /// Who.
    pub(crate) who: String,
    /// When, by the server's clock.
    pub(crate) at: Millis,
}

/// What became of a row since it was last looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum News {
    /// It is new.
    New(HandedId),
    /// It was listed before.
    Changed(HandedId),
}

/// The time on a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowClock {
    /// It runs on since then, by the server's clock.
    Since(Millis),
    /// It runs down, by the server's clock.
    Until {
        /// From when; it is never earlier, although our idea of the server's clock may be late.
        since: Millis,
        /// Until when.
        at: Millis,
    },
    /// It stands: the time of day.
    At(String),
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedRow {
    /// Key.
    pub id: HandedId,
    /// Where they are, or what became of them.
    pub state: HandedState,
    /// Who.
    pub title: String,
    /// Their number, unless it is the title.
    pub number: Option<String>,
    /// The state's word.
    pub word: String,
    /// The place with it.
    pub place: Option<String>,
    /// How long, or when.
    pub clock: RowClock,
    /// Whether what it says is so now.
    pub known: Known,
    /// Whether the caller can be brought back.
    pub undo: bool,
    /// Whether it can be put away.
    pub over: bool,
    /// About bringing them back, where that failed.
    pub note: Option<Note>,
    /// Whether it is dragged or chosen.
    pub chosen: bool,
    /// Whether Tab stops here.
    pub tab: bool,
    /// Everything in one sentence, for reading out.
    pub label: String,
}

impl Default for HandedOver {
    fn default() -> Self {
        Self {
            order: Vec::new(),
            hover: Hover::Outside,
            focus: None,
            pulling: Pulling::Idle,
            away: BTreeSet::new(),
            before: BTreeMap::new(),
            sent: BTreeMap::new(),
            wish: None,
            told: None,
        }
    }
}

/// Those whom I handed over, the last one first.
pub(crate) fn mine<'a>(office: &'a Office, mine: &[Extension]) -> Vec<&'a Arc<Handed>> {
    let mut found: Vec<_> = office.handed.values().filter(|handed| mine.contains(&handed.by)).collect();
    found.sort_by_key(|handed| Reverse((handed.at, handed.id.clone())));
    found
}

/// Whether a card says already that the caller comes back.
fn on_a_card(office: &Office, handed: &Handed) -> bool {
    matches!(handed.state, HandedState::Returning { .. })
        && office.legs_at(std::slice::from_ref(&handed.by)).any(|(call, _)| call.id == handed.call)
}

impl HandedOver {
    /// Follows the office; gives what is new, the oldest first.
    pub(crate) fn follow(&mut self, office: &Office, extensions: &[Extension]) -> Vec<News> {
        let all = mine(office, extensions);
        self.away.retain(|id| office.handed.contains_key(id));
        let mut wanted: Vec<&Arc<Handed>> = all
            .iter()
            .copied()
            // A line that was closed as ordered is in the history.
            .filter(|handed| !(handed.state == HandedState::Ended && handed.to.is_none()))
            .filter(|handed| !self.away.contains(&handed.id))
            .filter(|handed| !on_a_card(office, handed))
            .collect();
        wanted.sort_by_key(|handed| handed.is_over());
        let wanted: Vec<HandedId> = wanted.into_iter().map(|handed| handed.id.clone()).collect();
        // A list that is not shown hears no pointer leave.
        if self.order.is_empty() {
            self.hover = Hover::Outside;
        }
        if self.hover == Hover::Outside && self.pulling.about().is_none() {
            self.order = wanted;
        } else {
            self.order.retain(|id| wanted.contains(id));
            let new: Vec<_> = wanted.into_iter().filter(|id| !self.order.contains(id)).collect();
            self.order.extend(new);
        }
        if self.focus.as_ref().is_none_or(|id| !self.order.contains(id)) {
            self.focus = self.order.first().cloned();
        }
        if self.pulling.about().is_some_and(|id| !self.order.contains(id)) {
            self.pulling = Pulling::Idle;
        }
        let now = all.iter().map(|handed| (handed.id.clone(), handed.state.clone())).collect();
        let before = std::mem::replace(&mut self.before, now);
        let news = all.into_iter().rev().filter_map(|handed| match before.get(&handed.id) {
            None => Some(News::New(handed.id.clone())),
            Some(state) => (*state != handed.state).then(|| News::Changed(handed.id.clone())),
        });
        news.collect()
    }

    /// Puts a row away.
    pub(crate) fn put_away(&mut self, id: HandedId) {
        self.away.insert(id);
    }

    /// Notes that the caller of a card was ordered away.
    pub(crate) fn send(&mut self, leg: LegId, call: CallId, who: String, now: Millis) {
        self.sent.insert(leg, Sent { call, who, at: Millis(now.0.saturating_sub(SLACK_MS)) });
    }

    /// Forgets callers whose order is answered and read.
    pub(crate) fn forget_sent(&mut self, orders: &Orders) {
        let wish = self.wish.clone();
        self.sent.retain(|leg, _| {
            orders.running(leg)
                || orders.about(&Subject::Leg(leg.clone())).is_some()
                || wish.as_ref() == Some(leg)
        });
    }

    /// The row of the caller who was ordered away from a card.
    pub(crate) fn of_card<'a>(&self, leg: &LegId, all: &[&'a Arc<Handed>]) -> Option<&'a Arc<Handed>> {
        let sent = self.sent.get(leg)?;
        all.iter().copied().find(|handed| handed.call == sent.call && handed.at >= sent.at)
    }

    /// The row of a caller. `unknown` is the text while facts are stale.
    pub(crate) fn row(
        &self,
        handed: &Handed,
        orders: &Orders,
        clock: &Clock,
        unknown: Option<&str>,
    ) -> HandedRow {
        let subject = Subject::Handed(handed.id.clone());
        let running = orders.waits(&subject);
        let (over, can) = (handed.is_over(), handed.can_be_pulled_back());
        // What is over stays true, whatever the connection is like.
        let unknown = unknown.filter(|_| !over);
        let (word, place) = words::state(&handed.state, &handed.label);
        let word = match unknown {
            Some(unknown) => unknown.to_owned(),
            None if running && can => words::BRINGING.to_owned(),
            None => word,
        };
        let title = texts::party(Some(&handed.party));
        let number = handed.party.number.clone().filter(|number| !number.is_empty() && *number != title);
        let local = |at: Millis| Millis(at.0.saturating_sub(clock.lead));
        let time = match (&handed.state, unknown) {
            (HandedState::Closing { at }, None) => RowClock::Until { since: handed.since, at: *at },
            (HandedState::Closing { .. }, Some(_)) => RowClock::At(clock.minute(local(handed.at))),
            _ if over => RowClock::At(clock.minute(local(handed.since))),
            _ => RowClock::Since(handed.at),
        };
        HandedRow {
            id: handed.id.clone(),
            state: handed.state.clone(),
            label: words::row(&texts::party_full(Some(&handed.party)), &word, place.as_deref()),
            title,
            number,
            word,
            place,
            clock: time,
            known: if unknown.is_some() { Known::Before } else { Known::Now },
            undo: can && !running,
            over,
            note: orders.about(&subject).filter(|note| note.tone == Tone::Failed).cloned(),
            chosen: self.pulling.row() == Some(&handed.id),
            tab: self.focus.as_ref() == Some(&handed.id),
        }
    }
}

impl HandedRow {
    /// The state's name in attributes.
    pub fn key(&self) -> &'static str {
        match self.state {
            HandedState::Sent => "sent",
            HandedState::Ringing => "ringing",
            HandedState::Waiting => "waiting",
            HandedState::Mailbox { .. } => "mailbox",
            HandedState::Closing { .. } => "closing",
            HandedState::Returning { .. } => "returning",
            HandedState::Answered { .. } => "answered",
            HandedState::SentOn { .. } => "sentOn",
            HandedState::NotTaken { .. } => "notTaken",
            HandedState::Back { .. } => "back",
            HandedState::Ended => "ended",
            HandedState::Unknown => "unknown",
        }
    }
}

/// How many whole seconds are left of a countdown, the begun one included.
pub fn left(since: Millis, until: Millis, now: Millis) -> u64 {
    until.since(now.max(since)).div_ceil(1_000)
}
