//! Orders on their way and what became of them: a note stands where the order was given. It sends nothing.

use crate::texts;
use frontdesk_protocol::{Command, CommandId, HandedId, HistoryId, LegId, Millis, Outcome};
use std::collections::BTreeMap;

/// After this long without an answer the person is told so.
const PATIENCE_MS: u64 = 15_000;
/// The same for a call that is placed: it is answered when the own phone is picked up, or has rung out.
const PLACING_MS: u64 = 45_000;
/// How long a late answer is still understood.
const LATE_MS: u64 = 600_000;
/// How long a good result stays.
const DONE_MS: u64 = 8_000;
/// How long a bad one stays if nobody dismisses it.
const FAILED_MS: u64 = 60_000;

/// What an order or a note is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A card.
    Leg(LegId),
    /// A row of the history.
    Row(HistoryId),
    /// A caller who was handed over.
    Handed(HandedId),
    /// The desk.
    Desk,
    /// A `tel:` link that somebody followed.
    Tel,
    /// This computer; each remark has a number of its own.
    Remark(u64),
}

/// How a note is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It is being done.
    Pending,
    /// It was done.
    Done,
    /// It was not done.
    Failed,
}

/// A sentence about an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Where it stands.
    pub subject: Subject,
    /// How it is meant.
    pub tone: Tone,
    /// The sentence.
    pub text: String,
    /// Since when, by this machine's clock.
    pub at: Millis,
}

/// Orders without an answer yet, and the latest note about each subject.
#[derive(Debug, Clone)]
pub struct Orders {
    prefix: String,
    given: u64,
    pending: BTreeMap<CommandId, Pending>,
    notes: BTreeMap<Subject, Note>,
}

/// An order without an answer.
#[derive(Debug, Clone)]
struct Pending {
    subject: Subject,
    at: Millis,
    patience: u64,
    waiting: Waiting,
}

/// Whether the person still waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    Yes,
    /// They were told that none came. It may come yet.
    GivenUp,
}

impl Orders {
    /// No orders; ids begin with `prefix`, which no other run of the view uses.
    pub fn new(prefix: &str) -> Self {
        let prefix: String = prefix.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
        Self { prefix, given: 0, pending: BTreeMap::new(), notes: BTreeMap::new() }
    }

    /// Whether nothing is on its way, and no note stands that goes by itself.
    pub fn rest(&self) -> bool {
        let stays = |subject: &Subject| matches!(subject, Subject::Remark(_));
        self.pending.is_empty() && self.notes.keys().all(stays)
    }

    /// A new id.
    pub fn name(&mut self) -> CommandId {
        self.given += 1;
        #[expect(clippy::expect_used, reason = "letters, digits and a dash, well under 64 of them")]
        CommandId::parse(&format!("v{}-{}", self.prefix, self.given)).expect("a valid id")
    }

    /// An order goes out.
    pub fn begin(&mut self, subject: Subject, command: &Command, text: String, at: Millis) -> CommandId {
        let id = self.name();
        let patience = match command {
            Command::Originate { .. } => PLACING_MS,
            Command::Transfer { .. }
            | Command::PullBack { .. }
            | Command::HangUp { .. }
            | Command::Ignore { .. } => PATIENCE_MS,
        };
        let pending = Pending { subject: subject.clone(), at, patience, waiting: Waiting::Yes };
        self.pending.insert(id.clone(), pending);
        self.note(subject, Tone::Pending, text, at);
        id
    }

    /// The answer to an order, also a late one; the note it becomes, unless the id is not one of ours.
    pub fn end(&mut self, id: &CommandId, outcome: &Outcome, at: Millis) -> Option<Note> {
        let subject = self.pending.remove(id)?.subject;
        let (tone, text) = match outcome {
            Outcome::Done { text } => (Tone::Done, text),
            Outcome::Failed { text, .. } => (Tone::Failed, text),
        };
        // A late answer does not hide that a newer order is on its way.
        if self.waits(&subject) {
            return Some(Note { subject, tone, text: text.clone(), at });
        }
        Some(self.note(subject, tone, text.clone(), at))
    }

    /// Writes a note, in place of the one before.
    pub fn note(&mut self, subject: Subject, tone: Tone, text: String, at: Millis) -> Note {
        let note = Note { subject: subject.clone(), tone, text, at };
        self.notes.insert(subject, note.clone());
        note
    }

    /// Time passed: old notes go, orders without an answer are told.
    pub fn tick(&mut self, now: Millis) -> Vec<Note> {
        let mut late = Vec::new();
        for order in self.pending.values_mut() {
            if order.waiting == Waiting::Yes && now.since(order.at) > order.patience {
                order.waiting = Waiting::GivenUp;
                late.push(order.subject.clone());
            }
        }
        self.pending.retain(|_, order| now.since(order.at) < LATE_MS);
        let told = late
            .into_iter()
            .map(|subject| self.note(subject, Tone::Failed, texts::NO_ANSWER.into(), now))
            .collect();
        self.notes.retain(|subject, note| {
            let age = now.since(note.at);
            match (subject, note.tone) {
                (Subject::Remark(_), _) | (_, Tone::Pending) => true,
                (_, Tone::Done) => age < DONE_MS,
                (_, Tone::Failed) => age < FAILED_MS,
            }
        });
        told
    }

    /// The note about a subject.
    pub fn about(&self, subject: &Subject) -> Option<&Note> {
        self.notes.get(subject)
    }

    /// All notes, in the order of their subjects.
    pub fn notes(&self) -> impl Iterator<Item = &Note> {
        self.notes.values()
    }

    /// Whether an order about this leg is on its way.
    pub fn running(&self, leg: &LegId) -> bool {
        self.waits(&Subject::Leg(leg.clone()))
    }

    /// Whether an order about this is on its way.
    pub fn waits(&self, subject: &Subject) -> bool {
        self.pending.values().any(|order| order.waiting == Waiting::Yes && order.subject == *subject)
    }

    /// Notes a remark, which stays until it is put away; one that stands there already is not said twice.
    pub fn remark(&mut self, text: String, at: Millis) -> Option<Note> {
        let stands = |note: &Note| matches!(note.subject, Subject::Remark(_)) && note.text == text;
        if self.notes.values().any(stands) {
            return None;
        }
        self.given += 1;
        Some(self.note(Subject::Remark(self.given), Tone::Failed, text, at))
    }

    /// The person has gone: keeps only what is about this computer or about a link, which names nobody, and the count,
    /// so that no id is given twice.
    pub fn forget(&mut self) {
        self.pending.clear();
        self.notes.retain(|subject, _| matches!(subject, Subject::Remark(_) | Subject::Tel));
    }

    /// Takes a note away.
    pub fn dismiss(&mut self, subject: &Subject) {
        self.notes.remove(subject);
    }
}
