//! The call history as data: whose, which rows, whether there are more. Reading them is the server's business.

use crate::clock::{Clock, duration};
use crate::orders::{Note, Orders, Subject};
use crate::texts;
use frontdesk_protocol::{
    CommandId, Direction, Extension, HistoryEntry, HistoryId, HistoryOutcome, HistoryPage, HistoryQuery,
    Number, PersonId,
};
use std::collections::BTreeSet;

/// Rows per page.
const PAGE: u16 = 60;
/// Rows kept at most; older ones are asked for again.
const KEPT: usize = 2_000;

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
    /// Whether a question was asked since the last tick.
    hasty: bool,
}

/// What follows when rows have come.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Came {
    /// The next question.
    pub ask: Option<HistoryQuery>,
    /// How many were found, where that was asked for: to be said.
    pub found: Option<(usize, bool)>,
}

/// What an answer does with the rows that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Replaces them.
    Replaces,
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
        *self = Self { person, ..Self::default() };
        self.ask(id, None, Answer::Replaces)
    }

    /// Only rows with these words from now on.
    pub fn search(&mut self, text: String, id: CommandId) -> Option<HistoryQuery> {
        self.search = text;
        self.catch_up(id)
    }

    /// Some time has passed since the last tick.
    pub fn tick(&mut self, id: CommandId) -> Option<HistoryQuery> {
        self.hasty = false;
        self.catch_up(id)
    }

    /// Asks anew where other rows are wanted than were asked for. One question is open at a time, and one a tick is asked:
    /// a fast typist asks no more than the server takes.
    fn catch_up(&mut self, id: CommandId) -> Option<HistoryQuery> {
        let idle = self.asked.is_none() && !self.hasty;
        (idle && self.is_behind()).then(|| self.ask(id, None, Answer::Replaces))
    }

    fn is_behind(&self) -> bool {
        self.stale || self.sought != self.wanted()
    }

    /// Reads the first page again, because rows may have been missed; those that are there stay until it comes.
    pub fn again(&mut self, id: CommandId) -> HistoryQuery {
        self.ask(id, None, Answer::Replaces)
    }

    /// The page after the last row, unless there is none or one is on its way.
    pub fn older(&mut self, id: CommandId) -> Option<HistoryQuery> {
        // Rows with other words than those that are there do not follow them.
        if !self.more || self.asked.is_some() || self.is_behind() {
            return None;
        }
        let before = self.entries.iter().map(|entry| entry.id).min();
        Some(self.ask(id, before, Answer::Follows))
    }

    fn ask(&mut self, id: CommandId, before: Option<HistoryId>, answer: Answer) -> HistoryQuery {
        if answer == Answer::Replaces {
            self.added.clear();
        }
        (self.asked, self.sought) = (Some((id, answer)), self.wanted());
        (self.stale, self.hasty) = (false, true);
        HistoryQuery { person: self.person.clone(), before, limit: PAGE, text: self.sought.clone() }
    }

    /// What the server is asked to search for.
    fn wanted(&self) -> Option<String> {
        Some(self.search.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// Rows came; `next` is the id of a question that may follow.
    pub fn page(&mut self, id: &CommandId, page: HistoryPage, next: CommandId) -> Came {
        let Some((_, answer)) = self.asked.take_if(|(asked, _)| asked == id) else { return Came::default() };
        if self.is_behind() {
            // Rows with other words than those that stand in the field are not shown.
            return Came { ask: self.catch_up(next), found: None };
        }
        if answer == Answer::Replaces {
            self.entries.retain(|entry| self.added.contains(&entry.id));
        }
        self.more = page.more && self.entries.len() < KEPT;
        self.error = None;
        for entry in page.entries {
            self.put(entry);
        }
        self.focus = self.focus.filter(|focus| self.entries.iter().any(|entry| entry.id == *focus));
        let found = (self.sought.is_some() && answer == Answer::Replaces).then_some(self.entries.len());
        Came { ask: None, found: found.map(|found| (found, self.more)) }
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
