//! What is said to Asterisk: an action with fields that cannot hold a line end. Not when it is said.

mod typed;

pub use typed::Originate;

use std::fmt;

/// The longest line that Asterisk takes, in bytes without its end; a longer one is refused by the PBX.
pub const LINE: usize = 1_022;
/// The most headers of an action, `Action` and `ActionID` included; Asterisk itself stops at 128 lines.
pub const HEADERS: usize = 127;

/// A value of a field: one line of text. It cannot hold CR, LF or NUL.
#[derive(Clone, PartialEq, Eq)]
pub struct Value(String);

/// An action: its name and its fields, in order.
#[derive(Clone, PartialEq, Eq)]
pub struct Action {
    name: &'static str,
    fields: Vec<(&'static str, Value)>,
}

/// The id by which Asterisk's answers to one action are known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId(String);

/// Why something cannot be said to Asterisk. It holds no value: values are names, numbers and secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ActionError {
    /// A value holds a line end or a NUL.
    #[error("{0}: a value must be one line of text")]
    NotOneLine(&'static str),
    /// A line has more than [`LINE`] bytes.
    #[error("{0}: the line would have more than {LINE} bytes, which Asterisk refuses")]
    TooLong(&'static str),
    /// There are more than [`HEADERS`] headers.
    #[error("an action has at most {HEADERS} headers")]
    TooManyHeaders,
    /// A channel's name begins with a slash, which Asterisk takes for a pattern that fits many channels.
    #[error("{0}: a channel is named, never described by a pattern")]
    Pattern(&'static str),
    /// An id is empty, longer than 64 bytes, or holds something else than letters, digits, `.`, `_` and `-`.
    #[error("an action id has 1 to 64 letters, digits, dots, underscores or dashes")]
    Id,
}

impl Value {
    /// A value for the field `key`.
    ///
    /// # Errors
    /// When it holds CR, LF or NUL, or when `key: value` has more than [`LINE`] bytes.
    pub fn new(key: &'static str, text: impl Into<String>) -> Result<Self, ActionError> {
        let text = text.into();
        if text.bytes().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            return Err(ActionError::NotOneLine(key));
        }
        if key.len() + ": ".len() + text.len() > LINE {
            return Err(ActionError::TooLong(key));
        }
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ActionId {
    /// An id.
    ///
    /// # Errors
    /// [`ActionError::Id`].
    pub fn new(text: impl Into<String>) -> Result<Self, ActionError> {
        let text = text.into();
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        if plain && (1..=64).contains(&text.len()) { Ok(Self(text)) } else { Err(ActionError::Id) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Action {
    /// An action without fields. Names, like keys, are written in the program and never made from data.
    pub fn new(name: &'static str) -> Self {
        debug_assert!(is_word(name), "{name}");
        Self { name, fields: Vec::new() }
    }

    /// The same with one more field.
    ///
    /// # Errors
    /// When the value is not one line, the line too long, the headers too many, or a channel a pattern.
    pub fn with(mut self, key: &'static str, value: impl Into<String>) -> Result<Self, ActionError> {
        debug_assert!(is_word(key), "{key}");
        let value = Value::new(key, value)?;
        if matches!(key, "Channel" | "ExtraChannel" | "TimeoutChannel" | "Channel1" | "Channel2")
            && value.0.trim_start().starts_with('/')
        {
            return Err(ActionError::Pattern(key));
        }
        if self.fields.len() + 3 > HEADERS {
            return Err(ActionError::TooManyHeaders);
        }
        self.fields.push((key, value));
        Ok(self)
    }

    /// What is to be done.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The fields, in order.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.fields.iter().map(|(key, value)| (*key, value.as_str()))
    }

    /// The bytes to send, as text.
    pub fn encode(&self, id: &ActionId) -> String {
        let mut text = String::with_capacity(64 + self.fields.len() * 32);
        self.encode_into(id, &mut text);
        text
    }

    /// Appends what is to be sent.
    pub fn encode_into(&self, id: &ActionId, text: &mut String) {
        let head = [("Action", self.name), ("ActionID", id.as_str())];
        for (key, value) in head.into_iter().chain(self.fields()) {
            text.push_str(key);
            text.push_str(": ");
            text.push_str(value);
            text.push_str("\r\n");
        }
        text.push_str("\r\n");
    }
}

fn is_word(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Its name only: the fields hold numbers and, at the login, the secret.
impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Action({}, {} fields)", self.name, self.fields.len())
    }
}

/// Nothing of it: it may be a number or a secret.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value({} bytes)", self.0.len())
    }
}
