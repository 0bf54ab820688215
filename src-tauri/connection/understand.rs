//! Reads what a server says, with the tolerance that the protocol asks for: kinds of messages and of changes that this
//! program does not know yet are passed over. Pure.

use frontdesk_protocol::{Change, Delta, Seq, ServerMessage};
use serde::Deserialize;
use serde_json::Value;

/// What a text means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// A message, and the text that the view is to get.
    Message(Box<ServerMessage>, String),
    /// A kind of message that was added after this program was made.
    Newer,
    /// A known kind that cannot be read, or no message at all.
    Unreadable,
}

#[derive(Deserialize)]
struct Kind<'a> {
    #[serde(rename = "type", borrow)]
    kind: std::borrow::Cow<'a, str>,
}

#[derive(Deserialize)]
struct LooseDelta {
    seq: Seq,
    changes: Vec<Value>,
}

/// Every kind of message that this program knows.
const KNOWN: [&str; 9] =
    ["ready", "snapshot", "check", "result", "history", "historyAdded", "notice", "beat", "bye"];

/// Reads a text frame.
pub(crate) fn understand(text: &str) -> Heard {
    if let Ok(message) = ServerMessage::read(text) {
        return Heard::Message(Box::new(message), text.to_owned());
    }
    let Ok(Kind { kind }) = serde_json::from_str(text) else { return Heard::Unreadable };
    match kind.as_ref() {
        "delta" => known_part(text).unwrap_or(Heard::Unreadable),
        kind if KNOWN.contains(&kind) => Heard::Unreadable,
        _ => Heard::Newer,
    }
}

/// The changes of a delta that are known; its place in the order counts in any case.
fn known_part(text: &str) -> Option<Heard> {
    let LooseDelta { seq, changes } = serde_json::from_str(text).ok()?;
    let changes =
        changes.into_iter().filter_map(|change| serde_json::from_value::<Change>(change).ok()).collect();
    let message = ServerMessage::Delta(Delta { seq, changes });
    let text = serde_json::to_string(&message).ok()?;
    Some(Heard::Message(Box::new(message), text))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn what_is_newer_than_this_program_is_passed_over() {
        assert_eq!(understand(r#"{"type":"hologram","depth":3}"#), Heard::Newer);
        let Heard::Message(message, text) = understand(
            r#"{"type":"delta","seq":7,"changes":[{"change":"smell","value":1},{"change":"callGone","value":"c"}]}"#,
        ) else {
            panic!("a delta is read as far as it is known")
        };
        let ServerMessage::Delta(delta) = *message else { panic!("a delta") };
        assert_eq!((delta.seq, delta.changes.len()), (Seq(7), 1));
        assert!(!text.contains("smell"), "the view gets no more than the core understands");
        let beat = r#"{"type":"beat","now":1,"seq":2,"mood":"fine"}"#;
        assert!(matches!(understand(beat), Heard::Message(_, text) if text == beat));
    }

    #[test]
    fn what_is_broken_is_not_taken_for_newer() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{"type":"snapshot"}"#,
            r#"{"type":"delta","seq":"x","changes":[]}"#,
            r#"{"type":"bye"}"#,
        ] {
            assert_eq!(understand(text), Heard::Unreadable, "{text}");
        }
    }
}
