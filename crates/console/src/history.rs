//! The call history as data: whose, which rows, whether there are more. Reading them is the server's business.

use crate::clock::{Clock, duration};
use crate::orders::{Note, Orders, Subject};
use crate::texts;
use frontdesk_protocol::{
    CommandId, Direction, Extension, HistoryEntry, HistoryId, HistoryOutcome, HistoryPage, HistoryQuery,
    Millis, Number, PersonId,
};
use std::collections::BTreeSet;

/// Rows per page.
const PAGE: u16 = 60;
/// Rows kept at most; older ones are asked for again.
const KEPT: usize = 2_000;
/// A question follows the one before after so many milliseconds: typing and scrolling ask far less often than a desk may,
/// and leave room for what is ordered meanwhile.
const PAUSE: u64 = 300;

/// The shown history.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// Whose; `None`: the viewer's.
    pub person: Option<PersonId>,
    /// What is searched for, as it was typed.
    pub search: String,
    /// Those that began last come first.
    pub entries: Vec<HistoryEntry>,
    /// Whether older ones exist.
    pub more: bool,
    /// The question on its way, and what its answer does.
    pub asked: Option<(CommandId, Answer)>,
    /// Why there are none.
    pub error: Option<String>,
    /// The row that Tab reaches.
    pub focus: Option<HistoryId>,
    /// What was added since the open question was asked: its answer may not know it yet.
    added: BTreeSet<HistoryId>,
    /// What the open question, or else the last one, searches for.
    sought: Option<String>,
    /// Whether a row came that the answer may lack.
    stale: bool,
    /// Whether older rows are wanted.
    deeper: bool,
    /// Whether the focus goes to the first row when those come that are searched for.
    enters: bool,
    /// The time.
    now: Millis,
    /// When the last question was asked; `None` once the next may follow.
    hasty: Option<Millis>,
}

/// What follows when rows have come.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Came {
    /// The next question.
    pub ask: Option<HistoryQuery>,
    /// How many were found, where that was asked for: to be said.
    pub found: Option<(usize, bool)>,
    /// Whether the focus goes to the first row.
    pub enter: bool,
}

/// What an answer does with the rows that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Replaces them.
    Replaces,
    /// Comes to them: newer ones may have come since.
    Renews,
    /// Follows them.
    Follows,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// Key.
    pub id: HistoryId,
    /// Seen from the extension.
    pub direction: Direction,
    /// The outcome's name in attributes.
    pub outcome: &'static str,
    /// Its word.
    pub word: String,
    /// Who.
    pub title: String,
    /// Their number, unless it is the title.
    pub number: Option<String>,
    /// When.
    pub when: String,
    /// How long they talked; `None` where nobody did.
    pub duration: Option<String>,
    /// The queue.
    pub queue: Option<String>,
    /// About calling back.
    pub note: Option<Note>,
    /// Whether Tab stops here.
    pub tab: bool,
    /// Everything in one sentence, for reading out.
    pub label: String,
}

impl History {
    /// Whose history from now on: asks for its first page.
    pub fn show(&mut self, person: Option<PersonId>, id: CommandId) -> HistoryQuery {
        *self = Self { person, now: self.now, ..Self::default() };
        self.ask(id, None, Answer::Replaces)
    }

    /// Only rows with these words from now on.
    pub fn search(&mut self, text: String, id: CommandId) -> Option<HistoryQuery> {
        (self.search, self.enters) = (text, false);
        self.catch_up(id)
    }

    /// The focus wants to go to the first row; whether it may now. A row with other words than those in the field would be
    /// the wrong one to call: then it goes when the right ones have come.
    pub fn enter(&mut self) -> bool {
        self.enters = self.has_other_words() || matches!(self.asked, Some((_, Answer::Replaces)));
        !self.enters
    }

    /// The focus went to a row.
    pub fn focused(&mut self, row: HistoryId) {
        (self.focus, self.enters) = (Some(row), false);
    }

    /// What time it is.
    pub fn tick(&mut self, now: Millis, id: CommandId) -> Option<HistoryQuery> {
        self.now = now;
        // Also where the clock was put back.
        self.hasty = self.hasty.filter(|asked| now >= *asked && now.since(*asked) < PAUSE);
        self.catch_up(id)
    }

    /// Asks where other rows are wanted than were asked for. One question is open at a time, and the next is asked after a
    /// pause: a fast typist asks no more than the server takes.
    fn catch_up(&mut self, id: CommandId) -> Option<HistoryQuery> {
        if self.asked.is_some() || self.hasty.is_some() {
            return None;
        }
        match () {
            () if self.has_other_words() => Some(self.ask(id, None, Answer::Replaces)),
            () if self.stale => Some(self.ask(id, None, Answer::Renews)),
            () if self.deeper && self.more => {
                let before = self.entries.iter().map(|entry| entry.id).min();
                Some(self.ask(id, before, Answer::Follows))
            }
            () => None,
        }
    }

    /// Whether the rows that are there, or are on their way, have other words than those in the field.
    fn has_other_words(&self) -> bool {
        self.sought != self.wanted()
    }

    /// Reads the first page again, because rows may have been missed; those that are there stay until it comes.
    pub fn again(&mut self, id: CommandId) -> HistoryQuery {
        self.ask(id, None, Answer::Replaces)
    }

    /// The page after the last row, where there is one: now, or when it may be asked for.
    pub fn older(&mut self, id: CommandId) -> Option<HistoryQuery> {
        // Rows with other words than those that are there do not follow them.
        self.deeper = self.more && !self.has_other_words();
        self.catch_up(id)
    }

