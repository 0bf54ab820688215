//! Orders on their way and what became of them: a note stands where the order was given. It sends nothing.

use crate::texts;
use frontdesk_protocol::{CommandId, HistoryId, LegId, Millis, Outcome};
use std::collections::BTreeMap;

/// After this long without an answer the person is told so.
const PATIENCE_MS: u64 = 12_000;
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
    /// The desk.
    Desk,
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
    pending: BTreeMap<CommandId, (Subject, Millis)>,
    notes: BTreeMap<Subject, Note>,
}

impl Orders {
    /// No orders; ids begin with `prefix`, which no other run of the view uses.
    pub fn new(prefix: &str) -> Self {
        let prefix: String = prefix.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
        Self { prefix, given: 0, pending: BTreeMap::new(), notes: BTreeMap::new() }
    }

    /// A new id.
    pub fn name(&mut self) -> CommandId {
        self.given += 1;
        #[expect(clippy::expect_used, reason = "letters, digits and a dash, well under 64 of them")]
        CommandId::parse(&format!("v{}-{}", self.prefix, self.given)).expect("a valid id")
    }

    /// An order goes out.
    pub fn begin(&mut self, subject: Subject, text: String, at: Millis) -> CommandId {
        let id = self.name();
        self.pending.insert(id.clone(), (subject.clone(), at));
        self.note(subject, Tone::Pending, text, at);
        id
    }

    /// The answer to an order; the note it becomes, unless the id is not one of ours.
    pub fn end(&mut self, id: &CommandId, outcome: &Outcome, at: Millis) -> Option<Note> {
        let (subject, _) = self.pending.remove(id)?;
        let (tone, text) = match outcome {
            Outcome::Done { text } => (Tone::Done, text),
            Outcome::Failed { text, .. } => (Tone::Failed, text),
        };
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
        let late: Vec<_> = self
            .pending
            .iter()
            .filter(|(_, (_, at))| now.since(*at) > PATIENCE_MS)
            .map(|(id, (subject, _))| (id.clone(), subject.clone()))
            .collect();
        let told = late
            .into_iter()
            .map(|(id, subject)| {
                self.pending.remove(&id);
                self.note(subject, Tone::Failed, texts::NO_ANSWER.into(), now)
            })
            .collect();
        self.notes.retain(|_, note| {
            let age = now.since(note.at);
            match note.tone {
                Tone::Pending => true,
                Tone::Done => age < DONE_MS,
                Tone::Failed => age < FAILED_MS,
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
        self.pending.values().any(|(subject, _)| matches!(subject, Subject::Leg(it) if it == leg))
    }

    /// Takes a note away.
    pub fn dismiss(&mut self, subject: &Subject) {
        self.notes.remove(subject);
    }
}
