//! The cold start: which lists are asked for, one after the other, until the office is complete. Not what they say.

use crate::orders::Order;
use frontdesk_protocol::Extension;
use std::collections::{HashMap, VecDeque};

/// What the answer to one question is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Question {
    /// A list; its items are events.
    List,
    /// The caller id of this extension's endpoint.
    CallerId(Extension),
    /// The mailboxes of this extension's endpoint.
    Mailboxes(Extension),
}

/// The questions of a cold start.
#[derive(Debug, Default)]
pub(crate) struct Sync {
    queue: VecDeque<(Question, Order)>,
    open: HashMap<String, Question>,
    stage: Stage,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    #[default]
    Idle,
    Lists,
    Endpoints,
}

/// What follows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Ask this.
    Ask(Question, Order),
    /// The lists are read: say which endpoints to ask about.
    Endpoints,
    /// All is read.
    Synced,
    /// Wait.
    Nothing,
}

/// How many single questions are under way at once.
const WINDOW: usize = 8;

impl Sync {
    /// Starts anew.
    pub(crate) fn start(&mut self) {
        self.open.clear();
        self.stage = Stage::Lists;
        // Who is there comes before what they do, so that channels are known for what they are.
        self.queue = [
            Order::List("ExtensionStateList"),
            Order::List("DeviceStateList"),
            Order::List("PJSIPShowEndpoints"),
            Order::List("PJSIPShowContacts"),
            Order::DbTree("AMPUSER"),
            Order::List("VoicemailUsersList"),
            Order::List("Parkinglots"),
            Order::List("BridgeList"),
            Order::List("CoreShowChannels"),
            Order::List("QueueStatus"),
            Order::List("ParkedCalls"),
        ]
        .map(|order| (Question::List, order))
        .into();
    }

    pub(crate) fn stop(&mut self) {
        *self = Self::default();
    }

    /// Adds the questions about single endpoints.
    pub(crate) fn about(&mut self, endpoints: impl Iterator<Item = (Extension, String)>) {
        self.stage = Stage::Endpoints;
        for (extension, endpoint) in endpoints {
            let get = |what| Order::Get(format!("PJSIP_ENDPOINT({endpoint},{what})"));
            self.queue.push_back((Question::CallerId(extension.clone()), get("callerid")));
            self.queue.push_back((Question::Mailboxes(extension), get("mailboxes")));
        }
    }

    /// What to do next.
    pub(crate) fn next(&mut self) -> Next {
        let window = if self.stage == Stage::Lists { 1 } else { WINDOW };
        if self.stage == Stage::Idle || self.open.len() >= window {
            return Next::Nothing;
        }
        match (self.queue.pop_front(), self.open.is_empty(), self.stage) {
            (Some((question, order)), ..) => Next::Ask(question, order),
            (None, true, Stage::Lists) => Next::Endpoints,
            (None, true, _) => {
                self.stage = Stage::Idle;
                Next::Synced
            }
            (None, false, _) => Next::Nothing,
        }
    }

    /// The question went out under this id.
    pub(crate) fn asked(&mut self, id: &str, question: Question) {
        self.open.insert(id.to_owned(), question);
    }

    /// What was asked under this id, where it was a question of the cold start.
    pub(crate) fn question(&self, id: &str) -> Option<&Question> {
        self.open.get(id)
    }

    /// The question under this id is answered.
    pub(crate) fn answered(&mut self, id: &str) -> Option<Question> {
        self.open.remove(id)
    }

    /// What is open has waited long enough: go on without it.
    pub(crate) fn give_up(&mut self) {
        self.open.clear();
    }
}
