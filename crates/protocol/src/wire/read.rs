//! Reads what a server says. What kind of message it is stands beside what is in it, so serde keeps a copy of everything
//! before it reads it, whatever the order of the two; of a whole office that is more work than all the rest. Here the kind
//! is looked for first: the server begins with it.

use super::ServerMessage;
use crate::id::{Epoch, Millis, Seq};
use crate::office::{Change, Delta, Office};
use serde::de::{Error, IgnoredAny};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::sync::Arc;

/// What a message of the server begins with.
const FIRST: &str = r#"{"type":""#;

#[derive(Deserialize)]
struct Typed<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
}

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
    /// Reads a text frame. `Deserialize` alone refuses the two large kinds, snapshot and delta.
    ///
    /// # Errors
    /// When it is no message that this version knows.
    pub fn read(text: &str) -> serde_json::Result<Self> {
        match &*kind(text)? {
            "snapshot" => {
                let Snapshot { _kind, epoch, seq, now, office } = serde_json::from_str(text)?;
                Ok(Self::Snapshot { epoch, seq, now, office: Arc::new(office) })
            }
            "delta" => {
                let Changed { _kind, seq, changes } = serde_json::from_str(text)?;
                Ok(Self::Delta(Delta { seq, changes }))
            }
            _ => serde_json::from_str(text),
        }
    }
}

fn kind(text: &str) -> serde_json::Result<Cow<'_, str>> {
    match text.strip_prefix(FIRST).and_then(|rest| rest.split_once("\",")) {
        Some((kind, _)) => Ok(Cow::Borrowed(kind)),
        None => serde_json::from_str(text).map(|Typed { kind }| kind),
    }
}

/// Nothing: what is read by [`ServerMessage::read`] only.
pub(super) fn apart<'de, D: Deserializer<'de>, T>(_: D) -> Result<T, D::Error> {
    Err(D::Error::custom("a snapshot and a delta are read apart"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::id::CallId;

    fn read(text: &str) -> Option<ServerMessage> {
        ServerMessage::read(text).ok()
    }

    #[test]
    fn the_large_kinds_are_read_in_any_order_and_nothing_that_is_no_message() {
        let snapshot = r#"{"type":"snapshot","epoch":"e","seq":7,"now":5,"office":OFFICE}"#;
        let snapshot = snapshot.replace("OFFICE", &serde_json::to_string(&Office::default()).unwrap());
        let delta = r#"{"type":"delta","seq":7,"changes":[{"change":"callGone","value":"c"}]}"#;
        let gone = Change::CallGone(CallId::parse("c").unwrap());
        let means = [
            (
                snapshot.as_str(),
                "snapshot",
                ServerMessage::Snapshot {
                    epoch: Epoch::parse("e").unwrap(),
                    seq: Seq(7),
                    now: Millis(5),
                    office: Arc::default(),
                },
            ),
            (delta, "delta", ServerMessage::Delta(Delta { seq: Seq(7), changes: vec![gone] })),
        ];
        for (whole, name, message) in means {
            assert_eq!(serde_json::to_string(&message).unwrap(), whole);
            let kind = format!(r#""type":"{name}","#);
            let last = whole.replacen(&kind, "", 1).replacen(r#""seq":7,"#, &format!(r#"{kind}"seq":7,"#), 1);
            let spaced = whole.replacen("{\"type\":", "{ \"type\" : ", 1);
            let newer = whole.replacen("\"seq\"", "\"mood\":{\"a\":[1]},\"seq\"", 1);
            for text in [whole, &last, &spaced, &newer] {
                assert_eq!(read(text).as_ref(), Some(&message), "{text}");
            }
            for (from, to) in [
                ("\"seq\"", "\"type\":\"beat\",\"seq\""),
                ("\"seq\"", "\"seq\":1,\"seq\""),
                ("\"seq\"", "\"sec\""),
                (name, "photograph"),
            ] {
                let text = whole.replacen(from, to, 1);
                assert_eq!(read(&text), None, "{text}");
            }
            for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
                assert_eq!(read(&whole[..end]), None, "{}", &whole[..end]);
            }
        }
    }

    #[test]
    fn the_small_kinds_are_read_in_any_order() {
        let beat = Some(ServerMessage::Beat { now: Millis(1), seq: Seq(2) });
        assert_eq!(read(r#"{"type":"beat","now":1,"seq":2}"#), beat);
        assert_eq!(read(r#"{"now":1,"type":"beat","seq":2}"#), beat);
        let other =
            ["[]", "", "{}", "7", r#"{"type":"beat"}"#, r#"{"type":7,"now":1,"seq":2}"#, r#"{"type":""#];
        other.into_iter().for_each(|text| assert_eq!(read(text), None, "{text}"));
    }
}