    fn ask(&mut self, id: CommandId, before: Option<HistoryId>, answer: Answer) -> HistoryQuery {
        match answer {
            Answer::Replaces => {
                self.added.clear();
                (self.stale, self.deeper) = (false, false);
            }
            Answer::Renews => self.stale = false,
            Answer::Follows => self.deeper = false,
        }
        (self.asked, self.sought, self.hasty) = (Some((id, answer)), self.wanted(), Some(self.now));
        HistoryQuery { person: self.person.clone(), before, limit: PAGE, text: self.sought.clone() }
    }

    /// What the server is asked to search for.
    fn wanted(&self) -> Option<String> {
        Some(self.search.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// Rows came; `next` is the id of a question that may follow.
    pub fn page(&mut self, id: &CommandId, page: HistoryPage, next: CommandId) -> Came {
        let Some((_, answer)) = self.asked.take_if(|(asked, _)| asked == id) else { return Came::default() };
        if self.has_other_words() {
            // They are not shown.
            return Came { ask: self.catch_up(next), ..Came::default() };
        }
        if answer == Answer::Replaces {
            self.entries.retain(|entry| self.added.contains(&entry.id));
        }
        self.error = None;
        for entry in page.entries {
            self.put(entry);
        }
        if answer != Answer::Renews {
            self.more = page.more && self.entries.len() < KEPT;
        }
        self.focus = self.focus.filter(|focus| self.entries.iter().any(|entry| entry.id == *focus));
        let found = (self.sought.is_some() && answer == Answer::Replaces).then_some(self.entries.len());
        let found = found.map(|found| (found, self.more));
        let enter = answer == Answer::Replaces && std::mem::take(&mut self.enters);
        Came { ask: self.catch_up(next), found, enter }
    }

    /// The question was refused; whether the id was ours.
    pub fn refuse(&mut self, id: &CommandId, why: &str) -> bool {
        let ours = self.asked.take_if(|(asked, _)| asked == id).is_some();
        if ours {
            self.error = Some(texts::history_refused(why));
        }
        ours
    }

    /// A row was added at one of the shown extensions, or came anew. Whether it has the words that are searched for only
    /// the server knows: it is asked again.
    pub fn added(&mut self, entry: HistoryEntry, shown: &[Extension], id: CommandId) -> Option<HistoryQuery> {
        if !shown.contains(&entry.extension) {
            return None;
        }
        if self.wanted().is_some() {
            self.stale = true;
            return self.catch_up(id);
        }
        self.added.insert(entry.id);
        self.put(entry);
        None
    }

    /// The rows at some places, each with its place.
    pub fn rows(
        &self,
        places: impl IntoIterator<Item = usize>,
        clock: &Clock,
        orders: &Orders,
    ) -> Vec<(usize, HistoryRow)> {
        let tab = self.focus.or(self.entries.first().map(|entry| entry.id));
        let entry = |at: usize| Some((at, self.entries.get(at)?));
        places.into_iter().filter_map(entry).map(|(at, entry)| (at, row(entry, clock, orders, tab))).collect()
    }

    /// Where the row with the focus stands.
    pub fn place_of_focus(&self) -> Option<usize> {
        self.focus.and_then(|focus| self.entries.iter().position(|entry| entry.id == focus))
    }

    /// Rows are numbered as calls end; they are shown as calls began, because that is the time that a row says.
    fn put(&mut self, entry: HistoryEntry) {
        self.entries.retain(|there| there.id != entry.id);
        let newer = |there: &HistoryEntry| (there.started, there.id) > (entry.started, entry.id);
        let at = self.entries.partition_point(newer);
        self.entries.insert(at, entry);
    }
}

/// The number that calls a row's party back.
///
/// # Errors
/// A sentence where there is none that can be dialled.
pub fn number(entry: &HistoryEntry) -> Result<Number, String> {
    let Some(text) = entry.party.number.as_deref().filter(|n| !n.is_empty()) else {
        return Err(texts::WITHHELD.into());
    };
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '/' | '.')).collect();
    Number::parse(&plain).map_err(|_| texts::not_dialable(text))
}

fn row(entry: &HistoryEntry, clock: &Clock, orders: &Orders, tab: Option<HistoryId>) -> HistoryRow {
    let title = texts::party(Some(&entry.party));
    let number = entry.party.number.clone().filter(|n| !n.is_empty() && *n != title);
    let word = texts::outcome(&entry.outcome, entry.direction);
    let when = clock.when(frontdesk_protocol::Millis(entry.started.0.saturating_sub(clock.lead)));
    let duration = (entry.talk_ms > 0).then(|| duration(entry.talk_ms));
    let queue = entry.queue.as_ref().map(ToString::to_string);
    let mut label = vec![texts::direction(entry.direction).to_owned(), word.clone(), title.clone()];
    label.extend(number.clone());
    label.push(when.clone());
    label.extend(duration.clone());
    label.extend(queue.as_deref().map(texts::queue));
    HistoryRow {
        id: entry.id,
        direction: entry.direction,
        outcome: outcome_key(&entry.outcome),
        word,
        title,
        number,
        when,
        duration,
        queue,
        note: orders.about(&Subject::Row(entry.id)).cloned(),
        tab: tab == Some(entry.id),
        label: label.join(", "),
    }
}

fn outcome_key(outcome: &HistoryOutcome) -> &'static str {
    match outcome {
        HistoryOutcome::Answered => "answered",
        HistoryOutcome::Missed => "missed",
        HistoryOutcome::Voicemail => "voicemail",
        HistoryOutcome::Transferred { .. } => "transferred",
        HistoryOutcome::Busy => "busy",
        HistoryOutcome::Ignored => "ignored",
        HistoryOutcome::AnsweredElsewhere => "answeredElsewhere",
        HistoryOutcome::Interrupted => "interrupted",
    }
}
