//! What the view hears from the core: JSON texts of three kinds, `connection`, `message` and `remark`. The words of
//! `message` are the server's own.

use frontdesk_protocol::{CommandId, Millis, Outcome, Reason, ServerMessage};
use serde::Serialize;
use serde_json::json;

/// The state of the connection, as the view draws it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename = "connection")]
pub(crate) struct Report {
    /// In one word.
    pub(crate) state: Condition,
    /// In a sentence.
    pub(crate) text: String,
    /// Since when, by this computer's clock.
    pub(crate) since: Millis,
    /// The server's address; empty where none is known.
    pub(crate) server: String,
    /// The user; empty where none is known.
    pub(crate) user: String,
}

/// The state of the connection in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Condition {
    /// On the way to the first facts.
    Connecting,
    /// Facts are live.
    Online,
    /// Facts are what was last known, or none are; the core tries again by itself.
    Offline,
    /// The person has to log in.
    Login,
}

impl Report {
    /// The JSON text for the view.
    pub(crate) fn json(&self) -> String {
        #[expect(clippy::expect_used, reason = "strings and a number always become JSON")]
        let json = serde_json::to_string(self).expect("a report becomes JSON");
        json
    }
}

/// A server's message for the view, as it came.
pub(crate) fn message(text: &str) -> String {
    format!(r#"{{"kind":"message","message":{text}}}"#)
}

/// Something about this computer that the person should be told, in a sentence.
pub(crate) fn remark(text: &str) -> String {
    json!({ "kind": "remark", "text": text }).to_string()
}

/// What the view asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Something to be done.
    Order,
    /// Rows of the history.
    History,
}

/// The answer to what did not leave this computer.
pub(crate) fn not_sent(id: CommandId, asked: Asked) -> String {
    let text = match asked {
        Asked::Order => {
            "This desk has no connection to the Frontdesk server, so nothing was sent and every call is where it was. \
             Wait until the connection is back, or use the telephone itself."
        }
        Asked::History => "This desk has no connection to the Frontdesk server. Wait until it is back.",
    };
    failed(id, Reason::NoLink, text)
}

/// The answer to what was sent, and of which nobody knows what became.
pub(crate) fn unanswered(id: CommandId, asked: Asked) -> String {
    let text = match asked {
        Asked::Order => {
            "The connection broke before the Frontdesk server answered, so it may or may not have been done. \
             Look where the caller is before you try again."
        }
        Asked::History => "The connection broke before the Frontdesk server answered. Wait until it is back.",
    };
    failed(id, Reason::Timeout, text)
}

fn failed(id: CommandId, reason: Reason, text: &str) -> String {
    let result = ServerMessage::Result { id, outcome: Outcome::Failed { reason, text: text.to_owned() } };
    #[expect(clippy::expect_used, reason = "a result holds nothing that cannot become JSON")]
    let json = serde_json::to_string(&result).expect("a result becomes JSON");
    message(&json)
}
