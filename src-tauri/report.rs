//! What the view hears from the core: JSON texts of the kinds `connection`, `message`, `remark`, `untrusted` and `tel`. The
//! words of `message` are the server's own.

use crate::connection::Fingerprint;
use frontdesk_protocol::{CommandId, LegId, Millis, Outcome, Reason, ServerMessage};
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

/// The certificate of a server for which nobody vouches: the person is asked whether to trust it.
pub(crate) fn untrusted(shown: Fingerprint) -> String {
    json!({ "kind": "untrusted", "fingerprint": shown.to_string() }).to_string()
}

/// A link to a telephone number that somebody followed: the person is asked whether it is called.
pub(crate) fn tel(link: &str) -> String {
    json!({ "kind": "tel", "link": link }).to_string()
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Something to be done, by the view.
    Order,
    /// Rows of the history, by the view.
    History,
    /// That a leg rings no more, on a notification: no view waits for the answer.
    Ignore(LegId),
}

/// Why something did not leave this computer.
pub(crate) fn not_sent(asked: &Asked) -> &'static str {
    match asked {
        Asked::Order | Asked::Ignore(_) => {
            "This desk has no connection to the Frontdesk server, so nothing was sent and every call is where it was. \
             Wait until the connection is back, or use the telephone itself."
        }
        Asked::History => "This desk has no connection to the Frontdesk server. Wait until it is back.",
    }
}

/// Why nobody knows what became of what was sent.
pub(crate) fn unanswered(asked: &Asked) -> &'static str {
    match asked {
        Asked::Order | Asked::Ignore(_) => {
            "The connection broke before the Frontdesk server answered, so it may or may not have been done. \
             Look where the caller is before you try again."
        }
        Asked::History => "The connection broke before the Frontdesk server answered. Wait until it is back.",
    }
}

/// What is said when a call could not be ignored on its notification; it rings on.
pub(crate) fn not_ignored(caller: &str, why: &str) -> String {
    format!("{caller} was not ignored and may still ring. {why}")
}

/// What is said to a person who starts the program once more with other wishes.
pub(crate) fn already_running(wish: &str, server: &str) -> String {
    let stays = if server.is_empty() { String::new() } else { format!(" and stays with {server}") };
    format!(
        "Frontdesk was started again with {wish}, but it is already running{stays}. For the other, log out here \
         first, or quit and start anew."
    )
}

/// The answer for the view to what failed on the way.
pub(crate) fn failed(id: CommandId, reason: Reason, text: &str) -> String {
    let result = ServerMessage::Result { id, outcome: Outcome::Failed { reason, text: text.to_owned() } };
    #[expect(clippy::expect_used, reason = "a result holds nothing that cannot become JSON")]
    let json = serde_json::to_string(&result).expect("a result becomes JSON");
    message(&json)
}
