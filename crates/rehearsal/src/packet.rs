//! One AMI message as the office sends it. Not a decoder; that is the other side's.

use std::borrow::Cow;
use std::fmt::{Display, Write as _};

/// A message: its fields in the order in which they are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    fields: Vec<(Cow<'static, str>, String)>,
}

impl Packet {
    pub(crate) fn new(key: &'static str, value: impl Display) -> Self {
        Self { fields: Vec::with_capacity(20) }.with(key, value)
    }

    pub(crate) fn event(name: &'static str) -> Self {
        Self::new("Event", name)
    }

    pub(crate) fn with(self, key: impl Into<Cow<'static, str>>, value: impl Display) -> Self {
        let mut packet = self;
        // A line end in a value would begin another field.
        let value = value.to_string().replace(['\r', '\n', '\0'], " ");
        packet.fields.push((key.into(), value));
        packet
    }

    /// Appends many fields.
    pub(crate) fn and(self, fields: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        self.and_as("", fields)
    }

    /// Appends many fields, with this before their names.
    pub(crate) fn and_as(
        self,
        prefix: &'static str,
        fields: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Self {
        fields.into_iter().fold(self, |packet, (key, value)| {
            let key =
                if prefix.is_empty() { Cow::Borrowed(key) } else { Cow::Owned(format!("{prefix}{key}")) };
            packet.with(key, value)
        })
    }

    /// Puts a field after the first one, where Asterisk has `ActionID`, `Privilege` and `Timestamp`.
    pub(crate) fn second(mut self, key: &'static str, value: &str) -> Self {
        self.fields.insert(1.min(self.fields.len()), (Cow::Borrowed(key), value.to_owned()));
        self
    }

    /// Gives a field another value.
    pub(crate) fn replacing(mut self, key: &str, value: &str) -> Self {
        if let Some((_, old)) = self.fields.iter_mut().find(|(name, _)| name == key) {
            value.clone_into(old);
        }
        self
    }

    /// The name of an event; empty for a response.
    pub fn name(&self) -> &str {
        self.field("Event")
    }

    /// A field; empty where it is absent.
    pub fn field(&self, key: &str) -> &str {
        self.fields.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value)
    }

    /// The message on the wire, with its empty line.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.fields.len() * 28);
        for (key, value) in &self.fields {
            // Writing to a text does not fail.
            let _ = write!(text, "{key}: {value}\r\n");
        }
        text.push_str("\r\n");
        text
    }
}
