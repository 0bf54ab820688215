//! A PBX that the doctor asks over the same link as the server: one question at a time, each with its own patience.

use super::{Ask, Question};
use frontdesk_ami::ListPart;
use frontdesk_ami::action::{Action, ActionId};
use frontdesk_ami::client::{Link, LinkConfig, Progress};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::timeout;

/// How long the link may take.
const CONNECT: Duration = Duration::from_secs(15);
/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(5);
/// How long an event may take that follows an answer.
const EVENT: Duration = Duration::from_secs(3);
/// Events that Frontdesk never looks at.
const SUPERFLUOUS: [&str; 6] =
    ["VarSet", "Newexten", "RTCPSent", "RTCPReceived", "ChallengeSent", "SuccessfulAuth"];

/// The fields of one message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

/// A response with the items of its list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// The response.
    pub first: Fields,
    /// The list's items, without the one that ends it.
    pub items: Vec<Fields>,
}

/// The open link.
pub struct Patient {
    link: Link,
    questions: u32,
    noise: BTreeSet<&'static str>,
}

impl Fields {
    /// The field, empty where it is absent.
    pub fn field(&self, key: &str) -> &str {
        self.0.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map_or("", |(_, value)| value)
    }

    #[cfg(test)]
    pub fn new(fields: &[(&str, &str)]) -> Self {
        Self(fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
    }
}

impl Reply {
    /// What the PBX says beside success or error.
    pub fn message(&self) -> &str {
        self.first.field("Message")
    }

    #[cfg(test)]
    pub fn new(first: &[(&str, &str)], items: &[Fields]) -> Self {
        Self { first: Fields::new(first), items: items.to_vec() }
    }
}

impl Patient {
    /// Connects and logs in.
    ///
    /// # Errors
    /// Why not, in a sentence.
    pub async fn connect(config: LinkConfig) -> Result<Self, String> {
        let mut link = Link::new(config);
        loop {
            match timeout(CONNECT, link.drive()).await {
                Ok(Progress::Up) => return Ok(Self { link, questions: 0, noise: BTreeSet::new() }),
                Ok(Progress::Messages | Progress::Silent { .. } | Progress::Speaks) => {}
                Ok(Progress::Down { reason, .. }) => return Err(reason.to_string()),
                Err(_) => {
                    return Err(
                        "the PBX took the connection but did not say that it has booted. The account needs \
                                read class `system`; add it to `read =`."
                            .into(),
                    );
                }
            }
        }
    }

    /// The kinds of superfluous events that came so far.
    pub fn noise(&self) -> Vec<String> {
        self.noise.iter().map(|kind| (*kind).to_owned()).collect()
    }
}

impl Ask for Patient {
    async fn ask(&mut self, question: Question) -> Option<Reply> {
        let action = question.action;
        let id = self.send(question)?;
        timeout(ANSWER, self.reply(&id, action)).await.ok().flatten()
    }

    async fn hears(&mut self, question: Question, kind: &'static str) -> Option<bool> {
        let action = question.action;
        let id = self.send(question)?;
        let reply = timeout(ANSWER, self.reply(&id, action)).await.ok().flatten()?;
        if reply.first.field("Response") != "Success" {
            return None;
        }
        Some(timeout(EVENT, self.event(&id, kind)).await.unwrap_or(false))
    }
}

impl Patient {
    fn send(&mut self, question: Question) -> Option<ActionId> {
        self.questions += 1;
        let id = ActionId::new(format!("doctor-{}", self.questions)).ok()?;
        let mut action = Action::new(question.action);
        for (key, value) in question.fields {
            action = action.with(key, value).ok()?;
        }
        self.link.send(&id, &action);
        Some(id)
    }

    /// Waits for an event that follows an action; false where the link is lost first.
    async fn event(&mut self, id: &ActionId, kind: &str) -> bool {
        loop {
            while let Some(message) = self.link.next_message() {
                if message.event() == Some(kind) && message.action_id() == id.as_str() {
                    return true;
                }
            }
            if let Progress::Down { .. } = self.link.drive().await {
                return false;
            }
        }
    }

    /// Gathers what answers an action: one response, or a list up to its end.
    async fn reply(&mut self, id: &ActionId, action: &str) -> Option<Reply> {
        let mut reply: Option<Reply> = None;
        loop {
            while let Some(message) = self.link.next_message() {
                if let Some(kind) = message.event() {
                    self.noise.extend(SUPERFLUOUS.iter().filter(|known| **known == kind));
                }
                if message.action_id() != id.as_str() {
                    continue;
                }
                let fields = Fields(message.fields().map(|(k, v)| (k.to_owned(), v.to_owned())).collect());
                match (ListPart::of(&message, action), &mut reply) {
                    (ListPart::Whole, _) => return Some(Reply { first: fields, items: Vec::new() }),
                    (ListPart::Start, _) => reply = Some(Reply { first: fields, items: Vec::new() }),
                    (ListPart::Item, Some(reply)) => reply.items.push(fields),
                    (ListPart::End, _) => return reply,
                    (ListPart::Item, None) => {}
                }
            }
            if let Progress::Down { .. } = self.link.drive().await {
                return None;
            }
        }
    }
}
