//! Reads fields in the order in which Asterisk writes them: each search begins where the last one ended, so that a
//! snapshot of a channel costs one pass. Any other order is read as well, only slower.

use crate::message::Message;

pub(super) struct Reader<'a> {
    message: Message<'a>,
    /// The line behind the last one that was found.
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(message: Message<'a>) -> Self {
        Self { message, at: 1 }
    }

    pub(super) fn message(&self) -> Message<'a> {
        self.message
    }

    /// The field `prefix` + `name`, empty where it is absent or says "nothing".
    #[inline(always)]
    pub(super) fn part(&mut self, prefix: &str, name: &str) -> &'a str {
        match self.message.find_from(self.at, prefix, name) {
            Some((line, value)) => {
                self.at = line + 1;
                match value {
                    "<unknown>" | "(null)" => "",
                    text => text,
                }
            }
            None => "",
        }
    }

    #[inline(always)]
    pub(super) fn text(&mut self, name: &str) -> &'a str {
        self.part("", name)
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
