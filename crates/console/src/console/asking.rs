//! `tel:` links at the desk: read, asked about, answered. How a link is read is in `tel`.

use super::Console;
use crate::asking::{Asked, QuestionView};
use crate::event::Effect;
use crate::orders::{Note, Subject, Tone};
use crate::tel;
use crate::texts::{self, dial as words};
use frontdesk_protocol::number::same;
use frontdesk_protocol::{Command, Extension, Number};

/// A question that is older says since when it waits.
const OLD_MS: u64 = 60_000;

impl Console {
    /// Somebody followed a link. Whatever it says, nothing is dialled.
    pub(super) fn follow_tel(&mut self, link: &str) {
        match tel::parse(link) {
            Err(why) => {
                self.asking.close();
                self.fail(Subject::Tel, why);
            }
            Ok(link) => {
                self.orders.dismiss(&Subject::Tel);
                let who = self.whom(&link.number).unwrap_or_else(|| link.shown.clone());
                self.asking.ask(link, self.clock.local);
                let text = match self.waits() {
                    Some(why) => words::waits(&who, why),
                    None => words::asks(&who),
                };
                self.say_now(text);
            }
        }
    }

    /// The question, where it can be answered: not in the middle of a drag, whose drop it would take.
    pub fn question(&self) -> Option<QuestionView> {
        let asked = self.asked()?;
        let Asked { id, link, at } = asked;
        let from = self.selected_extension();
        let known = self.whom(&link.number);
        let waiting = self.clock.local.since(*at) >= OLD_MS;
        let remarks = [
            link.ext.as_deref().map(words::ext),
            link.context.as_deref().map(words::context),
            waiting.then(|| words::since(&self.clock.minute(*at))),
        ];
        Some(QuestionView {
            id: *id,
            title: words::question(known.as_deref().unwrap_or(&link.shown)),
            number: link.shown.clone(),
            dials: words::dials(link.number.as_str(), from.map(Extension::as_str)),
            remarks: remarks.into_iter().flatten().collect(),
            from: from.cloned(),
            extensions: self.mine().to_vec(),
            held_back: self.originate(&link.number).err(),
        })
    }

    /// Whether there is a question that can be answered now.
    pub fn asks(&self) -> bool {
        self.asked().is_some()
    }

    fn asked(&self) -> Option<&Asked> {
        let held = self.moving.held().is_some() || self.handed.pulling.held().is_some();
        self.asking.open().filter(|_| self.waits().is_none() && !held)
    }

    /// Why a question waits: before it is known who calls from which phone it could not be asked.
    fn waits(&self) -> Option<&'static str> {
        match () {
            () if self.needs_login() => Some(words::UNTIL_LOGIN),
            () if self.viewer.is_none() => Some(words::UNTIL_CONNECTED),
            () => None,
        }
    }

    /// What stands where notes stand while a question waits.
    pub(super) fn waiting_note(&self) -> Option<Note> {
        let (asked, why) = (self.asking.open()?, self.waits()?);
        let text = words::waits(&asked.link.shown, why);
        Some(Note { subject: Subject::Tel, tone: Tone::Pending, text, at: asked.at })
    }

    /// The person says yes to this question.
    pub(super) fn call_tel(&mut self, id: u64, out: &mut Vec<Effect>) {
        let Some(asked) = self.asked().filter(|asked| asked.id == id) else { return };
        let number = asked.link.number.clone();
        let who = self.whom(&number).unwrap_or_else(|| asked.link.shown.clone());
        match self.originate(&number) {
            // The question stays, and says the same.
            Err(why) => self.say_now(why),
            Ok((from, to)) => {
                self.asking.close();
                let text = texts::calling(&who, from.as_str());
                self.order(Subject::Desk, Command::Originate { from, to }, &text, out);
            }
        }
    }

    /// The person says no.
    pub(super) fn leave_tel(&mut self, id: u64) {
        if self.asking.this(id).is_some() && self.asking.close() {
            self.say(words::NOT_CALLED);
        }
    }

    /// Esc: says whether there was a question that it closed.
    pub(super) fn escape_tel(&mut self) -> bool {
        let Some(id) = self.asked().map(|asked| asked.id) else { return false };
        self.leave_tel(id);
        true
    }

    /// From where a call to this number goes out now.
    pub(super) fn originate(&self, to: &Number) -> Result<(Extension, Number), String> {
        match (self.held_back(), self.selected_extension()) {
            (Some(why), _) => Err(why),
            (None, None) => Err(texts::NO_EXTENSION.to_owned()),
            (None, Some(from)) => Ok((from.clone(), to.clone())),
        }
    }

    /// Who has a number, as far as this office knows.
    fn whom(&self, number: &Number) -> Option<String> {
        let at = Extension::parse(number.as_str()).ok().and_then(|at| self.office.person_at(&at));
        if let Some(person) = at {
            return Some(person.name.clone());
        }
        self.office.people.values().find_map(|person| {
            let labelled = person.numbers.iter().find(|it| same(it.number.as_str(), number.as_str()))?;
            Some(words::labelled(&person.name, &labelled.label))
        })
    }
}
