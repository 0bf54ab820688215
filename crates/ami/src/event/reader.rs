//! Reads fields in the order in which Asterisk writes them: each search begins where the last one ended, so that a
//! snapshot of a channel costs one pass. Any other order is read as well, only slower.

use crate::message::Message;

pub(super) struct Reader<'a> {
    message: Message<'a>,
    /// The line behind the last one that was found.
    at: usize,
}

impl<'a> Reader<'a> {
    /// Behind what stands before that which an event tells: its name, its privilege or the action it answers, and when it
    /// was, where the PBX says that.
    pub(super) fn new(message: Message<'a>) -> Self {
        let stamped = message.line_begins(2, b"Timestamp:");
        Self { message, at: 2 + usize::from(stamped) }
    }

    /// Asterisk writes so many lines that nobody reads before those that are read next.
    pub(super) fn expect(&mut self, lines: usize) {
        self.at += lines;
    }

    pub(super) fn message(&self) -> Message<'a> {
        self.message
    }

    /// The field `prefix` + `head` without its colon and blank, empty where it is absent or says "nothing". Asterisk writes it
    /// this many lines after the last one that was found: there it is looked for first, and only a search for it anywhere else,
    /// or in another writing, is a call.
    #[inline(always)]
    pub(super) fn part(&mut self, after: usize, prefix: &str, head: &str) -> &'a str {
        let line = self.at + after;
        let value = match self.message.value_behind(line, prefix, head) {
            Some(value) => {
                self.at = line + 1;
                value
            }
            None => self.elsewhere(line, prefix, head),
        };
        said(value)
    }

    #[inline(never)]
    fn elsewhere(&mut self, line: usize, prefix: &str, head: &str) -> &'a str {
        let name = head.strip_suffix(": ").unwrap_or(head);
        let there = self.message.value_at(line, prefix, name).map(|value| (line, value));
        let Some((line, value)) = there.or_else(|| self.message.find_from(self.at, prefix, name)) else {
            return "";
        };
        self.at = line + 1;
        value
    }

    /// The field of this name, behind the last one that was found, or anywhere else.
    #[inline(always)]
    pub(super) fn text(&mut self, name: &str) -> &'a str {
        let value = match self.message.value_at(self.at, "", name) {
            Some(value) => {
                self.at += 1;
                value
            }
            None => self.elsewhere(self.at, "", name),
        };
        said(value)
    }

    /// The first of these fields that says something.
    pub(super) fn either(&mut self, names: &[&str]) -> &'a str {
        names.iter().map(|name| self.text(name)).find(|text| !text.is_empty()).unwrap_or_default()
    }

    /// A number; zero where there is none.
    pub(super) fn number(&mut self, name: &str) -> u32 {
        self.text(name).trim().parse().unwrap_or_default()
    }

    pub(super) fn signed(&mut self, name: &str) -> i32 {
        self.text(name).trim().parse().unwrap_or_default()
    }

    /// The seconds of `hh:mm:ss`.
    pub(super) fn clock(&mut self, name: &str) -> u64 {
        let parts = self.text(name).split(':').filter_map(|part| part.trim().parse::<u64>().ok());
        parts.fold(0_u64, |sum, part| sum.saturating_mul(60).saturating_add(part))
    }
}

/// What a field says; what Asterisk writes for "nothing" is nothing.
#[inline(always)]
fn said(value: &str) -> &str {
    match value {
        "<unknown>" | "(null)" => "",
        text => text,
    }
}
