//! Reads a change. What it is about stands before its value, so that the value is read at once: a reader that takes any
//! order of the two has to know twice how each fact is read, from a text and from what it kept of one, and the view
//! would be a tenth larger.

use super::Change;
use serde::de::{Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Field {
    Change,
    Value,
    #[serde(other)]
    Other,
}

/// The kinds of [`Change`].
#[derive(Deserialize)]
#[serde(variant_identifier, rename_all = "camelCase")]
enum Kind {
    Link,
    Person,
    PersonGone,
    Extension,
    ExtensionGone,
    Call,
    CallGone,
    Queue,
    QueueGone,
    Lot,
    LotGone,
    Mailbox,
    MailboxGone,
    Handed,
    HandedGone,
}

struct OfChange;

impl<'de> Visitor<'de> for OfChange {
    type Value = Change;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a change: its kind, then its value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Change, A::Error> {
        let (mut kind, mut change) = (None, None);
        while let Some(field) = map.next_key()? {
            match (field, kind.take()) {
                (Field::Change, None) if change.is_none() => kind = Some(map.next_value()?),
                (Field::Change, _) => return Err(A::Error::duplicate_field("change")),
                (Field::Value, Some(kind)) => change = Some(value(&kind, &mut map)?),
                (Field::Value, None) if change.is_some() => return Err(A::Error::duplicate_field("value")),
                (Field::Value, None) => {
                    return Err(A::Error::custom("the value of a change stands before its kind"));
                }
                (Field::Other, before) => {
                    kind = before;
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        change.ok_or_else(|| A::Error::missing_field(if kind.is_some() { "value" } else { "change" }))
    }
}

fn value<'de, A: MapAccess<'de>>(kind: &Kind, map: &mut A) -> Result<Change, A::Error> {
    Ok(match kind {
        Kind::Link => Change::Link(map.next_value()?),
        Kind::Person => Change::Person(map.next_value()?),
        Kind::PersonGone => Change::PersonGone(map.next_value()?),
        Kind::Extension => Change::Extension(map.next_value()?),
        Kind::ExtensionGone => Change::ExtensionGone(map.next_value()?),
        Kind::Call => Change::Call(map.next_value()?),
        Kind::CallGone => Change::CallGone(map.next_value()?),
        Kind::Queue => Change::Queue(map.next_value()?),
        Kind::QueueGone => Change::QueueGone(map.next_value()?),
        Kind::Lot => Change::Lot(map.next_value()?),
        Kind::LotGone => Change::LotGone(map.next_value()?),
        Kind::Mailbox => Change::Mailbox(map.next_value()?),
        Kind::MailboxGone => Change::MailboxGone(map.next_value()?),
        Kind::Handed => Change::Handed(map.next_value()?),
        Kind::HandedGone => Change::HandedGone(map.next_value()?),
    })
}

impl<'de> Deserialize<'de> for Change {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("Change", &["change", "value"], OfChange)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::id::CallId;

    fn read(text: &str) -> Result<Change, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_not_known_beside_a_change_is_passed_over() {
        let gone = Change::CallGone(CallId::parse("c").unwrap());
        for text in [
            r#"{"change":"callGone","value":"c"}"#,
            r#"{"mood":1,"change":"callGone","mood":{"a":[1]},"value":"c","mood":null}"#,
        ] {
            assert_eq!(read(text).as_ref(), Ok(&gone), "{text}");
        }
    }

    #[test]
    fn what_is_no_change_is_refused_and_the_reason_is_said() {
        for (text, reason) in [
            ("{}", "missing field `change`"),
            (r#"{"change":"callGone"}"#, "missing field `value`"),
            (r#"{"value":"c"}"#, "the value of a change stands before its kind"),
            (r#"{"value":"c","change":"callGone"}"#, "the value of a change stands before its kind"),
            (r#"{"change":"callGone","change":"callGone","value":"c"}"#, "duplicate field `change`"),
            (r#"{"change":"callGone","value":"c","change":"callGone"}"#, "duplicate field `change`"),
            (r#"{"change":"callGone","value":"c","value":"c"}"#, "duplicate field `value`"),
            (r#"{"change":"smell","value":"c"}"#, "unknown variant `smell`"),
            (r#"{"change":"callGone","value":7}"#, "invalid type: integer `7`"),
            ("[]", "invalid type: sequence, expected a change: its kind, then its value"),
        ] {
            let said = read(text).unwrap_err();
            assert!(said.contains(reason), "{text}: {said}");
        }
    }
}
