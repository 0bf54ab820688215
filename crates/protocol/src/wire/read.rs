//! Reads what a server says. What kind of message it is stands beside what is in it, so a reader that takes any order of
//! the two has to keep a copy of everything first; of a whole office that is more work than all the rest. The server
//! writes the kind first, and what begins so is read at once.

use super::ServerMessage;
use crate::id::{Epoch, Millis, Seq};
use crate::office::{Change, Delta, Office};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Snapshot {
    /// Twice it would be refused, as it is elsewhere.
    #[serde(rename = "type")]
    _kind: IgnoredAny,
    epoch: Epoch,
    seq: Seq,
    now: Millis,
    office: Office,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Changed {
    #[serde(rename = "type")]
    _kind: IgnoredAny,
    seq: Seq,
    changes: Vec<Change>,
}

impl ServerMessage {
    /// Reads a text frame: the same as its `Deserialize` does, with much less work for the large ones.
    ///
    /// # Errors
    /// When it is no message that this version knows.
    pub fn read(text: &str) -> serde_json::Result<Self> {
        if text.starts_with(r#"{"type":"snapshot","#) {
            let Snapshot { _kind, epoch, seq, now, office } = serde_json::from_str(text)?;
            return Ok(Self::Snapshot { epoch, seq, now, office: Arc::new(office) });
        }
        if text.starts_with(r#"{"type":"delta","#) {
            let Changed { _kind, seq, changes } = serde_json::from_str(text)?;
            return Ok(Self::Delta(Delta { seq, changes }));
        }
        serde_json::from_str(text)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn same(text: &str) {
        let (ours, derived) = (ServerMessage::read(text), serde_json::from_str::<ServerMessage>(text));
        assert_eq!(ours.as_ref().ok(), derived.as_ref().ok(), "{text}");
    }

    #[test]
    fn what_is_read_at_once_is_what_is_read_in_any_order() {
        let snapshot = r#"{"type":"snapshot","epoch":"e","seq":3,"now":5,"office":OFFICE}"#;
        let office = serde_json::to_string(&Office::default()).unwrap();
        let snapshot = snapshot.replace("OFFICE", &office);
        assert!(matches!(
            ServerMessage::read(&snapshot).unwrap(),
            ServerMessage::Snapshot { seq: Seq(3), .. }
        ));
        let delta = r#"{"type":"delta","seq":7,"changes":[{"change":"callGone","value":"c"}]}"#;
        assert!(matches!(
            ServerMessage::read(delta).unwrap(),
            ServerMessage::Delta(Delta { seq: Seq(7), .. })
        ));
        for whole in [snapshot.as_str(), delta] {
            same(whole);
            same(&whole.replacen("{\"type\"", "{ \"type\"", 1));
            same(&whole.replacen("\"seq\"", "\"mood\":{\"a\":[1]},\"seq\"", 1));
            same(&whole.replacen("\"seq\"", "\"type\":\"beat\",\"seq\"", 1));
            same(&whole.replacen("\"seq\"", "\"seq\":1,\"seq\"", 1));
            same(&whole.replacen("\"seq\"", "\"sec\"", 1));
            (0..whole.len()).filter(|end| whole.is_char_boundary(*end)).for_each(|end| same(&whole[..end]));
        }
        for other in
            [r#"{"now":1,"type":"beat","seq":2}"#, r#"{"type":"beat","now":1,"seq":2}"#, "[]", "", "{}"]
        {
            same(other);
        }
    }
}
