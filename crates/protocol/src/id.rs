//! Identifiers, numbers and instants: one newtype each, parsed once at the edge. Not a place for behaviour.

use crate::text::{breaks, turns};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a text was not taken as an identifier or number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// The text has no characters.
    #[error("it is empty")]
    Empty,
    /// The text is longer than the limit given here, in bytes.
    #[error("it is longer than {0} characters")]
    TooLong(usize),
    /// The text holds a character that must not stand in it.
    #[error("it holds the character {0:?}, which is not allowed here")]
    Character(char),
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $max:literal, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(try_from = "String", into = "String")]
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// Parses a text.
            ///
            /// # Errors
            /// [`InvalidText`] when it is empty, too long or holds a character that must not stand in it.
            pub fn parse(text: &str) -> Result<Self, InvalidText> {
                Self::check(text).map(|()| Self(text.into()))
            }

            /// The same of a text that is shared already, and stays so.
            ///
            /// # Errors
            /// As [`Self::parse`].
            pub fn of(text: &std::sync::Arc<str>) -> Result<Self, InvalidText> {
                Self::check(text).map(|()| Self(std::sync::Arc::clone(text)))
            }

            fn check(text: &str) -> Result<(), InvalidText> {
                if text.is_empty() {
                    return Err(InvalidText::Empty);
                }
                if text.len() > $max {
                    return Err(InvalidText::TooLong($max));
                }
                let allowed: fn(char) -> bool = $allowed;
                text.chars().find(|c| !allowed(*c)).map_or(Ok(()), |c| Err(InvalidText::Character(c)))
            }

            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidText;
            fn try_from(text: String) -> Result<Self, InvalidText> {
                Self::parse(&text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = InvalidText;
            fn try_from(text: &str) -> Result<Self, InvalidText> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.as_ref().to_owned()
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

/// What can be shown and stays in its line; see [`crate::text`].
fn printable(c: char) -> bool {
    // Nearly all are.
    matches!(c, ' '..='~') || !(breaks(c) || turns(c))
}

fn dialable(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '+' | '*' | '#')
}

text_id!(
    /// A person in the office; stable over restarts. Discovered people are named after their first extension.
    PersonId, 64, printable
);
text_id!(
    /// A number inside the PBX that can be dialled: `^[+*#0-9]{1,32}$`.
    Extension, 32, dialable
);
text_id!(
    /// A number that can be dialled, inside or outside: `^[+*#0-9]{1,32}$`.
    Number, 32, dialable
);
text_id!(
    /// One call: all legs that belong together. Given once and kept, even where the PBX renames its linkedid.
    CallId, 128, printable
);
text_id!(
    /// One leg of a call: the PBX's Uniqueid of the channel, which never changes while the channel lives.
    LegId, 128, printable
);
text_id!(
    /// A queue, by the PBX's own name for it.
    QueueName, 80, printable
);
text_id!(
    /// A parking lot, by the PBX's own name for it.
    LotName, 80, printable
);
text_id!(
    /// A mailbox as the PBX writes it: `1002@default`.
    MailboxId, 128, printable
);
text_id!(
    /// The name a user logs in with.
    UserName, 64, printable
);
text_id!(
    /// A client's own name for one command; a repeated one is answered again and never acts twice.
    CommandId, 64, printable
);
text_id!(
    /// One caller who was handed on; see [`crate::Handed`].
    HandedId, 64, printable
);
text_id!(
    /// One consistent history of facts. A new epoch means: what you knew is void, a snapshot follows.
    Epoch, 64, printable
);

impl From<Extension> for Number {
    fn from(extension: Extension) -> Self {
        Self(extension.0)
    }
}

/// The position of a delta within its epoch; each delta is one more than the last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// The position that follows this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// A row of the history store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct HistoryId(pub i64);

/// An instant by the server's clock: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Millis(pub i64);

impl Millis {
    /// Milliseconds from `earlier` to here; zero where `earlier` lies later.
    pub fn since(self, earlier: Self) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0)
    }

    /// The instant `millis` later.
    #[must_use]
    pub fn plus(self, millis: u64) -> Self {
        Self(self.0.saturating_add(i64::try_from(millis).unwrap_or(i64::MAX)))
    }
}
